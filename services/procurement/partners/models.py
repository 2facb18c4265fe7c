"""Tables of procurement's read copies, built from events alone; the highest version of each fact wins."""

from datetime import date

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.procurement.tables import Table, big, one_of, table_of


class Canteen(Table, table=True):
    """Where a canteen is."""

    __tablename__ = "canteen"

    canteen_id: str = Field(primary_key=True, max_length=64)
    version: int
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    county_code: str = Field(max_length=64)
    lat: float
    lon: float


class Cooperative(Table, table=True):
    """Where a cooperative is, how many households share what it earns (0: not told yet), and the classes of vehicles
    that can fetch from it, with commas between (None: nobody has said).
    """

    __tablename__ = "cooperative"

    cooperative_id: str = Field(primary_key=True, max_length=64)
    version: int
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    county_code: str = Field(max_length=64)
    lat: float
    lon: float
    priority_group: str = Field(default="", max_length=64)
    households: int = 0
    poor_households: int = 0
    vehicle_classes: str | None = Field(default=None, max_length=40)


class Food(Table, table=True):
    """What a food is called."""

    __tablename__ = "food"

    food_code: str = Field(primary_key=True, max_length=64)
    version: int
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    food_group: str = Field(max_length=64)


class Offer(Table, table=True):
    """What a cooperative can deliver, and how much of it this service has allocated.

    `quantity_g` may be amended below `allocated_g` by its owner; then nothing remains.
    """

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_food_window", "food_code", "available_until", "available_from"),
        CheckConstraint("allocated_g >= 0 AND quantity_g >= 0", name="grams"),
        one_of("status", ("open", "withdrawn")),
    )

    offer_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    version: int
    status: str = Field(max_length=16)
    food_code: str = Field(max_length=64)
    available_from: date
    available_until: date
    quantity_g: int = big()
    allocated_g: int = big(default=0)
    price_fen_per_kg: int
    minimum_lot_g: int = big()
    poor_share_permille: int
    harvest_day: date | None = None
    shelf_life_days: int | None = None
    pack_size_g: int | None = big(default=None)


class HeldOffer(Table, table=True):
    """An offer as it was when it was held back for certificates its cooperative lacks, with commas between their kinds.

    It counts until the offer is told in a higher version.
    """

    __tablename__ = "held_offer"
    __table_args__ = (Index("ix_held_offer_food_window", "food_code", "available_until", "available_from"),)

    offer_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    county_code: str = Field(max_length=64)
    version: int
    food_code: str = Field(max_length=64)
    available_from: date
    available_until: date
    quantity_g: int = big()
    price_fen_per_kg: int
    minimum_lot_g: int = big()
    lacks: str = Field(max_length=700)


class Lot(Table, table=True):
    """A lot that came in."""

    __tablename__ = "lot"

    lot_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64)
    food_code: str = Field(max_length=64)
    harvest_day: date
    quantity_g: int = big()


class LotContribution(Table, table=True):
    """What one household brought to a lot, and whether it was poor on the harvest day."""

    __tablename__ = "lot_contribution"

    lot_id: str = Field(primary_key=True, max_length=64, foreign_key="lot.lot_id")
    household_id: str = Field(primary_key=True, max_length=64)
    poor: bool = Field(primary_key=True)
    quantity_g: int = big()


canteen = table_of(Canteen)
cooperative = table_of(Cooperative)
food = table_of(Food)
offer = table_of(Offer)
held_offer = table_of(HeldOffer)
lot = table_of(Lot)
lot_contribution = table_of(LotContribution)
