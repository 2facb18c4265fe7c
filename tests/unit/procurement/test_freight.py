"""A trip's cost is shared out over its orders to the fen, by tonne-kilometres."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.freight.domain import Freight, Trip, check, freight_of, shares_of
from services.procurement.ledger.domain import Account, Booked, Kind
from services.procurement.orders.domain import Line, Order, Status
from shared.errors import DomainError

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def an_order(number: int, grams: int, distance_m: int | None) -> Order:
    """Return an order of which so many grams were packed, so far from its school."""
    line = Line(f"line-{number}", "d1", "cabbage", "f1", "ambient", 300, grams, 1, distance_m, 500)
    made = Order(
        f"o-{number}", "school-1", "coop-1", "520628", date(2026, 11, 23), Status.LOADED, 2, "run", AT, AT, AT, AT
    )
    return replace(made, lines=(replace(line, dispatched_g=grams),))


LOADS = st.lists(st.tuples(st.integers(0, 10**6), st.none() | st.integers(0, 200_000)), min_size=1, max_size=8)


@given(st.integers(0, 10**7), LOADS)
def test_shares_come_to_the_cost(cost_fen: int, loads: list[tuple[int, int | None]]) -> None:
    """Nothing is lost, nobody bears less than nothing, and whatever is known of loads and ways there is an answer."""
    shares = shares_of(cost_fen, [an_order(number, *load) for number, load in enumerate(loads)])
    assert sum(shares.values()) == cost_fen
    assert min(shares.values()) >= 0


def test_an_order_bears_its_own_way() -> None:
    """Twice the load or way is twice the share; by weight where a way is unknown, in equal parts where no weight is."""
    assert shares_of(600, [an_order(1, 100, 4_000), an_order(2, 200, 4_000)]) == {"o-1": 200, "o-2": 400}
    assert shares_of(600, [an_order(1, 100, 4_000), an_order(2, 100, 8_000)]) == {"o-1": 200, "o-2": 400}
    assert shares_of(600, [an_order(1, 100, None), an_order(2, 200, 90_000)]) == {"o-1": 200, "o-2": 400}
    assert shares_of(601, [an_order(1, 0, None), an_order(2, 0, 5)]) == {"o-1": 301, "o-2": 300}


def test_freight_goes_from_the_countys_fund_to_the_carrier() -> None:
    """No gram is booked with it, and no receipt; the carrier's reference makes it the same booking again."""
    freight = Freight("520628", "veh-1", None, MONDAY, 12_000, "F-7", "a day's driving", "official-1", AT)
    booking = freight.transaction()
    assert booking.entries == {
        Account(Kind.FREIGHT, "520628"): Booked(-12_000, 0),
        Account(Kind.CARRIER, "veh-1"): Booked(12_000, 0),
    }
    assert (booking.receipt_id, booking.receipt_version, booking.source_id) == ("", 0, "")
    assert replace(freight, trip_id="trip-1").transaction().source_id == "trip-1"
    assert booking.transaction_id == replace(freight, amount_fen=1).freight_id


def test_freight_costs_something_and_lies_behind_us() -> None:
    """Today is not too soon, less than nothing takes back; nothing, and tomorrow, are refused."""
    freight = Freight("520628", "veh-1", None, MONDAY, -1, "F-7", "booked by mistake", "official-1", AT)
    check(freight, MONDAY)
    check(replace(freight, amount_fen=1), MONDAY)
    for wrong, rule in ((replace(freight, amount_fen=0), "nothing-to-book"), (freight, "day-in-the-future")):
        with pytest.raises(DomainError) as refusal:
            check(wrong, MONDAY - timedelta(days=rule == "day-in-the-future"))
        assert refusal.value.rule == rule


def test_each_county_books_what_its_orders_bear_less_what_it_booked() -> None:
    """A trip that crosses counties is booked in each; a cost told anew books the difference alone."""
    carried = {
        "o-1": an_order(1, 100, 4_000),
        "o-2": replace(an_order(2, 100, 4_000), county_code="520402", delivery_day=MONDAY + timedelta(days=1)),
    }
    trip = Trip("trip-1", "veh-1", ["o-1", "o-2"], 2, 600, 41_500, {"o-1": 200, "o-2": 400})
    first = freight_of(trip, carried, {}, AT)
    assert [(each.county_code, each.amount_fen, each.day) for each in first] == [
        ("520402", 400, MONDAY),
        ("520628", 200, MONDAY),
    ]
    assert first[0].reason == "trip trip-1, cost version 2, 41.5 km"
    assert first[0].carrier_id == "veh-1"
    (second,) = freight_of(trip, carried, {"520628": 250, "520402": 400}, AT)
    assert (second.county_code, second.amount_fen) == ("520628", -50)
    (unknown,) = freight_of(replace(trip, distance_m=None), carried, {"520402": 400}, AT)
    assert unknown.reason == "trip trip-1, cost version 2"
