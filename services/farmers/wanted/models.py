"""The tables of what is still wanted: publications, and their lines."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from services.farmers.guidance.domain import Advice
from services.farmers.tables import Table


class WantedPublication(Table, table=True):
    """What a county's canteens still want, as it was said in a week; a higher version replaced the one before."""

    __tablename__ = "wanted_publication"

    county_code: str = Field(primary_key=True, max_length=64)
    published_week: date = Field(primary_key=True)
    version: int
    published_at: datetime


class WantedLine(Table, table=True):
    """What a week still wants of a food, g, and by how much that moved since the publication before."""

    __tablename__ = "wanted_line"
    __table_args__ = (
        CheckConstraint("wanted_g >= 0 AND mu_hundredths >= 0", name="quantity"),
        CheckConstraint(f"advice IN ({', '.join(repr(str(each)) for each in Advice)})", name="advice"),
    )

    county_code: str = Field(primary_key=True, max_length=64)
    published_week: date = Field(primary_key=True)
    food_code: str = Field(primary_key=True, max_length=64)
    week_start: date = Field(primary_key=True)
    wanted_g: int = Field(sa_type=BigInteger)
    change_g: int | None = Field(default=None, sa_type=BigInteger)
    advice: str = Field(max_length=16)
    sowing_week: date | None = Field(default=None)
    mu_hundredths: int
