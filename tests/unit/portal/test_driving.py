"""What a run sheet makes of what logistics answers."""

from typing import Any

from services.portal.driving.views import Trip, present_of, trip_of


def a_sheet_stop(sequence: int, kind: str, *orders: str, grams: int = 10_000) -> dict[str, Any]:
    """A stop of a run sheet with a line of cabbage and one of meat for each order."""
    line = {"food_code": "cabbage", "temperature_class": "ambient", "confirmed_g": grams, "dispatched_g": 0}
    meat = {"food_code": "pork", "temperature_class": "chilled", "confirmed_g": 0, "dispatched_g": 2_000}
    place = {"place_kind": "canteen", "place_id": f"place-{sequence}", "lat": 28.1, "lon": 109.2}
    names = {"name_zh": "城关 小学", "name_en": "School"}
    told = {"sequence": sequence, "kind": kind, "planned_at": "2026-11-30T06:00:00+08:00", "weight_g": grams}
    return place | names | told | {"order_ids": list(orders), "lines": [line, meat] * len(orders)}


def a_trip(status: str = "planned", **statuses: str) -> Trip:
    """A trip that fetches o1 and o2 at once and brings them to two schools."""
    consignments = [
        {"order_id": order_id, "status": now, "loaded_at": "2026-11-29T21:00:00Z", "arrived_at": None, "hold": False}
        for order_id, now in ({"o1": "dispatched", "o2": "confirmed"} | statuses).items()
    ]
    stops = [
        a_sheet_stop(1, "pickup", "o1", "o2"),
        a_sheet_stop(2, "delivery", "o1"),
        a_sheet_stop(3, "delivery", "o2"),
    ]
    sheet = {"trip_id": "t", "stops": stops, "limit_c": (0, 10), "vehicle": {"plate": "贵D"}, "distance_m": 1}
    sheet |= {"starts_at": "", "ends_at": "", "temperature_class": "chilled"}
    lots = [{"lot_id": "l", "food_code": "pork", "dispatched_g": 1, "recalled": True, "scanned_at": None}]
    check = {"orders": [{"order_id": "o1", "lots": lots}, {"order_id": "elsewhere", "lots": lots}]}
    detail = {"status": status, "departed_at": None, "vehicle_id": "v", "consignments": consignments}
    return trip_of(sheet, detail, check, {"cabbage": "白菜"}, "zh")


def test_the_next_stop_is_the_first_that_is_to_be_done_now() -> None:
    """Before it departs a trip loads, afterwards it sets down, over it has no next stop."""
    loading = a_trip()
    assert [stop.state for stop in loading.stops] == ["next", "later", "later"]
    assert (loading.stops[0].waiting, loading.to_load, loading.may_depart) == (1, 1, False)
    assert a_trip(o1="loaded").may_depart
    assert a_trip(o1="loaded", o2="loaded").next is None
    on_its_way = a_trip("departed", o1="arrived", o2="loaded")
    assert [stop.state for stop in on_its_way.stops] == ["done", "done", "next"]
    assert a_trip("broken", o1="loaded", o2="loaded").next is None


def test_a_stop_says_what_is_on_it_and_where_it_is() -> None:
    """Foods are summed by name, what was packed before what was confirmed; lots are those of its orders."""
    stop = a_trip().stops[0]
    assert [(load.food, load.weight_g, load.cold) for load in stop.loads] == [
        ("白菜", 20_000, False),
        ("pork", 4_000, True),
    ]
    assert stop.geo == "geo:28.1,109.2?q=28.1,109.2(%E5%9F%8E%E5%85%B3%20%E5%B0%8F%E5%AD%A6)"
    assert [lot.order_id for lot in stop.recalled] == ["o1"]
    assert stop.unchecked == list(stop.lots)


def test_the_present_trip_is_the_first_that_is_not_over() -> None:
    """When all are over it is the last; without any there is none."""
    trips = [
        {"trip_id": name, "status": status, "starts_at": str(number), "number": number}
        for number, (name, status) in enumerate({"a": "completed", "b": "departed", "c": "planned"}.items())
    ]
    assert present_of(reversed(trips)) == trips[1]
    assert present_of(trips[:1]) == trips[0]
    assert present_of([]) is None
