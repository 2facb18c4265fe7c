"""Wishes and differences as the pages of planning show them."""

from typing import Any

from services.portal.board.planning import Wish, differences_of, open_orders, unplanned_of, wishes_of
from tests.unit.portal.board.test_views import KNOWN, SCHOOL


def test_wishes_stand_in_an_address() -> None:
    """What is no wish is left out; of one stop the last counts; what was read is written the same."""
    texts = ["lock.t1..", "move.t1.2.veh-2", "pin.t1.2.", "move.t2..", "pin.t2..veh-1", "fly.t1..", "pin.t1.x.", ""]
    wishes = wishes_of([*texts, "lock.t1.."])
    assert wishes == [Wish("pin", "t1", 2), Wish("lock", "t1")]
    assert wishes_of([each.text for each in wishes]) == wishes
    assert Wish("move", "t1", None, "veh-2").body == {"action": "move", "trip_id": "t1", "vehicle_id": "veh-2"}


def test_differences_name_places_and_vehicles() -> None:
    """An order is told by its school and how it rides before and after; one that nobody knows by its id."""
    ride = {"vehicle_id": "veh-1", "number": 1, "delivered_at": "2026-11-30T00:10:00Z"}
    orders = [{"order_id": "o1", "before": ride, "after": None}, {"order_id": "o2", "before": None, "after": ride}]
    plan = {"differences": {"orders": orders, "trips_before": 1, "trips_after": 1}}
    consignments = [{"order_id": "o1", "canteen_id": "sch-1", "cooperative_id": "coop-9"}]
    found = differences_of(plan, consignments, KNOWN)
    assert found is not None
    first, second = found.orders
    assert (first.school, first.cooperative, first.after) == (SCHOOL, None, None)
    assert first.before is not None
    assert (first.before.plate, second.school) == ("A-1", None)
    assert found.totals == {"trips_before": 1, "trips_after": 1}
    assert differences_of({"differences": None}, [], KNOWN) is None


def test_why_orders_ride_nowhere() -> None:
    """Reasons are counted, the most frequent first; one that is new is told all the same."""
    reasons = ["no-road", "outside-hours", "outside-hours", "unheard-of"]
    found = unplanned_of({"unplanned": [{"order_id": "o", "reason": each} for each in reasons]})
    assert [n for _, n in found] == [2, 1, 1]
    rows: list[dict[str, Any]] = [
        {"status": status, "trip_id": trip}
        for status in ("confirmed", "dispatched", "loaded", "given_up", "cancelled")
        for trip in (None, "t")
    ]
    assert open_orders(rows) == 2
