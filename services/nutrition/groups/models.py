"""The tables of groups of canteens."""

from sqlalchemy import Index
from sqlmodel import Field

from services.nutrition.tables import Table


class CanteenGroup(Table, table=True):
    """Canteens of one county that cook by the same templates and cycles."""

    __tablename__ = "canteen_group"
    __table_args__ = (Index("ix_canteen_group_county_code", "county_code", "group_id"),)

    group_id: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    version: int
    digest: str = Field(max_length=64)


class CanteenGroupMember(Table, table=True):
    """A canteen in a group; it may be in several."""

    __tablename__ = "canteen_group_member"
    __table_args__ = (Index("ix_canteen_group_member_canteen_id", "canteen_id"),)

    group_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen_group.group_id")
    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
