"""What a reference price is, and when there is something new to tell of it."""

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.errors import Conflict, DomainError
from shared.events.procurement import ReferencePricePublished
from shared.ids import derived_id

Place = tuple[str, str, date]
"""A food, a region and a day."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a food cost on the public market of a region on a day, and who says so.

    A price far from what the market says is `held`: shown, but not used or told until a person confirms it.
    """

    food_code: str
    region_code: str
    day: date
    price_fen_per_kg: int
    source: str
    verified: bool
    version: int
    published_at: datetime
    held: bool = False

    @property
    def place(self) -> Place:
        """What of it never changes."""
        return self.food_code, self.region_code, self.day

    @property
    def price_id(self) -> str:
        """The same id for the same food, region and day."""
        return derived_id("reference-price", *self.place)

    def told(self) -> ReferencePricePublished:
        """Return the event that tells of it."""
        return ReferencePricePublished(
            food_code=self.food_code,
            region_code=self.region_code,
            day=self.day,
            version=self.version,
            price_fen_per_kg=self.price_fen_per_kg,
            source=self.source,
            verified=self.verified,
            published_at=self.published_at,
        )


def check_row(price: Price, earlier: Container[Place], today: date) -> None:
    """Raise DomainError for what an earlier row said, or a day to come: a price is seen on a market, not expected."""
    if price.place in earlier:
        raise DomainError("twice-in-request", "an earlier row names food, region and day", field="food_code")
    if price.day > today:
        raise DomainError("price-of-a-day-to-come", f"today is {today}", field="day")


def corrected(present: Price, said: Price) -> Price | None:
    """Return the price with its next version, None when nothing is new."""
    if (present.price_fen_per_kg, present.source, present.verified) == (
        said.price_fen_per_kg,
        said.source,
        said.verified,
    ):
        return None
    return replace(said, version=present.version + 1)


def confirm(price: Price, now: datetime) -> Price:
    """Return a held price as a person confirms it. Raises Conflict `not-held`."""
    if not price.held:
        raise Conflict("not-held", "the price is in use, there is nothing to confirm", field="price_id")
    return replace(price, held=False, version=price.version + 1, published_at=now)
