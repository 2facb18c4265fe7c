"""Bodies and answers of the routes of enrolment."""

from pydantic import BaseModel, ConfigDict, JsonValue

from services.nutrition.canteens.schemas import Counted, HeadcountRead
from shared.fields import Day, Id

EXAMPLE: dict[str, JsonValue] = {
    "canteen_id": "sch-520628-0001",
    "valid_from": "2026-09-01",
    "headcounts": [
        {"age_band": "12-14", "sex": "m", "pupils": 369},
        {"age_band": "12-14", "sex": "f", "pupils": 342},
    ],
}


class EnrolmentRow(Counted):
    """A canteen's pupils from a day on, all of them: an age band and sex that is not named has none."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    canteen_id: Id
    valid_from: Day


class EnrolmentRead(BaseModel):
    """A canteen's pupils from a day on."""

    canteen_id: str
    valid_from: Day
    version: int
    pupils: int
    headcounts: list[HeadcountRead]
