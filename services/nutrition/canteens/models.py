"""The tables of canteens and of the county's school calendar."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.nutrition.canteens.domain import DEFAULT_STANDARD, DietKind
from services.nutrition.days import DayKind
from services.nutrition.tables import Table, one_of
from shared.fields import AgeBand, Sex


class Canteen(Table, table=True):
    """A canteen; `version` counts what the others were told, `pupils` sums its headcounts.

    Its row is the lock on everything the canteen has: menus, store and reservations.
    """

    __tablename__ = "canteen"
    __table_args__ = (
        CheckConstraint("pupils >= 0", name="pupils"),
        CheckConstraint("breakfast OR lunch OR dinner", name="meals"),
        Index("ix_canteen_county_code", "county_code", "canteen_id"),
    )

    canteen_id: str = Field(primary_key=True, max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    county_code: str = Field(max_length=64)
    town_code: str = Field(max_length=64)
    lat: float
    lon: float
    breakfast: bool
    lunch: bool
    dinner: bool
    budget_fen_per_pupil_day: int
    standard_id: str = Field(max_length=64, sa_column_kwargs={"server_default": DEFAULT_STANDARD})
    pupils: int
    version: int
    digest: str = Field(max_length=64)
    registered_at: datetime


class CanteenHeadcount(Table, table=True):
    """Pupils of a canteen by age band and sex."""

    __tablename__ = "canteen_headcount"
    __table_args__ = (
        one_of("age_band", AgeBand),
        one_of("sex", Sex),
        CheckConstraint("pupils >= 0", name="pupils"),
    )

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    age_band: str = Field(primary_key=True, max_length=8)
    sex: str = Field(primary_key=True, max_length=1)
    pupils: int


class CanteenDiet(Table, table=True):
    """How many pupils of a canteen keep a special diet; `allergen` is empty where the kind names none."""

    __tablename__ = "canteen_diet"
    __table_args__ = (one_of("kind", DietKind), CheckConstraint("pupils >= 0", name="pupils"))

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    kind: str = Field(primary_key=True, max_length=16)
    allergen: str = Field(primary_key=True, max_length=64)
    pupils: int
    version: int
    digest: str = Field(max_length=64)


class CanteenEquipment(Table, table=True):
    """How many dishes of one meal can use a piece of a canteen's equipment; null limits nothing."""

    __tablename__ = "canteen_equipment"
    __table_args__ = (CheckConstraint("dishes_per_meal >= 0", name="dishes_per_meal"),)

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    equipment_code: str = Field(primary_key=True, max_length=64)
    dishes_per_meal: int | None = None
    version: int
    digest: str = Field(max_length=64)


class Holiday(Table, table=True):
    """A day a county's school calendar sets apart."""

    __tablename__ = "holiday"
    __table_args__ = (one_of("kind", DayKind),)

    county_code: str = Field(primary_key=True, max_length=64)
    day: date = Field(primary_key=True)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    kind: str = Field(max_length=16)
    version: int
    digest: str = Field(max_length=64)
