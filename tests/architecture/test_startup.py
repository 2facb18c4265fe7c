"""A process loads what it needs to answer; what only computing needs is loaded where it is computed."""

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from shared.migrate import _config
from shared.steps import newest
from tests.architecture.test_structure import ROOT
from tests.conftest import SERVICES

COMPUTING = {"alembic", "highspy", "llvmlite", "numba", "ortools", "pypinyin", "pyvrp", "reportlab"}
SHOWING = {"babel", "jinja2", "segno"}
"""Each takes a good part of a second to load and tens of megabytes to hold."""


def _loaded(module: str) -> set[str]:
    """Return every module that is there once one was imported, in a process of its own."""
    code = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_services_start_without_what_only_their_workers_need() -> None:
    """Solvers, compilers, migrations, what writes pages and PDF files: the work that needs them loads them."""
    assert _loaded("services.together") & (COMPUTING | SHOWING) == set()


def test_migrations_need_nothing_of_a_service() -> None:
    """A database is brought to the newest step without loading routes, tables and rules."""
    slices = {name for name in _loaded("services.commands.migrate") if name.startswith("services.")}
    assert slices == {"services.commands", "services.commands.migrate"}


@pytest.mark.parametrize("service", [*SERVICES, "portal"])
def test_steps_are_called_by_their_numbers(service: str) -> None:
    """The file of the highest number is the step that no other follows, so that nobody loads all to know the newest."""
    package = f"services.{service}.migrations"
    script = ScriptDirectory.from_config(_config(package, MetaData(), None))
    assert newest(package) == script.get_current_head()
