"""Packing, without a database."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.farmers.dispatches.packing import MOST_LOTS, Store, check, taken_g
from services.farmers.lots.domain import OnHand
from services.farmers.orders.domain import Order
from tests.api.farmers.builders import COOP, MONDAY
from tests.unit.farmers.test_orders import an_order

DAYS = st.integers(-3, 1).map(lambda days: MONDAY + timedelta(days=days))
lots = st.lists(
    st.builds(
        OnHand,
        lot_id=st.integers(0, 10_000).map(lambda n: f"lot-{n:05d}"),
        cooperative_id=st.sampled_from((COOP, "coop-2")),
        food_code=st.sampled_from(("napa_cabbage", "potato")),
        harvest_day=DAYS,
        remaining_g=st.integers(1, 60),
        best_before=st.none() | DAYS.map(lambda day: day + timedelta(days=1)),
        recalled=st.booleans(),
    ),
    unique_by=lambda lot: lot.lot_id,
    max_size=8,
)
confirmed = st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=3), min_size=1, max_size=4)


def accepted(number: int, grams: list[int]) -> Order:
    """An order with these confirmed grams."""
    order = replace(an_order(*grams, left_g=10_000), order_id=f"order-{number}")
    return replace(order, lines=tuple(one._replace(confirmed_g=one.ordered_g) for one in order.lines))


@given(confirmed.map(lambda each: [[max(1, g) for g in grams] for grams in each]), lots)
def test_a_packing_is_right_and_leaves_nothing_that_would_fit(grams: list[list[int]], on_hand: list[OnHand]) -> None:
    """The checker finds nothing, and an order is short only when every fitting lot is empty."""
    orders = [accepted(number, each) for number, each in enumerate(grams)]
    store = Store(on_hand)
    packings = {order.order_id: store.pack(order) for order in orders}
    assert check(orders, on_hand, packings) == []
    fits = sum(
        lot.remaining_g
        for lot in on_hand
        if (lot.cooperative_id, lot.food_code) == (COOP, "napa_cabbage")
        and lot.harvest_day <= MONDAY <= (lot.best_before or MONDAY)
        and not lot.recalled
    )
    assert sum(taken_g(packings.values()).values()) == min(fits, sum(map(sum, grams)))


@given(lots)
def test_first_expired_goes_first(on_hand: list[OnHand]) -> None:
    """No gram of a lot is packed while one that spoils sooner, or as soon and is older, has any left."""
    packing = Store(on_hand).pack(accepted(1, [70]))
    days = {lot.lot_id: (lot.best_before or date.max, lot.harvest_day, lot.lot_id) for lot in on_hand}
    left = {lot.lot_id: lot.remaining_g for lot in on_hand}
    shares = packing["line-0"]
    assert [days[lot_id] for lot_id, _ in shares] == sorted(days[lot_id] for lot_id, _ in shares)
    assert all(grams == left[lot_id] for lot_id, grams in shares[:-1])


def test_a_line_is_packed_from_no_more_lots_than_a_list_shows() -> None:
    """Crumbs of more than 100 lots are dispatched short rather than untold."""
    crumbs = [OnHand(f"lot-{n}", COOP, "napa_cabbage", MONDAY, 1) for n in range(150)]
    packing = Store(crumbs).pack(accepted(1, [150]))
    assert len(packing["line-0"]) == MOST_LOTS


def test_a_lot_that_is_empty_and_not_touched_is_no_fault() -> None:
    """Only who takes of an empty lot takes more than it has."""
    order, empty = accepted(1, [10]), OnHand("empty", COOP, "napa_cabbage", MONDAY, 0)
    assert check([order], [empty], {"order-1": {}}) == []
    assert len(check([order], [empty], {"order-1": {"line-0": (("empty", 1),)}})) == 1


def test_the_checker_sees_each_fault() -> None:
    """Too much for a line or of a lot, a foreign food, a lot of tomorrow, spoilt or recalled: each is named."""
    order = accepted(1, [10])
    on_hand = [
        OnHand("small", COOP, "napa_cabbage", MONDAY, 5),
        OnHand("potato", COOP, "potato", MONDAY, 5),
        OnHand("late", COOP, "napa_cabbage", date(2027, 1, 1), 5),
        OnHand("spoilt", COOP, "napa_cabbage", MONDAY, 5, best_before=MONDAY - timedelta(days=1)),
        OnHand("recalled", COOP, "napa_cabbage", MONDAY, 5, recalled=True),
    ]

    def faults(*shares: tuple[str, int]) -> int:
        return len(check([order], on_hand, {"order-1": {"line-0": shares}}))

    assert faults(("small", 5)) == 0
    assert faults(("small", 11)) == 2
    assert faults(("potato", 1)) == faults(("late", 1)) == faults(("unknown", 1)) == faults(("small", 0)) == 1
    assert faults(("spoilt", 1)) == faults(("recalled", 1)) == 1
