"""Packages of migrations made for a test: a service's own, and steps after them that no release has."""

import shutil
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from shared import steps

_STEP = '''"""{why}"""

from alembic import op

revision, down_revision = {number!r}, {before!r}


def upgrade() -> None:
    """Take the step."""
    for statement in {statements!r}:
        op.execute(statement)
'''


class Steps:
    """A copy of a package of migrations in a folder, which grows; `package` is its name. Made once for a name."""

    def __init__(self, folder: Path, name: str, of: str) -> None:
        self.package = name
        module: ModuleType = import_module(of)
        self._versions = folder / name / "versions"
        shutil.copytree(Path(str(module.__file__)).parent, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
        self._newest = steps.newest(of)

    def add(self, number: str, *statements: str) -> None:
        """Add a step that executes statements; numbers rise."""
        text = _STEP.format(why=f"Step {number}.", number=number, before=self._newest, statements=statements)
        (self._versions / f"{number}_made_for_a_test.py").write_text(text)
        self._newest = number
        steps.newest.cache_clear()
