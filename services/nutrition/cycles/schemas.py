"""Bodies and answers of the routes of cycle menus."""

from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.nutrition.cycles.domain import MOST_WEEKS, Cycle, Span
from services.nutrition.drafts.schemas import DraftName
from services.nutrition.weekly.domain import Slot
from services.nutrition.weekly.rules import slot_rows
from services.nutrition.weekly.schemas import SLOTS_EXAMPLE, SlotInput, SlotRead, slots_read
from shared.fields import Day, Id, Instant
from shared.routing import Input

WEEKS_EXAMPLE: list[JsonValue] = [{"meals": SLOTS_EXAMPLE}, {"meals": SLOTS_EXAMPLE[:1]}]
SAID_EXAMPLE: dict[str, JsonValue] = {"name": "winter 2026", "starts_on": "2026-11-30", "weeks": WEEKS_EXAMPLE}


class CycleWeek(Input):
    """One week of a cycle; a week without meals is one nobody plans."""

    meals: list[SlotInput] = Field(max_length=21)


class CycleEdit(Input):
    """What a cycle says: the whole of it. From the Monday `starts_on` its weeks come round again, until `ends_on`."""

    model_config = ConfigDict(json_schema_extra={"examples": [SAID_EXAMPLE]})

    name: DraftName = ""
    starts_on: Day
    ends_on: Day | None = None
    weeks: list[CycleWeek] = Field(min_length=1, max_length=MOST_WEEKS)

    @property
    def span(self) -> Span:
        """When the cycle runs."""
        return Span(self.starts_on, self.ends_on)

    @property
    def slots(self) -> tuple[tuple[Slot, ...], ...]:
        """The meals of each week."""
        return tuple(tuple(one.slot for one in week.meals) for week in self.weeks)


class CycleInput(CycleEdit):
    """A cycle for one canteen, or for a group of canteens of a county."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**SAID_EXAMPLE, "canteen_id": "sch-520628-0001"},
                {**SAID_EXAMPLE, "group_id": "grp-520628-north"},
            ]
        }
    )

    canteen_id: Id | None = None
    group_id: Id | None = None

    @model_validator(mode="after")
    def _for_one_of_them(self) -> Self:
        if (self.canteen_id is None) is (self.group_id is None):
            raise ValueError("a cycle is for a canteen or for a group, and not for both")
        return self


class CycleWeekRead(BaseModel):
    """One week of a cycle."""

    meals: list[SlotRead]


class CycleRead(BaseModel):
    """A cycle with its weeks."""

    cycle_id: str
    canteen_id: str | None
    group_id: str | None
    county_code: str
    version: int
    name: str
    starts_on: Day
    ends_on: Day | None
    weeks: list[CycleWeekRead]
    created_at: Instant
    changed_at: Instant


def read_of(cycle: Cycle) -> CycleRead:
    """Return a cycle as people read it."""
    return CycleRead(
        cycle_id=cycle.cycle_id,
        canteen_id=cycle.canteen_id,
        group_id=cycle.group_id,
        county_code=cycle.county_code,
        version=cycle.version,
        name=cycle.name,
        starts_on=cycle.span.starts_on,
        ends_on=cycle.span.ends_on,
        weeks=[CycleWeekRead(meals=slots_read(slot_rows(slots))) for slots in cycle.weeks],
        created_at=cycle.created_at,
        changed_at=cycle.changed_at,
    )


class FoodNeeded(BaseModel):
    """Grams as bought of a food."""

    food_code: str
    quantity_g: int


class WeekNeeded(BaseModel):
    """What a cycle needs in one calendar week; `number` says which of the cycle's weeks it is, from 1."""

    week_start: date
    number: int
    canteens: int = Field(description="that follow this cycle in that week and serve a meal of it")
    headcount: int = Field(description="of those canteens, everybody enrolled")
    foods: list[FoodNeeded]


class CycleDemand(BaseModel):
    """What a cycle will need if everybody enrolled eats, whatever lies in store; weeks it does not run are left out."""

    cycle_id: str
    weeks: list[WeekNeeded]
    total: list[FoodNeeded]
