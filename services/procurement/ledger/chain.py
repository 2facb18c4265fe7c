"""The hash chain: each county's transactions in the order they were sealed, each hash covering the one before.

Whoever changes what was booked has to compute every later hash of the county anew, and those that were printed on
statements and reports stay as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shared.chain import end_of, following
from shared.chain import hash_of as hash_of_link

EntryRow = tuple[str, bool, int, int]
"""Account, poor, fen, grams."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a transaction books, as it is in the database."""

    transaction_id: str
    receipt_id: str
    receipt_version: int
    order_id: str
    county_code: str
    delivery_day: date
    booked_at: datetime
    kind: str
    settlement_id: str
    source_id: str
    entries: tuple[EntryRow, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A transaction's place in its county's chain."""

    county_code: str
    number: int
    transaction_id: str
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold, and the rule it breaks."""

    number: int
    transaction_id: str
    rule: str
    detail: str


def hash_of(previous: str, number: int, content: Content) -> str:
    """Return the SHA-256 of a link: the hash before it, its number, and what is booked, in one way of writing it."""
    return hash_of_link(previous, number, _written(content))


def _written(content: Content) -> list[object]:
    return [
        content.transaction_id,
        content.receipt_id,
        content.receipt_version,
        content.order_id,
        content.county_code,
        content.delivery_day.isoformat(),
        content.booked_at.astimezone(UTC).isoformat(timespec="microseconds"),
        content.kind,
        content.settlement_id,
        content.source_id,
        sorted([account, bool(poor), fen, grams] for account, poor, fen, grams in content.entries),
    ]


def seal(last: Link | None, county_code: str, contents: Iterable[Content]) -> list[Link]:
    """Return the links that put transactions behind the last one of their county."""
    contents = list(contents)
    placed = following(last, (_written(content) for content in contents))
    return [
        Link(county_code, number, content.transaction_id, hashed)
        for content, (number, hashed) in zip(contents, placed, strict=True)
    ]


def check(last: Link | None, links: Sequence[Link], contents: Mapping[str, Content]) -> Broken | None:
    """Return the first of these links that does not hold behind `last`, None when all of them do."""
    number, previous = end_of(last)
    for link in links:
        number += 1
        if link.number != number:
            return Broken(number, "", "link-missing", f"after link {number - 1} comes link {link.number}")
        content = contents.get(link.transaction_id)
        if content is None:
            return Broken(number, link.transaction_id, "transaction-missing", "what it sealed is not there any more")
        if content.county_code != link.county_code:
            return Broken(number, link.transaction_id, "other-county", f"it is of county {content.county_code}")
        if sum(fen for _, _, fen, _ in content.entries):
            return Broken(number, link.transaction_id, "does-not-balance", "its entries do not sum to zero")
        if hash_of(previous, number, content) != link.hash:
            detail = "what is booked, or a link before it, is not what was sealed"
            return Broken(number, link.transaction_id, "hash-differs", detail)
        previous = link.hash
    return None
