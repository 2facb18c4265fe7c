"""Whom to call on a trip, for pages that show one."""

from collections.abc import Mapping
from typing import Any

Phones = Mapping[tuple[str, str], str]
"""Numbers by kind (`canteen`, `cooperative`, `driver`) and id."""


def phones_of(told: Any) -> Phones:
    """Return whom to call, of what logistics tells of a trip; nobody where that is not told."""
    items = told["items"] if isinstance(told, dict) else ()
    return {(one["kind"], one["subject_id"]): one["number"] for one in items}
