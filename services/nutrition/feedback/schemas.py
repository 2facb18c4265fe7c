"""Bodies and answers of the routes of feedback."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.nutrition.dishes.domain import LEAST_POINTS, MOST_POINTS
from services.nutrition.feedback.models import Role
from shared.fields import Code, Id, Instant
from shared.routing import Input

Points = Annotated[int, Field(ge=LEAST_POINTS, le=MOST_POINTS, description="1 (bad) to 5 (very good)")]
Voter = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,128}$"),
    Field(description="a random token the voter's device made for itself; it is not kept"),
]


class VoteInput(Input):
    """Points for a dish."""

    dish_code: Code
    points: Points


class VotesInput(Input):
    """One voter's points for dishes of a meal; a second vote for a dish replaces the first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "voter": "p7Jw2kQ9xVb4",
                    "role": "pupil",
                    "votes": [{"dish_code": "S01", "points": 5}, {"dish_code": "V07", "points": 3}],
                }
            ]
        }
    )

    voter: Voter
    role: Role
    votes: list[VoteInput] = Field(min_length=1, max_length=40)


class CountsInput(Input):
    """How many of a class gave a dish how many points, `{"5": 12}`."""

    dish_code: Code
    counts: dict[Annotated[str, StringConstraints(pattern="^[1-5]$")], Annotated[int, Field(ge=0, le=50_000)]]

    def by_points(self) -> dict[int, int]:
        """Return how many gave how many points."""
        return {int(points): n for points, n in self.counts.items() if n}


class ClassInput(Input):
    """A class's show of hands; told again it replaces what the class said of these dishes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"told_by": "teacher-05", "ratings": [{"dish_code": "V07", "counts": {"3": 8, "4": 20, "5": 12}}]}
            ]
        }
    )

    told_by: Id
    ratings: list[CountsInput] = Field(min_length=1, max_length=40)


class WasteRow(Input):
    """Grams of a dish scraped from the plates."""

    dish_code: Code
    quantity_g: Annotated[int, Field(ge=0, le=100_000_000, description="g")]


class WasteInput(Input):
    """Plate waste by dish; weighed again it replaces what was weighed of these dishes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"weighed_by": "helper-11", "waste": [{"dish_code": "V07", "quantity_g": 5400}]}]
        }
    )

    weighed_by: Id
    waste: list[WasteRow] = Field(min_length=1, max_length=40)


class DishFeedbackRead(BaseModel):
    """What was said of a dish of a meal, and what was left of it; null is unknown."""

    dish_code: str
    ratings: int
    mean_points: float | None
    waste_g: int | None
    waste_g_per_eater: float | None
    weighed_by: str | None
    weighed_at: Instant | None


class FeedbackRead(BaseModel):
    """What was said of a meal."""

    meal_id: str
    headcount: int
    dishes: list[DishFeedbackRead]
