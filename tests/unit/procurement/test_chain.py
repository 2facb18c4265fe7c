"""The hash chain: whatever is changed in what was sealed is found, and the first broken link is named."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.ledger import chain
from services.procurement.ledger.chain import Content, Link
from shared.chain import START

NOW = datetime(2026, 12, 1, 1, 0, 0, 123, tzinfo=UTC)


def content(number: int, fen: int = 100) -> Content:
    """Return a transaction."""
    entries = (("school/s1/food-money", False, -fen, 10), ("household/h1", True, fen, 10))
    return Content(f"t{number}", "r1", number, "o1", "520628", date(2026, 11, 30), NOW, "settlement", "", "", entries)


def sealed(count: int) -> tuple[list[Link], dict[str, Content]]:
    """Return a chain of some transactions."""
    contents = [content(number) for number in range(count)]
    return chain.seal(None, "520628", contents), {each.transaction_id: each for each in contents}


@given(st.integers(1, 12), st.data())
def test_a_chain_holds_wherever_it_is_sealed_and_checked_in_pieces(count: int, data: st.DataObject) -> None:
    """Sealing and checking in two pieces is the same as in one."""
    links, contents = sealed(count)
    cut = data.draw(st.integers(0, count))
    last = links[cut - 1] if cut else None
    assert chain.seal(last, "520628", list(contents.values())[cut:]) == links[cut:]
    assert chain.check(None, links, contents) is None
    assert chain.check(last, links[cut:], contents) is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"entries": (("school/s1/food-money", False, -90, 10), ("household/h1", True, 90, 10))}, "hash-differs"),
        ({"entries": (("school/s1/food-money", False, -100, 10), ("household/h2", True, 100, 10))}, "hash-differs"),
        ({"entries": (("school/s1/food-money", False, -100, 10),)}, "does-not-balance"),
        ({"booked_at": NOW + timedelta(microseconds=1)}, "hash-differs"),
        ({"delivery_day": date(2026, 12, 1)}, "hash-differs"),
        ({"kind": "payment"}, "hash-differs"),
        ({"county_code": "520602"}, "other-county"),
    ],
)
def test_the_first_broken_link_is_named(change: dict[str, object], rule: str) -> None:
    """Whatever is changed of a transaction, its link is the first that does not hold."""
    links, contents = sealed(5)
    contents["t2"] = replace(contents["t2"], **change)  # type: ignore[arg-type]
    broken = chain.check(None, links, contents)
    assert broken is not None
    assert (broken.number, broken.transaction_id, broken.rule) == (3, "t2", rule)


def test_what_is_missing_is_named() -> None:
    """A transaction or a link that is gone, and links that changed places, break the chain where it happened."""
    links, contents = sealed(5)
    found = [
        chain.check(None, links, {key: each for key, each in contents.items() if key != "t3"}),
        chain.check(None, links[:2] + links[3:], contents),
        chain.check(None, [links[0], replace(links[1], transaction_id="t2"), links[2]], contents),
        chain.check(None, links[1:], contents),
    ]
    assert [(each.number, each.rule) for each in found if each] == [
        (4, "transaction-missing"),
        (3, "link-missing"),
        (2, "hash-differs"),
        (1, "link-missing"),
    ]


def test_one_content_has_one_hash() -> None:
    """Neither the order of entries nor an instant's time zone changes a hash; the place in the chain does."""
    one = content(1)
    told = replace(one, entries=tuple(reversed(one.entries)), booked_at=NOW.astimezone(timezone(timedelta(hours=8))))
    assert chain.hash_of(START, 1, one) == chain.hash_of(START, 1, told)
    assert chain.hash_of(START, 2, one) != chain.hash_of(START, 1, one)
