"""The portal's slices: every folder that has a `pages.py`. A new one is named nowhere but in `access.py`, by its rules.

A `pages.py` has a `router` (`page_router()`), and may have `entries` (`navigation.Entry`) and `refusals`: what rules of
services mean to a person, `{"too-late": N_("The day is closed.")}`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from fastapi import APIRouter

from services.portal.navigation import Entry

_LOST = "lost"
"""Takes every path that nothing else has, and comes last."""


@cache
def _pages() -> Sequence[ModuleType]:
    names = sorted(each.parent.name for each in Path(__file__).parent.glob("*/pages.py"))
    return [import_module(f"services.portal.{name}.pages") for name in names]


def routers() -> list[APIRouter]:
    """Return the routers of all slices."""
    return [each.router for each in _pages() if each.__name__.split(".")[-2] != _LOST]


@cache
def entries() -> Sequence[Entry]:
    """Return what all slices offer."""
    return [entry for each in _pages() for entry in getattr(each, "entries", ())]


@cache
def refusals() -> Mapping[str, str]:
    """Return what rules mean to a person (msgids), as all slices say."""
    return {rule: told for each in _pages() for rule, told in getattr(each, "refusals", {}).items()}
