"""The store's rules, whatever happens in whichever order."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.receipts.domain import Booked, book
from services.nutrition.stocks.domain import Free, Lot, count, free_g, free_lots, take
from services.nutrition.stocks.expiry import at_risk_g
from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned

MONDAY = date(2026, 11, 30)
grams = st.integers(0, 5_000)
lots = st.lists(
    st.builds(
        Lot,
        food_code=st.just("rice"),
        lot_id=st.sampled_from(["", "a", "b", "c"]),
        came_g=grams,
        used_g=grams,
        use_by=st.integers(0, 3).map(lambda days: MONDAY + timedelta(days=days)),
        recalled=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda lot: lot.lot_id,
)


days = st.integers(-1, 4).map(lambda offset: MONDAY + timedelta(days=offset))


@given(lots, grams, days, st.booleans())
def test_take(lots: list[Lot], wanted: int, day: date, also_expired: bool) -> None:
    """What is taken and what is missing make what was wanted; no recalled gram, none past its day, none not there."""
    taken, missing = take(lots, wanted, day, also_expired=also_expired)
    assert sum(one.quantity_g for one in taken) + missing == wanted
    there = {lot.lot_id: lot.usable_g for lot in lots if also_expired or not lot.expired(day)}
    assert all(0 < one.quantity_g <= there[one.lot_id] for one in taken)
    assert missing == max(0, wanted - sum(there.values()))
    past = {lot.lot_id for lot in lots if lot.use_by < day}
    assert {one.lot_id for one in taken if one.expired} == {one.lot_id for one in taken} & past


@given(lots, grams, st.booleans())
def test_first_expired_first_out(lots: list[Lot], wanted: int, also_expired: bool) -> None:
    """A lot is opened once those to be used before it are empty."""
    taken, _ = take(lots, wanted, MONDAY + timedelta(days=1), also_expired=also_expired)
    out = {one.lot_id: one.quantity_g for one in taken}
    opened = max((lot.use_by for lot in lots if lot.lot_id in out), default=MONDAY)
    fit = [lot for lot in lots if also_expired or lot.use_by > MONDAY]
    assert all(out.get(lot.lot_id, 0) == lot.usable_g for lot in fit if lot.use_by < opened)


@given(st.integers(-5_000, 5_000), st.integers(0, 5_000))
def test_free(usable: int, reserved: int) -> None:
    """Free food is never less than nothing: what is reserved may have been recalled or eaten."""
    assert 0 <= free_g(usable, reserved) >= usable - reserved


def test_what_is_reserved_is_not_free() -> None:
    """The next menu counts on what is usable less what is reserved, and on nothing where more is reserved."""
    assert [free_g(5_000, reserved) for reserved in (0, 1_200, 5_000, 5_001)] == [5_000, 3_800, 0, 0]


@given(st.lists(st.builds(Free, days, st.integers(1, 5_000)), max_size=4), st.integers(0, 12_000))
def test_free_lots(usable: list[Free], reserved: int) -> None:
    """What is reserved is what has to be used first; nothing is made, nothing is lost beyond what is reserved."""
    left = free_lots(usable, reserved)
    assert sum(lot.quantity_g for lot in left) == max(0, sum(lot.quantity_g for lot in usable) - reserved)
    assert [lot.use_by for lot in left] == sorted(lot.use_by for lot in left)
    assert left == [] or {lot for lot in usable if lot.use_by > left[0].use_by} <= set(left)


@dataclass
class _Store:
    """A store as the database keeps it: one lot of counted food."""

    lot: Lot = field(default_factory=lambda: Lot("rice", "", 0, 0, MONDAY))
    day: date = MONDAY


@given(st.lists(st.tuples(st.sampled_from(["count", "use", "day"]), grams), max_size=12))
def test_counting_and_using(steps: list[tuple[str, int]]) -> None:
    """On hand is what was counted last less what was used since, never less than nothing."""
    store, expected = _Store(), 0
    for what, amount in steps:
        if what == "day":
            store.day += timedelta(days=1)
        elif what == "count":
            before = store.lot
            store.lot = count(before, amount, store.day, store.day, 10)
            told_again = (before.counted_on, before.counted_g) == (store.day, amount)
            expected = expected if told_again else amount
            assert count(store.lot, amount, store.day, store.day, 10) == store.lot
            assert count(store.lot, amount, None, store.day, 10) == store.lot
        else:
            taken, _ = take([store.lot], amount, store.day, also_expired=True)
            used = sum(one.quantity_g for one in taken)
            store.lot = replace(store.lot, used_g=store.lot.used_g + used)
            expected -= used
        assert store.lot.on_hand_g == expected >= 0


def a_receipt(receipt: str, version: int, accepted: dict[tuple[str, str], int]) -> ReceiptSigned:
    """A receipt of (food, lot) → accepted grams."""
    lines = tuple(
        LineReceived(
            line_id=f"{food}-{lot}",
            food_code=food,
            received_g=grams,
            accepted_g=grams,
            lots=(LotAccepted(lot_id=lot, accepted_g=grams),) if grams else (),
        )
        for (food, lot), grams in accepted.items()
    )
    return ReceiptSigned(
        receipt_id=receipt,
        version=version,
        order_id=receipt,
        canteen_id="sch-1",
        cooperative_id="coop-a",
        delivery_day=MONDAY,
        signers=("a", "b"),
        lines=lines,
        signed_at=datetime(2026, 11, 30, tzinfo=UTC),
    )


contents = st.dictionaries(st.tuples(st.sampled_from(["rice", "pork"]), st.sampled_from(["a", "b"])), grams)
receipts = st.dictionaries(st.tuples(st.sampled_from(["r-1", "r-2"]), st.integers(1, 4)), contents, max_size=6)


@given(receipts, st.randoms(use_true_random=False), st.integers(1, 4))
def test_receipts_in_any_order(
    receipts: dict[tuple[str, int], dict[tuple[str, str], int]], dice: Random, size: int
) -> None:
    """In any order, batches and duplicates the store has what the highest version of each receipt says."""
    events = [a_receipt(name, version, accepted) for (name, version), accepted in receipts.items()] * 2
    dice.shuffle(events)
    kept: dict[str, Booked] = {}
    stock: dict[tuple[str, str], int] = {}
    for start in range(0, len(events), size):
        effect, changed = book(events[start : start + size], kept)
        kept |= {one.receipt_id: one for one in changed}
        for (_, food, lot), change in effect.stock_g.items():
            stock[food, lot] = stock.get((food, lot), 0) + change
        assert sum(effect.stock_g.values()) == sum(effect.line_g.values())
    expected: dict[tuple[str, str], int] = {}
    for name in {name for name, _ in receipts}:
        last = max(version for other, version in receipts if other == name)
        for key, amount in receipts[name, last].items():
            expected[key] = expected.get(key, 0) + amount
    assert {key: amount for key, amount in stock.items() if amount} == {k: v for k, v in expected.items() if v}


@given(lots, st.dictionaries(days, grams, max_size=5))
def test_what_is_at_risk(lots: list[Lot], needed: dict[date, int]) -> None:
    """Of no lot more is at risk than is there; what meals take leaves it, nothing recalled does, and more meals
    never put more at risk.
    """
    left = at_risk_g(lots, needed)
    assert all(0 <= left[lot.lot_id] <= lot.on_hand_g for lot in lots)
    assert all(left[lot.lot_id] == lot.on_hand_g for lot in lots if lot.recalled)
    taken = sum(lot.on_hand_g - left[lot.lot_id] for lot in lots)
    assert taken <= sum(needed.values())
    late = max((lot.use_by for lot in lots), default=MONDAY) + timedelta(days=1)
    assert at_risk_g(lots, {late: 5_000}) == {lot.lot_id: lot.on_hand_g for lot in lots}
    more = at_risk_g(lots, {day: 2 * wanted for day, wanted in needed.items()})
    assert sum(more.values()) <= sum(left.values())
