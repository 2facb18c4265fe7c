"""The table of photos of dishes; the photos themselves lie in a store outside (`shared.files`)."""

from datetime import datetime

from sqlmodel import Field

from services.nutrition.tables import Table


class DishPhoto(Table, table=True):
    """What a dish looks like in a county, and how its content is recognised; its id is its key in the store."""

    __tablename__ = "dish_photo"

    county_code: str = Field(primary_key=True, max_length=64)
    dish_code: str = Field(primary_key=True, max_length=64, foreign_key="dish.dish_code")
    photo_id: str = Field(max_length=64)
    sha256: str = Field(max_length=64)
    width_px: int
    height_px: int
    taken_at: datetime
