"""Tables of the trace graph: lots and meals. Orders, trips and receipts are the edges between them."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index
from sqlmodel import Field

from services.logistics.tables import Table, one_of

SAMPLE_STATES = ("kept", "discarded", "handed_over")
"""Where a sample is: in the cold, destroyed when its time was over, or with whoever tests it."""


class Lot(Table, table=True):
    """One product, one cooperative, one harvest day. Households are counted, never named."""

    __tablename__ = "lot"

    lot_id: str = Field(primary_key=True)
    cooperative_id: str
    food_code: str
    harvest_day: date
    quantity_g: int = Field(sa_type=BigInteger)
    certificate_no: str
    households: int
    poor_households: int


class LotParent(Table, table=True):
    """Grams of one lot that went into another, by mixing or splitting."""

    __tablename__ = "lot_parent"
    __table_args__ = (Index("ix_lot_parent_parent_id", "parent_id", "lot_id"),)

    lot_id: str = Field(primary_key=True, foreign_key="lot.lot_id")
    parent_id: str = Field(primary_key=True)
    quantity_g: int = Field(sa_type=BigInteger)


class ServedMeal(Table, table=True):
    """A meal as it was served, in the highest version told."""

    __tablename__ = "served_meal"
    __table_args__ = (Index("ix_served_meal_canteen_id_day", "canteen_id", "day"),)

    meal_id: str = Field(primary_key=True)
    version: int
    canteen_id: str
    menu_id: str
    day: date
    meal: str
    headcount: int
    dish_codes: list[str] = Field(sa_type=JSON)
    served_at: datetime


class MealFood(Table, table=True):
    """Grams as bought of one food and lot in a meal; no lot means food of unknown origin."""

    __tablename__ = "meal_food"

    meal_id: str = Field(primary_key=True, foreign_key="served_meal.meal_id")
    position: int = Field(primary_key=True)
    food_code: str
    lot_id: str | None = Field(default=None, index=True)
    quantity_g: int = Field(sa_type=BigInteger)


class KeptSample(Table, table=True):
    """What a kitchen kept of a dish of a meal, in g, at least until `keep_until`; its meal may be told later."""

    __tablename__ = "kept_sample"
    __table_args__ = (
        one_of("state", SAMPLE_STATES),
        CheckConstraint("(state = 'kept') = (ended_at IS NULL)", name="ended_at"),
    )

    sample_id: str = Field(primary_key=True)
    meal_id: str = Field(index=True)
    dish_code: str
    quantity_g: int
    keep_until: datetime
    state: str
    ended_at: datetime | None = None
