"""Bodies and answers of the routes of canteens and of the school calendar."""

from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from services.nutrition.canteens.domain import DietKind
from services.nutrition.days import DayKind
from shared.fields import AgeBand, Code, Day, Headcount, Id, Instant, Latitude, Longitude, Meal, Name, Sex
from shared.routing import Input

MOST_PUPILS = 50_000
CANTEEN_EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "name_zh": "长坪青穗初级中学（虚构）",
    "name_en": "Changping Qingsui Junior Middle School (fictional)",
    "county_code": "520628",
    "town_code": "520628203",
    "lat": 28.09571,
    "lon": 109.29052,
    "meals": ["breakfast", "lunch"],
    "budget_fen_per_pupil_day": 850,
    "headcounts": [
        {"age_band": "12-14", "sex": "m", "pupils": 369},
        {"age_band": "12-14", "sex": "f", "pupils": 342},
    ],
}
HOLIDAY_EXAMPLE: dict[str, JsonValue] = {
    "county_code": "520628",
    "day": "2026-10-01",
    "name_zh": "国庆节",
    "name_en": "National Day",
}


DIET_EXAMPLE: dict[str, JsonValue] = {"canteen_id": "sch-520628-0001", "kind": "no_pork", "pupils": 12}
EQUIPMENT_EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "equipment_code": "steamer",
    "dishes_per_meal": 2,
}


class HeadcountRow(Input):
    """Pupils of one age band and sex."""

    age_band: AgeBand
    sex: Sex
    pupils: Annotated[int, Field(ge=0, le=20_000, description="people")]


class Counted(Input):
    """Something with headcounts: each age band and sex once, 50,000 pupils at most."""

    headcounts: list[HeadcountRow] = Field(max_length=8)

    @field_validator("headcounts")
    @classmethod
    def _each_once(cls, headcounts: list[HeadcountRow]) -> list[HeadcountRow]:
        if len({(row.age_band, row.sex) for row in headcounts}) < len(headcounts):
            raise ValueError("an age band and sex is counted once")
        return in_order(headcounts)

    @model_validator(mode="after")
    def _not_absurd(self) -> Self:
        if self.pupils > MOST_PUPILS:
            raise ValueError(f"a canteen feeds at most {MOST_PUPILS} pupils")
        return self

    @property
    def pupils(self) -> int:
        """All pupils."""
        return sum(row.pupils for row in self.headcounts)


class CanteenRow(Counted):
    """A canteen as it is now. Without a standard it keeps the one it has, WS/T 554-2017 at first."""

    model_config = ConfigDict(json_schema_extra={"examples": [CANTEEN_EXAMPLE]})

    canteen_id: Id
    name_zh: Name
    name_en: Name
    county_code: Code
    town_code: Code
    lat: Latitude
    lon: Longitude
    meals: list[Meal] = Field(min_length=1, max_length=3)
    budget_fen_per_pupil_day: Annotated[int, Field(ge=1, le=100_000, description="fen")]
    standard_id: Id | None = None

    @field_validator("meals")
    @classmethod
    def _in_the_order_of_the_day(cls, meals: list[Meal]) -> list[Meal]:
        return [meal for meal in Meal if meal in meals]


class DietRow(Input):
    """How many pupils of a canteen keep a special diet: counts only, 0 for nobody any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [DIET_EXAMPLE]})

    canteen_id: Id
    kind: DietKind
    allergen: Code | Literal[""] = Field(default="", description="of allergen_free, as foods name it; else empty")
    pupils: Headcount

    @model_validator(mode="after")
    def _allergen_where_one_is_meant(self) -> Self:
        if (self.kind is DietKind.ALLERGEN_FREE) != bool(self.allergen):
            raise ValueError("allergen_free names its allergen, no other kind does")
        return self


class EquipmentRow(Input):
    """How many dishes of one meal can use a piece of equipment; null takes the limit away."""

    model_config = ConfigDict(json_schema_extra={"examples": [EQUIPMENT_EXAMPLE]})

    canteen_id: Id
    equipment_code: Code = Field(description="as dishes name it: steamer, wok, oven, soup_kettle …")
    dishes_per_meal: Annotated[int, Field(ge=0, le=40)] | None


class HeadcountRead(BaseModel):
    """Pupils of one age band and sex."""

    age_band: AgeBand
    sex: Sex
    pupils: int


H = TypeVar("H", HeadcountRow, HeadcountRead)


def in_order(headcounts: list[H]) -> list[H]:
    """Return headcounts by age, then sex."""
    return sorted(headcounts, key=lambda row: (list(AgeBand).index(row.age_band), row.sex))


class DietRead(BaseModel):
    """How many pupils keep a special diet."""

    kind: DietKind
    allergen: str
    pupils: int


class EquipmentRead(BaseModel):
    """How many dishes of one meal can use a piece of equipment."""

    equipment_code: str
    dishes_per_meal: int


class CanteenListed(BaseModel):
    """A canteen, without its headcounts by age and sex."""

    canteen_id: str
    version: int
    name_zh: str
    name_en: str
    county_code: str
    town_code: str
    lat: float
    lon: float
    meals: list[Meal]
    budget_fen_per_pupil_day: int
    standard_id: str
    pupils: int
    registered_at: Instant


class CanteenRead(CanteenListed):
    """A canteen as it is known here."""

    headcounts: list[HeadcountRead]
    diets: list[DietRead]
    equipment: list[EquipmentRead]


class HolidayRow(Input):
    """A day a county's calendar sets apart; `make_up` makes a Saturday or Sunday a school day."""

    model_config = ConfigDict(json_schema_extra={"examples": [HOLIDAY_EXAMPLE]})

    county_code: Code
    day: Day
    name_zh: Name
    name_en: Name
    kind: DayKind = DayKind.HOLIDAY


class HolidayRead(BaseModel):
    """A day a county's calendar sets apart."""

    county_code: str
    day: Day
    name_zh: str
    name_en: str
    kind: DayKind
