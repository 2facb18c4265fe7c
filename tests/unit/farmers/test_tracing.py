"""Tracing a household's part of a settlement to lines and lots, without a database."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.farmers.statements.tracing import Line, Packed, Share, trace
from services.procurement.ledger.domain import Account, Kind
from services.procurement.orders.domain import Line as Ordered
from services.procurement.orders.domain import Order, Status
from services.procurement.settlement import domain as settlement
from services.procurement.settlement.domain import Lot
from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned
from shared.quantities import amount_fen, split
from tests.world import START

DAY = date(2026, 11, 16)
HOUSEHOLDS = ("hh-1", "hh-2", "hh-3")
brought = st.dictionaries(st.sampled_from(HOUSEHOLDS), st.integers(1, 4_000), max_size=3)
packed = st.builds(
    lambda grams, of, own: (grams, tuple(sorted(of.items())), sum(of.values()) + own),
    st.integers(1, 5_000),
    brought,
    st.integers(1, 2_000),
)
line_of = st.tuples(st.integers(1, 3_000), st.integers(0, 100), st.lists(packed, min_size=1, max_size=3))


def lines_of(drawn: list[tuple[int, int, list[tuple[int, tuple[tuple[str, int], ...], int]]]]) -> list[Line]:
    """Lines of (price, accepted %, lots), as an order's first settlement has them."""
    lines = []
    for number, (price, accepted, lots) in enumerate(drawn):
        own = tuple(Packed(f"lot-{number}-{n}", DAY, grams, whole, of) for n, (grams, of, whole) in enumerate(lots))
        grams = sum(lot.packed_g for lot in own) * accepted // 100
        lines.append(Line(f"l{number}", "rice", price, grams, amount_fen(grams, price), own))
    return lines


def owed(lines: list[Line]) -> dict[str, tuple[int, int]]:
    """What procurement owes each household of an order with these lines: g and fen."""
    ordered = tuple(
        Ordered(line.line_id, "d1", "rice", "f1", "ambient", line.price_fen_per_kg, 10**6, 1, None, 500)
        for line in lines
    )
    ordered = tuple(replace(each, confirmed_g=10**6, dispatched_g=10**6) for each in ordered)
    times = (START, START, START, START)
    order = Order("o1", "s1", "c1", "county-a", DAY, Status.DISPATCHED, 2, "r1", *times, lines=ordered)
    received = []
    for line in lines:
        grams = split(line.accepted_g, [lot.packed_g for lot in line.packed])
        parts = zip(line.packed, grams, strict=True)
        lots = tuple(LotAccepted(lot_id=lot.lot_id, accepted_g=part) for lot, part in parts if part)
        received.append(
            LineReceived(
                line_id=line.line_id, food_code="rice", received_g=10**6, accepted_g=line.accepted_g, lots=lots
            )
        )
    receipt = ReceiptSigned(
        receipt_id="r1",
        version=1,
        order_id="o1",
        canteen_id="s1",
        cooperative_id="c1",
        delivery_day=DAY,
        signers=("a", "b"),
        lines=tuple(received),
        signed_at=START,
    )
    known = {
        lot.lot_id: Lot(lot.quantity_g, tuple((name, False, grams) for name, grams in lot.brought))
        for line in lines
        for lot in line.packed
    }
    found = settlement.owed(settlement.match(order, receipt), receipt, known)
    return {
        account.holder_id: (booked.accepted_g, booked.amount_fen)
        for account, booked in found.items()
        if account.kind is Kind.HOUSEHOLD and isinstance(account, Account)
    }


def sums(shares: list[Share]) -> tuple[int, int]:
    """Grams and fen of shares."""
    return sum(share.accepted_g for share in shares), sum(share.amount_fen for share in shares)


def test_a_rest_goes_where_something_is() -> None:
    """What a settlement gave beyond the lines is spread over those with grams, in proportion; on others nothing."""
    lots = [Packed(f"lot-{n}", DAY, 1_000, 1_000, (("hh-1", 1_000),)) for n in range(3)]
    lines = [Line(f"l{n}", "rice", 400, grams, grams * 2 // 5, (lots[n],)) for n, grams in enumerate((300, 0, 600))]
    shares = trace("hh-1", lines, 990, 396)
    assert [(share.line_id, share.accepted_g, share.amount_fen) for share in shares] == [
        ("l0", 330, 132),
        ("l2", 660, 264),
    ]


def test_what_nothing_was_packed_of_has_no_share() -> None:
    """A line whose lots had nothing packed takes no gram and no fen from the others."""
    nothing = Line("l0", "rice", 400, 0, 0, (Packed("lot-0", DAY, 0, 1_000, (("hh-1", 1_000),)),))
    all_of_it = Line("l1", "rice", 400, 1_000, 400, (Packed("lot-1", DAY, 1_000, 1_000, (("hh-1", 1_000),)),))
    assert [
        (share.line_id, share.accepted_g, share.amount_fen) for share in trace("hh-1", [nothing, all_of_it], 1_000, 400)
    ] == [("l1", 1_000, 400)]


@given(st.lists(line_of, min_size=1, max_size=3))
def test_lines_are_what_procurement_paid_for_to_the_gram_and_fen(
    drawn: list[tuple[int, int, list[tuple[int, tuple[tuple[str, int], ...], int]]]],
) -> None:
    """What a settlement gave a household sums up from its lines with nothing spread: both split in the same way."""
    lines = lines_of(drawn)
    per_line: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for household_id, (grams, fen) in owed(lines).items():
        shares = trace(household_id, lines, grams, fen)
        assert sums(shares) == (grams, fen)
        alone = [
            share for line in lines for share in trace(household_id, [line], *owed([line]).get(household_id, (0, 0)))
        ]
        assert shares == alone
        for share in shares:
            assert share.line_id is not None
            per_line[share.line_id][0] += share.accepted_g
            per_line[share.line_id][1] += share.amount_fen
    for line in lines:
        assert per_line[line.line_id][0] <= line.accepted_g
        assert per_line[line.line_id][1] <= line.amount_fen


@given(
    st.lists(line_of, max_size=3),
    st.lists(st.integers(-9_000, 9_000), min_size=3, max_size=3),
    st.integers(-10_000, 10_000),
    st.integers(-10_000, 10_000),
)
def test_a_correction_sums_to_what_it_takes_or_gives(
    drawn: list[tuple[int, int, list[tuple[int, tuple[tuple[str, int], ...], int]]]],
    changes: list[int],
    grams: int,
    fen: int,
) -> None:
    """Whatever lines say, up or down: the shares of a part sum to it, to the gram and fen."""
    lines = [
        replace(line, accepted_g=change, amount_fen=change * line.price_fen_per_kg // 1000)
        for line, change in zip(lines_of(drawn), changes, strict=False)
    ]
    assert sums(trace("hh-1", lines, grams, fen)) == (grams, fen)
