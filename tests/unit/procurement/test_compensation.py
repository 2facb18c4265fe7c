"""Calling off late: what is booked is what orders say is owed, whatever is called off and packed all the same."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.procurement.compensation.domain import settlement_of, transaction
from services.procurement.ledger.domain import Account, Kind
from services.procurement.orders import dispatching, domain
from services.procurement.orders.dispatching import Packing
from services.procurement.orders.domain import Line, Order, Party, Status
from services.procurement.rules.domain import Rule

DAY = date(2026, 11, 30)
PLACED = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATE = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


def an_order(loads: list[tuple[int, int]]) -> Order:
    """Return a confirmed order of lines of so many grams at so many fen per kg."""
    lines = []
    for number, (grams, price) in enumerate(loads):
        line = Line(f"line-{number}", f"d{number}", "cabbage", "f1", "ambient", price, grams, 1, None, 500)
        lines.append(replace(line, confirmed_g=grams))
    made = Order(
        "o-1", "school-1", "coop-1", "520628", DAY, Status.CONFIRMED, 2, "run", PLACED, PLACED, PLACED, None, PLACED
    )
    return replace(made, lines=tuple(lines))


def called_off(order: Order, rule: Rule, parts: list[int]) -> Order:
    """Lower an order's lines to parts of 1,000 of them, late, by an official."""
    wanted = {line.line_id: line.ordered_g * part // 1000 for line, part in zip(order.lines, parts, strict=True)}
    lowered, _ = domain.lower(order, wanted)
    off_fen = order.confirmed_fen - (0 if lowered.status is Status.CANCELLED else lowered.confirmed_fen)
    owed = domain.owed_for_calling_off(order, off_fen, rule, Party.OFFICIAL, LATE)
    return replace(lowered, owed_fen=order.owed_fen + owed)


def test_what_is_owed_for_calling_off_is_money_alone() -> None:
    """It is booked beside the order without a receipt and without a gram: nothing was weighed for it."""
    before = an_order([(10_000, 400)])
    made = transaction(before, replace(before, owed_fen=1_200), LATE)
    assert made is not None
    assert (made.receipt_id, made.receipt_version) == ("", 0)
    assert {account.name: (each.amount_fen, each.accepted_g) for account, each in made.entries.items()} == {
        Account(Kind.OPERATING, "520628").name: (-1_200, 0),
        Account(Kind.COMPENSATION, "coop-1").name: (1_200, 0),
    }
    assert transaction(before, before, LATE) is None


LOADS = st.lists(st.tuples(st.integers(1_000, 90_000), st.integers(1, 5_000)), min_size=1, max_size=4)


@given(LOADS, st.integers(0, 1000), st.data())
def test_what_is_booked_is_what_is_owed(loads: list[tuple[int, int]], permille: int, data: st.DataObject) -> None:
    """Each booking sums to zero between two accounts that hold no food money; together they are what stands as owed."""
    rule = Rule("520628", DAY, None, 24, 1, time(16, 0), permille, "fictional")
    orders = [an_order(loads)]
    some = st.lists(st.integers(0, 999), min_size=len(loads), max_size=len(loads))
    orders.append(called_off(orders[0], rule, data.draw(some)))
    packed_g = {
        line.line_id: data.draw(st.integers(0, grams)) for line, (grams, _) in zip(orders[0].lines, loads, strict=True)
    }
    if data.draw(st.booleans()):
        packed_g = {line.line_id: line.confirmed_g for line in orders[0].lines}
    packed, more, _ = dispatching.dispatch(orders[1], Packing(orders[1].order_id, packed_g, LATE))
    if more:
        orders.append(replace(packed, owed_fen=dispatching.owed_after_packing(orders[1], packed, rule)))
    booked = [(made, after) for before, after in pairwise(orders) if (made := transaction(before, after, LATE))]
    assert len({made.transaction_id for made, _ in booked}) == len(booked)
    assert all({each.kind for each in made.entries} == {Kind.OPERATING, Kind.COMPENSATION} for made, _ in booked)
    assert sum(settlement_of(made, after, DAY).amount_fen for made, after in booked) == orders[-1].owed_fen >= 0
    if all(packed_g[line.line_id] == line.confirmed_g for line in orders[0].lines):
        assert orders[-1].owed_fen == 0
