"""The rules of capacities."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import Conflict, DomainError

LONGEST_SEASON = timedelta(days=366)
MOST_G = 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Capacity:
    """What can be brought of a food from one day to another, both included: declared in g, or area × yield."""

    capacity_id: str
    cooperative_id: str
    food_code: str
    season_from: date
    season_until: date
    quantity_g: int
    area_m2: int | None
    yield_g_per_m2: int | None

    @property
    def season(self) -> tuple[str, str, date, date]:
        """Whose, of what, from when until when."""
        return self.cooperative_id, self.food_code, self.season_from, self.season_until

    def covers(self, day: date) -> bool:
        """Whether an offer that begins on `day` counts against it."""
        return self.season_from <= day <= self.season_until


def quantity_of(quantity_g: int | None, area_m2: int | None, yield_g_per_m2: int | None) -> int:
    """Return what a season can bring, in g. Raises DomainError unless it is said in one way."""
    if quantity_g is not None:
        if area_m2 is not None or yield_g_per_m2 is not None:
            raise DomainError("said-twice", "either the grams, or area and yield", field="quantity_g")
        return quantity_g
    if area_m2 is None:
        raise DomainError("capacity-required", "name quantity_g, or area_m2 and yield_g_per_m2", field="quantity_g")
    if yield_g_per_m2 is None:
        raise DomainError("yield-required", "name what a square metre yields", field="yield_g_per_m2")
    if area_m2 * yield_g_per_m2 > MOST_G:
        raise DomainError("capacity-too-large", f"at most {MOST_G} g", field="area_m2")
    return area_m2 * yield_g_per_m2


def check(capacity: Capacity, others: Iterable[Capacity], offered_g: int) -> None:
    """Raise DomainError for a season that cannot be, that shares a day with another, or with more offered than that."""
    if capacity.season_until < capacity.season_from:
        raise DomainError("season-reversed", "season_until lies before season_from", field="season_until")
    if capacity.season_until - capacity.season_from >= LONGEST_SEASON:
        detail = f"a season lasts at most {LONGEST_SEASON.days} days"
        raise DomainError("season-too-long", detail, field="season_until")
    for other in others:
        if other.capacity_id == capacity.capacity_id:
            continue
        if other.season_from <= capacity.season_until and capacity.season_from <= other.season_until:
            detail = f"{other.capacity_id} runs from {other.season_from} to {other.season_until}"
            raise Conflict("capacities-overlap", detail, field="season_from")
    if capacity.quantity_g < offered_g:
        raise Conflict("below-offered", f"{offered_g} g of that season are offered already", field="quantity_g")
