"""Signing for food: accepted ≤ received ≤ dispatched, and the lots sum to what was accepted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.logistics.receipts.domain import (
    PackedLine,
    Refused,
    WeighedLine,
    require_sound_clock,
    require_two,
    sign,
)
from shared.errors import Conflict, DomainError


@st.composite
def weighings(draw: st.DrawFn) -> tuple[PackedLine, WeighedLine]:
    """A line of up to six lots, weighed within what was dispatched."""
    lots = draw(st.lists(st.integers(1, 10**9), min_size=1, max_size=6))
    received = draw(st.integers(0, sum(lots)))
    packed = PackedLine("lin-1", "potato", sum(lots), tuple((f"lot-{n}", grams) for n, grams in enumerate(lots)))
    return packed, WeighedLine("lin-1", received, draw(st.integers(0, received)), "bruised")


@given(weighings())
def test_accepted_lots_sum_to_the_accepted_grams(weighing: tuple[PackedLine, WeighedLine]) -> None:
    """Accepted grams are shared over the lots without loss, never more of a lot than was packed of it."""
    packed, weighed = weighing
    (signed,) = sign([packed], [weighed])
    assert sum(grams for _, grams in signed.lots) == weighed.accepted_g
    assert all(part <= grams for (_, part), (_, grams) in zip(signed.lots, packed.lots, strict=True))


def test_a_line_packed_with_nothing_need_not_be_weighed() -> None:
    """Only what was dispatched must be in the receipt."""
    packed = [PackedLine("lin-1", "potato", 100, (("lot-1", 100),)), PackedLine("lin-2", "onion", 0, ())]
    assert [line.line_id for line in sign(packed, [WeighedLine("lin-1", 100, 100)])] == ["lin-1"]
    with pytest.raises(DomainError, match="lin-1"):
        sign(packed, [WeighedLine("lin-2", 0, 0)])


def test_a_recalled_line_cannot_be_accepted_beyond_what_was() -> None:
    """Nothing more is accepted of a recalled lot; what was accepted before can be amended down."""
    packed = PackedLine("lin-1", "potato", 100, (("lot-1", 100),), accepted_g=60, recalled="lot-1")
    assert sign([packed], [WeighedLine("lin-1", 100, 0, "recalled")])[0].accepted_g == 0
    with pytest.raises(Conflict) as refusal:
        sign([packed], [WeighedLine("lin-1", 100, 61, "rest spoiled")])
    assert (refusal.value.rule, refusal.value.field) == ("lot-recalled", "lines.0.accepted_g")


def test_one_person_cannot_sign_twice() -> None:
    """Two different people sign."""
    require_two(["cook-1", "teacher-2"])
    with pytest.raises(DomainError, match="two different people"):
        require_two(["cook-1", "cook-1"])


@pytest.mark.parametrize(
    ("weighed", "rule", "field"),
    [
        ([WeighedLine("lin-1", 100, 100), WeighedLine("lin-1", 0, 0)], "line-twice", "lines.1.line_id"),
        ([WeighedLine("lin-9", 100, 100)], "unknown-line", "lines.0.line_id"),
        ([WeighedLine("lin-1", 101, 100, "r")], "more-than-dispatched", "lines.0.received_g"),
        ([WeighedLine("lin-1", 99, 100, "r")], "more-than-received", "lines.0.accepted_g"),
        ([WeighedLine("lin-1", 94, 94)], "over-tolerance", "lines.0.reason"),
        ([WeighedLine("lin-1", 100, 100, refused=Refused.RETURNED)], "nothing-refused", "lines.0.refused"),
        ([WeighedLine("lin-1", 100, 99)], "reason-needed", "lines.0.reason"),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(weighed: list[WeighedLine], rule: str, field: str) -> None:
    """Each rule is named with the place where it is broken; just within each, it is signed."""
    packed = PackedLine("lin-1", "potato", 100, (("lot-1", 100),), tolerance_permille=50)
    with pytest.raises(DomainError) as refusal:
        sign([packed], weighed)
    assert (refusal.value.rule, refusal.value.field) == (rule, field)
    assert sign([packed], [WeighedLine("lin-1", 95, 95)])[0].accepted_g == 95
    assert sign([packed], [WeighedLine("lin-1", 94, 94, "one bag is missing")])[0].accepted_g == 94


def test_a_phones_clock_may_be_a_little_wrong() -> None:
    """Five minutes ahead and a day before the delivery are taken, a second and a day more are not; none is well."""
    now, day = datetime(2026, 11, 30, 6, tzinfo=UTC), date(2026, 11, 30)
    require_sound_clock(None, day, now)
    require_sound_clock(now + timedelta(minutes=5), day, now)
    require_sound_clock(now - timedelta(days=1), day, now)
    # Days are Guizhou's: half past seven in the morning, of the day before.
    require_sound_clock(datetime(2026, 11, 28, 23, 30, tzinfo=UTC), day, now)
    for captured_at, rule in (
        (now + timedelta(minutes=5, seconds=1), "clock-ahead"),
        (datetime(2026, 11, 28, 15, 59, tzinfo=UTC), "clock-behind"),
    ):
        with pytest.raises(DomainError) as refusal:
            require_sound_clock(captured_at, day, now)
        assert (refusal.value.rule, refusal.value.field) == (rule, "captured_at")
