"""Whom somebody plans for."""

from dataclasses import replace

import pytest

from services.nutrition.tenants import planned_by
from shared.auth.principal import Principal, Role
from shared.auth.signing import SYSTEM
from tests import people

BOTH = replace(people.canteen("a"), roles=frozenset({Role.CANTEEN, Role.NUTRITIONIST}), counties=frozenset({"520627"}))


@pytest.mark.parametrize(
    ("who", "planned"),
    [
        (None, ["a", "b"]),
        (SYSTEM, ["a", "b"]),
        (people.nutritionist("520628"), ["a", "b"]),
        (people.administrator(), ["a", "b"]),
        (people.canteen("a", "c"), ["a"]),
        (people.nutritionist("520627"), []),
        (people.official("520628"), []),
        (people.auditor(), []),
        (BOTH, ["a"]),
    ],
)
def test_planned_by(who: Principal | None, planned: list[str]) -> None:
    """The county plans for all of its canteens, a canteen's staff for it; who reads plans for nobody."""
    assert planned_by(who, "520628", ["a", "b"]) == planned
