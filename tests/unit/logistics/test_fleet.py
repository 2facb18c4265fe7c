"""What a vehicle, its hours, its spare room and a way through a collection point can be."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from services.logistics.fleet.domain import (
    DEFAULT_RULE,
    DrivingRule,
    check_hours,
    check_spare,
    check_through,
    check_vehicle,
    driving_rule,
)
from shared.errors import DomainError

VAN = {"vehicle_id": "veh-1", "cooperative_id": "coop-1", "capacity_g": 800_000, "temperature_class": "chilled"}
SIX, SEVEN = time(6, 0), time(7, 0)


def refusal(check: Callable[..., None], *said: Any) -> tuple[str, str | None] | None:
    """The rule and field a check refuses by, None where it lets through."""
    try:
        check(*said)
    except DomainError as error:
        return error.rule, error.field
    return None


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (("ambient", False, None, None), None),
        (("chilled", False, 100, None), None),
        (("chilled", True, 100, 100), None),
        (("frozen", False, None, 100), None),
        (("ambient", True, None, None), ("boxes-in-chilled-only", "frozen_boxes")),
        (("frozen", True, None, None), ("boxes-in-chilled-only", "frozen_boxes")),
        (("ambient", False, 100, None), ("room-of-another-class", "chilled_g")),
        (("frozen", False, 100, None), ("room-of-another-class", "chilled_g")),
        (("chilled", False, None, 100), ("room-of-another-class", "frozen_g")),
        (("ambient", False, None, 100), ("room-of-another-class", "frozen_g")),
    ],
)
def test_a_vehicle_has_room_for_what_it_keeps_cold(said: tuple[Any, ...], why: tuple[str, str] | None) -> None:
    """Chilled food in chilled vehicles; frozen food in frozen ones, or in boxes, which go into chilled ones only."""
    assert refusal(check_vehicle, *said) == why


def test_hours_end_after_they_begin() -> None:
    """One end may be left open; hours of no length are none."""
    assert [refusal(check_hours, *said) for said in ((SIX, SEVEN), (SIX, None), (None, SIX), (None, None))] == [
        None
    ] * 4
    backwards = ("ends-before-it-starts", "ends_at")
    assert [refusal(check_hours, *said) for said in ((SEVEN, SIX), (SIX, SIX))] == [backwards] * 2


@pytest.mark.parametrize(
    ("changed", "said", "why"),
    [
        ({}, (800_000, "chilled"), None),
        ({}, (1, "ambient"), None),
        ({"cooperative_id": None}, (1, "ambient"), ("no-village-vehicle", "vehicle_id")),
        ({}, (800_001, "ambient"), ("more-than-it-carries", "capacity_g")),
        ({}, (1, "frozen"), ("class-it-cannot-keep", "temperature_class")),
        ({"temperature_class": "ambient"}, (1, "chilled"), ("class-it-cannot-keep", "temperature_class")),
    ],
)
def test_a_village_offers_what_its_vehicle_has(
    changed: dict[str, Any], said: tuple[int, str], why: tuple[str, str] | None
) -> None:
    """Room up to the whole of it, as cold as it is or not at all; what is no village's own is planned anyway."""
    assert refusal(check_spare, VAN | changed, *said) == why


def test_only_cooperatives_are_collected_at_a_point() -> None:
    """A collection point is a depot from which somebody goes on; schools have none."""
    point, depot = {"depot_id": "dep-1", "onward_from": SIX}, {"depot_id": "dep-2", "onward_from": None}
    assert refusal(check_through, "cooperative", point) is refusal(check_through, "canteen", None) is None
    assert refusal(check_through, "canteen", point) == ("schools-are-not-collected", "depot_id")
    assert refusal(check_through, "cooperative", depot) == ("no-collection-point", "depot_id")


def test_a_driver_s_day_is_as_long_as_the_law_lets_it() -> None:
    """Eight hours and three of overtime where nobody has said anything; what was said holds from its day on."""
    said = DrivingRule(date(2026, 12, 1), 540, "fictional")
    assert DEFAULT_RULE.longest_minutes == (8 + 3) * 60
    assert driving_rule([said], date(2026, 11, 30)) == DEFAULT_RULE
    assert driving_rule([said], date(2026, 12, 1)) == said
