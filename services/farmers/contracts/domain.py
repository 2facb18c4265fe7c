"""The rules of contracts: cooperative × food × season, with a delivery schedule and a price rule."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.farmers.contracts.pricing import PriceRule, check_rule
from shared.errors import Conflict, DomainError, StaleVersion

LONGEST_SEASON = timedelta(days=366)
FARTHEST = timedelta(days=1096)


class ContractStatus(StrEnum):
    """Whether more may be offered under a contract."""

    OPEN = "open"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is agreed for one week, in g; `week_start` is a Monday."""

    week_start: date
    quantity_g: int


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What was agreed; both days of the season are included, the deliveries sum to `quantity_g`."""

    food_code: str
    season_from: date
    season_until: date
    quantity_g: int
    grade: str
    price: PriceRule
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as it was amended last; `reason` says why, None in its first version."""

    contract_id: str
    cooperative_id: str
    terms: ContractTerms
    status: str
    version: int
    signed_at: datetime
    changed_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """What offers draw from a contract (g): all of a live offer, of a withdrawn or ended one what was promised.

    `first` and `last` are the outermost days of those offers.
    """

    offered_g: int = 0
    promised_g: int = 0
    first: date | None = None
    last: date | None = None


def check_terms(terms: ContractTerms, today: date) -> None:
    """Raise DomainError for terms nobody can keep."""
    _check_season(terms, today)
    check_rule(terms.price)
    seen: set[date] = set()
    for index, delivery in enumerate(terms.deliveries):
        field = f"deliveries.{index}.week_start"
        if delivery.week_start.weekday():
            raise DomainError("not-a-monday", "a week begins on a Monday", field=field)
        if delivery.week_start in seen:
            raise DomainError("week-twice", "an earlier entry names this week", field=field)
        seen.add(delivery.week_start)
        if delivery.week_start > terms.season_until or delivery.week_start + timedelta(days=6) < terms.season_from:
            raise DomainError("outside-the-season", "the week has no day in the season", field=field)
    scheduled = sum(delivery.quantity_g for delivery in terms.deliveries)
    if scheduled != terms.quantity_g:
        detail = f"the weeks sum to {scheduled} g, the contract is of {terms.quantity_g} g"
        raise DomainError("schedule-is-not-the-sum", detail, field="deliveries")


def _check_season(terms: ContractTerms, today: date) -> None:
    if terms.season_until < terms.season_from:
        raise DomainError("season-reversed", "season_until lies before season_from", field="season_until")
    if terms.season_until < today:
        raise DomainError("season-in-the-past", f"it ended before today, {today}", field="season_until")
    if terms.season_until - terms.season_from >= LONGEST_SEASON:
        detail = f"a season lasts at most {LONGEST_SEASON.days} days"
        raise DomainError("season-too-long", detail, field="season_until")
    if terms.season_from - today > FARTHEST:
        raise DomainError("too-far-ahead", f"at most {FARTHEST.days} days ahead", field="season_from")


def check_overlap(contract_id: str, terms: ContractTerms, others: Iterable[Contract]) -> None:
    """Raise Conflict when an open contract of the cooperative for the same food shares a day with these terms."""
    for other in others:
        if other.contract_id == contract_id or other.status != ContractStatus.OPEN:
            continue
        theirs = other.terms
        shares_a_day = theirs.season_from <= terms.season_until and terms.season_from <= theirs.season_until
        if theirs.food_code == terms.food_code and shares_a_day:
            detail = f"contract {other.contract_id} runs from {theirs.season_from} to {theirs.season_until}"
            raise Conflict("contracts-overlap", detail, field="season_from")


def amend(contract: Contract, terms: ContractTerms, drawn: Drawn, reason: str, today: date, now: datetime) -> Contract:
    """Return the contract with new terms and the next version. Raises DomainError: what is offered under it stands."""
    if contract.status == ContractStatus.CANCELLED:
        raise Conflict("contract-cancelled", "a cancelled contract is not amended; sign a new one")
    if terms.food_code != contract.terms.food_code:
        raise Conflict("another-food", f"it is about {contract.terms.food_code}", field="food_code")
    check_terms(terms, today)
    if terms.quantity_g < drawn.offered_g:
        raise Conflict("below-offered", f"{drawn.offered_g} g are offered under it already", field="quantity_g")
    if drawn.first is not None and drawn.first < terms.season_from:
        raise Conflict("offers-outside-the-season", f"an offer begins on {drawn.first}", field="season_from")
    if drawn.last is not None and drawn.last > terms.season_until:
        raise Conflict("offers-outside-the-season", f"an offer ends on {drawn.last}", field="season_until")
    return replace(contract, terms=terms, version=contract.version + 1, changed_at=now, reason=reason)


def cancel(contract: Contract, reason: str, now: datetime) -> Contract:
    """Return the contract under which no more is offered; offers made stand. A cancelled one stays as it is."""
    if contract.status == ContractStatus.CANCELLED:
        return contract
    cancelled = ContractStatus.CANCELLED
    return replace(contract, status=cancelled, version=contract.version + 1, changed_at=now, reason=reason)


def require_version(contract: Contract, expected: int | None) -> None:
    """Raise StaleVersion when the caller read another version; None means the caller does not mind."""
    if expected is not None and expected != contract.version:
        raise StaleVersion(expected, contract.version)
