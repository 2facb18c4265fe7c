"""The rules of offers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from shared.errors import Conflict, DomainError, StaleVersion
from shared.events.farmers import OfferHeld, OfferPublished, OfferWithdrawn

LONGEST_WINDOW = timedelta(days=366)
FARTHEST = timedelta(days=730)


class OfferStatus(StrEnum):
    """Whether an offer takes orders."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a cooperative says it can deliver; both days are included.

    `harvest_day` is None for what is still to be harvested, `pack_size_g` for what comes loose, `contract_id` for what
    is offered freely.
    """

    food_code: str
    available_from: date
    available_until: date
    quantity_g: int
    price_fen_per_kg: int
    shelf_life_days: int
    minimum_lot_g: int
    harvest_day: date | None = None
    pack_size_g: int | None = None
    contract_id: str | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer; `promised_g` of `quantity_g` is promised to orders."""

    offer_id: str
    cooperative_id: str
    terms: Terms
    promised_g: int
    poor_share_permille: int
    status: str
    version: int
    published_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def offered_g(self) -> int:
        """What it takes of a season's capacity: all while it is open, once withdrawn what stays promised."""
        return self.terms.quantity_g if self.status == OfferStatus.OPEN else self.promised_g

    def drawn_g(self, today: date) -> int:
        """Return what it draws from its contract: all of it until its last day, then what was promised from it."""
        return self.offered_g if self.terms.available_until >= today else self.promised_g

    def told(self, county_code: str) -> OfferPublished:
        """Return the event that tells of it."""
        terms = self.terms
        return OfferPublished(
            **self._told_always(county_code),
            shelf_life_days=terms.shelf_life_days,
            harvest_day=terms.harvest_day,
            pack_size_g=terms.pack_size_g,
            contract_id=terms.contract_id,
            poor_share_permille=self.poor_share_permille,
            published_at=self.published_at,
        )

    def told_held(self, county_code: str, lacks: Sequence[str], now: datetime) -> OfferHeld:
        """Return the event that tells which certificates it waits for."""
        return OfferHeld(**self._told_always(county_code), lacks=tuple(lacks), held_at=now)

    def _told_always(self, county_code: str) -> dict[str, Any]:
        """Return what every event about it says: whose it is, what, when, how much, at which price."""
        terms = self.terms
        return {
            "offer_id": self.offer_id,
            "cooperative_id": self.cooperative_id,
            "county_code": county_code,
            "version": self.version,
            "food_code": terms.food_code,
            "available_from": terms.available_from,
            "available_until": terms.available_until,
            "quantity_g": terms.quantity_g,
            "price_fen_per_kg": terms.price_fen_per_kg,
            "minimum_lot_g": terms.minimum_lot_g,
        }


@dataclass(frozen=True, slots=True)
class Left:
    """What of an offer is not promised yet; `contract_id` is None for what is offered freely."""

    cooperative_id: str
    food_code: str
    left_g: int
    contract_id: str | None = None


def contracts_of(offers: Iterable[Offer]) -> set[str]:
    """Return the contracts offers draw on."""
    return {offer.terms.contract_id for offer in offers if offer.terms.contract_id is not None}


def check_terms(terms: Terms, today: date) -> None:
    """Raise DomainError for terms nobody can keep: reversed, past, endless or far-off days, a lot above the whole."""
    if terms.available_until < terms.available_from:
        raise DomainError("window-reversed", "available_until lies before available_from", field="available_until")
    if terms.available_until < today:
        raise DomainError("offer-in-the-past", f"it ended before today, {today}", field="available_until")
    if terms.available_until - terms.available_from >= LONGEST_WINDOW:
        detail = f"an offer lasts at most {LONGEST_WINDOW.days} days"
        raise DomainError("window-too-long", detail, field="available_until")
    if terms.available_from - today > FARTHEST:
        raise DomainError("too-far-ahead", f"at most {FARTHEST.days} days ahead", field="available_from")
    if terms.minimum_lot_g > terms.quantity_g:
        raise DomainError("minimum-above-quantity", "the minimum lot is more than the offer", field="minimum_lot_g")
    _check_packs(terms)
    _check_harvest(terms)


def _check_packs(terms: Terms) -> None:
    for field in ("quantity_g", "minimum_lot_g"):
        if terms.pack_size_g is not None and getattr(terms, field) % terms.pack_size_g:
            raise DomainError("not-whole-packs", f"a pack has {terms.pack_size_g} g", field=field)


def _check_harvest(terms: Terms) -> None:
    if terms.harvest_day is None:
        return
    if terms.harvest_day > terms.available_from:
        detail = f"it is harvested on {terms.harvest_day}"
        raise DomainError("available-before-harvest", detail, field="available_from")
    if (terms.available_until - terms.harvest_day).days > terms.shelf_life_days:
        detail = f"harvested on {terms.harvest_day} it keeps {terms.shelf_life_days} days"
        raise DomainError("beyond-shelf-life", detail, field="available_until")


def publish(
    offer_id: str, cooperative_id: str, terms: Terms, poor_share_permille: int, today: date, now: datetime
) -> Offer:
    """Return a new offer. Raises DomainError."""
    check_terms(terms, today)
    return Offer(offer_id, cooperative_id, terms, 0, poor_share_permille, OfferStatus.OPEN, 1, now)


def check_amendment(offer: Offer, terms: Terms, today: date) -> None:
    """Raise DomainError when an offer cannot have these terms: what is promised from it stands."""
    if offer.status == OfferStatus.WITHDRAWN:
        raise Conflict("offer-withdrawn", "a withdrawn offer is not amended; publish a new one")
    if terms.food_code != offer.terms.food_code:
        raise Conflict("another-food", f"it offers {offer.terms.food_code}; publish a new one", field="food_code")
    if terms.contract_id != offer.terms.contract_id:
        detail = "an offer stays with its contract; publish a new one"
        raise Conflict("another-contract", detail, field="contract_id")
    check_terms(terms, today)
    if terms.quantity_g < offer.promised_g:
        detail = f"promised_g {offer.promised_g} is promised to orders already"
        raise Conflict("below-promised", detail, field="quantity_g")


def amend(offer: Offer, terms: Terms, poor_share_permille: int, today: date, now: datetime) -> Offer:
    """Return the offer with new terms and the next version. Raises DomainError."""
    check_amendment(offer, terms, today)
    share = poor_share_permille
    return replace(offer, terms=terms, poor_share_permille=share, version=offer.version + 1, published_at=now)


def reduce(offer: Offer, quantity_g: int, now: datetime) -> Offer:
    """Return the offer of less than it was, in whole packs; promises beyond it were released before.

    What was offered is lowered, so days that are over do not matter. Raises DomainError.
    """
    if offer.status == OfferStatus.WITHDRAWN:
        raise Conflict("offer-withdrawn", "a withdrawn offer holds nothing but what is promised")
    if quantity_g >= offer.terms.quantity_g:
        detail = f"{offer.terms.quantity_g} g are offered; more is an amendment"
        raise DomainError("not-less", detail, field="quantity_g")
    terms = replace(offer.terms, quantity_g=quantity_g, minimum_lot_g=min(offer.terms.minimum_lot_g, quantity_g))
    _check_packs(terms)
    return replace(offer, terms=terms, version=offer.version + 1, published_at=now)


def withdraw(offer: Offer, now: datetime) -> tuple[Offer, OfferWithdrawn | None]:
    """Return the offer that takes no further orders, and what is told: nothing when it was withdrawn before."""
    if offer.status == OfferStatus.WITHDRAWN:
        return offer, None
    withdrawn = replace(offer, status=OfferStatus.WITHDRAWN, version=offer.version + 1, withdrawn_at=now)
    told = OfferWithdrawn(
        offer_id=offer.offer_id, cooperative_id=offer.cooperative_id, version=withdrawn.version, withdrawn_at=now
    )
    return withdrawn, told


def require_version(offer: Offer, expected: int | None) -> None:
    """Raise StaleVersion when the caller read another version; None means the caller does not mind."""
    if expected is not None and expected != offer.version:
        raise StaleVersion(expected, offer.version)
