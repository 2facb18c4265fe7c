"""Bodies and answers of the routes of the meal log."""

from pydantic import BaseModel, ConfigDict, Field

from services.nutrition.meal_logs.domain import Verdict
from shared.fields import Day, Id, Instant, Meal, Text
from shared.routing import Input


class MealLogInput(Input):
    """What a leader found; `person` is a code, no name. `ate_at` left out is now. Something poor needs a remark."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "canteen_id": "sch-520628-0001",
                    "day": "2026-11-30",
                    "meal": "lunch",
                    "person": "head-01",
                    "taste": "good",
                    "look": "good",
                    "temperature": "fair",
                    "remark": "the soup could be hotter",
                }
            ]
        }
    )

    canteen_id: Id
    day: Day
    meal: Meal
    person: Id
    ate_at: Instant | None = None
    taste: Verdict
    look: Verdict
    temperature: Verdict
    remark: Text = ""


class MealLogRead(BaseModel):
    """What a leader wrote of a meal."""

    log_id: str
    meal_id: str
    canteen_id: str
    day: Day
    meal: Meal
    person: str
    ate_at: Instant
    taste: Verdict
    look: Verdict
    temperature: Verdict
    remark: str
    late: bool = Field(description="written down after the meal's day")
    logged_at: Instant


class MissingLog(BaseModel):
    """A meal that was served and that no leader wrote of."""

    meal_id: str
    canteen_id: str
    day: Day
    meal: Meal
    headcount: int
