"""Bodies and answers of the routes of leftovers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.nutrition.leftovers.domain import Fate, Leftover
from shared.fields import Code, Id, Instant, Reason
from shared.routing import Input


class LeftoverRow(Input):
    """Grams of a dish that were left over; without `dish_code`, of the whole meal."""

    dish_code: Code | None = None
    fate: Fate
    quantity_g: Annotated[int, Field(gt=0, le=100_000_000, description="g")]


class LeftoversInput(Input):
    """Everything that was left over of a meal; an empty list says nothing was. A changed list needs a reason."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "leftovers": [{"dish_code": "V07", "fate": "destroyed", "quantity_g": 3200}],
                    "weighed_by": "cook-03",
                }
            ]
        }
    )

    leftovers: list[LeftoverRow] = Field(max_length=80)
    weighed_by: Id | None = None
    reason: Reason | None = None

    def told(self) -> list[Leftover]:
        """Return what was weighed."""
        return [Leftover(row.dish_code, row.fate, row.quantity_g) for row in self.leftovers]


class LeftoverRead(BaseModel):
    """A dish's leftovers in g; null for the whole meal."""

    dish_code: str | None
    fate: Fate
    quantity_g: int


class WeighingRead(BaseModel):
    """What was weighed of a meal's leftovers; entries above the first replaced what was weighed before."""

    meal_id: str
    entry: int
    leftovers: list[LeftoverRead]
    weighed_by: str | None
    reason: str
    weighed_at: Instant
