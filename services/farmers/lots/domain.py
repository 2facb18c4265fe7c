"""The rules of lots: whose they are, when they were harvested, who brought how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.errors import AlreadyDone, DomainError
from shared.events.farmers import Contribution, LotHarvested, LotShare

OLDEST = timedelta(days=60)
"""How long after the harvest a lot may still be entered."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """A lot as the cooperative enters it; `contributions` are grams by household, the rest is its own base's.

    `best_before` is the last day it is good on, None where nobody said.
    """

    lot_id: str
    cooperative_id: str
    food_code: str
    harvest_day: date
    certificate_no: str
    quantity_g: int
    contributions: Mapping[str, int]
    best_before: date | None = None

    @property
    def own_g(self) -> int:
        """Grams from the cooperative's own production base."""
        return self.quantity_g - sum(self.contributions.values())


@dataclass(frozen=True, slots=True)
class Link:
    """Grams that went from one lot into another; the lot and certificate are those of the other end."""

    lot_id: str
    certificate_no: str
    quantity_g: int


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot; `poor` are the households that counted as poor on the harvest day.

    `remaining_g` is neither packed nor moved; `moved` is what of each household's grams went into lots made of it,
    `moved_g` includes the own base's.
    """

    harvest: Harvest
    poor: frozenset[str]
    remaining_g: int
    harvested_at: datetime
    moved_g: int = 0
    moved: Mapping[str, int] = field(default_factory=dict)
    recalled_at: datetime | None = None
    unfit_at: datetime | None = None
    parents: tuple[Link, ...] = ()
    children: tuple[Link, ...] = ()

    def told(self) -> LotHarvested:
        """Return the event that tells of it."""
        harvest = self.harvest
        return LotHarvested(
            lot_id=harvest.lot_id,
            cooperative_id=harvest.cooperative_id,
            food_code=harvest.food_code,
            harvest_day=harvest.harvest_day,
            quantity_g=harvest.quantity_g,
            certificate_no=harvest.certificate_no,
            contributions=tuple(
                Contribution(household_id=household_id, poor=household_id in self.poor, quantity_g=grams)
                for household_id, grams in sorted(harvest.contributions.items())
            ),
            parents=tuple(LotShare(lot_id=each.lot_id, quantity_g=each.quantity_g) for each in self.parents),
            harvested_at=self.harvested_at,
        )


@dataclass(frozen=True, slots=True)
class OnHand:
    """What of a lot can still be packed."""

    lot_id: str
    cooperative_id: str
    food_code: str
    harvest_day: date
    remaining_g: int
    best_before: date | None = None
    recalled: bool = False
    unfit: bool = False


def check_harvest(harvest: Harvest, today: date) -> None:
    """Raise DomainError for a harvest to come, one long past, spoilt before it, or contributions above the whole."""
    if harvest.harvest_day > today:
        raise DomainError("harvest-to-come", f"today is {today}", field="harvest_day")
    if harvest.harvest_day < today - OLDEST:
        raise DomainError("harvest-too-old", f"at most {OLDEST.days} days ago", field="harvest_day")
    if harvest.best_before is not None and harvest.best_before < harvest.harvest_day:
        raise DomainError("best-before-harvest", f"it was harvested on {harvest.harvest_day}", field="best_before")
    if harvest.own_g < 0:
        brought = sum(harvest.contributions.values())
        detail = f"households brought {brought} g of a lot of {harvest.quantity_g} g"
        raise DomainError("contributions-above-quantity", detail, field="contributions")


def require_members(harvest: Harvest, members: frozenset[str]) -> None:
    """Raise DomainError for a contribution of a household that was no member on the harvest day."""
    for place, household_id in enumerate(harvest.contributions):
        if household_id not in members:
            detail = f"{household_id} was no member of {harvest.cooperative_id} on {harvest.harvest_day}"
            raise DomainError("not-a-member", detail, field=f"contributions.{place}.household_id")


def require_same(known: Lot, harvest: Harvest) -> None:
    """Raise AlreadyDone when a lot is entered again with other particulars."""
    if known.harvest != harvest or known.parents:
        raise AlreadyDone("lot-exists", f"lot {harvest.lot_id} was entered before, differently", field="lot_id")


def bring_in(harvest: Harvest, poor: frozenset[str], now: datetime) -> Lot:
    """Return the new lot, all of it on hand."""
    return Lot(harvest, poor, harvest.quantity_g, now)
