"""Bodies of the demand routes."""

from datetime import date
from typing import Self

from pydantic import BaseModel

from services.procurement.demand.domain import Line
from services.procurement.rows import row_of


class DemandRead(BaseModel):
    """A demand line in grams as bought: quantity + surplus = allocated + unmet + open, always."""

    demand_id: str
    canteen_id: str
    food_code: str
    delivery_day: date
    county_code: str
    menu_id: str
    menu_version: int
    temperature_class: str
    status: str
    quantity_g: int
    allocated_g: int
    open_g: int
    unmet_g: int
    surplus_g: int

    @classmethod
    def of(cls, line: Line) -> Self:
        """Return the answer about a demand line."""
        return cls(**row_of(line, cls.model_fields))
