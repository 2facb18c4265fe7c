"""What a menu and a meal need to know of a canteen."""

from dataclasses import dataclass

from shared.fields import AgeBand, Meal


@dataclass(frozen=True, slots=True)
class Canteen:
    """A canteen with its pupils by age band; bands without pupils are left out."""

    canteen_id: str
    county_code: str
    meals: frozenset[Meal]
    enrolled: dict[AgeBand, int]

    @property
    def pupils(self) -> int:
        """All pupils."""
        return sum(self.enrolled.values())
