"""A trip's cost is shared out over its orders to the fen, by tonne-kilometres."""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.procurement.freight.domain import shares_of
from services.procurement.orders.domain import Line, Order, Status

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


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
