"""Bodies and answers of the route of temperatures."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.temperatures.domain import Alarm
from shared.fields import Code, Id, Instant, Text
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "dish_code": "V07",
    "core_c": 56.0,
    "measured_by": "cook-03",
    "remark": "stood too long in the corridor; heated again before it was handed out",
}
CoreCelsius = Annotated[float, Field(ge=-20, le=110, allow_inf_nan=False, description="°C")]


class TemperatureInput(Input):
    """A dish's core temperature; `measured_at` left out is now. Hot food below the limit needs a remark."""

    dish_code: Code
    core_c: CoreCelsius
    measured_at: Instant | None = None
    measured_by: Id | None = None
    remark: Text = ""


class TemperaturesInput(Input):
    """What was measured."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"temperatures": [EXAMPLE]}]})

    temperatures: list[TemperatureInput] = Field(min_length=1, max_length=40)


class TemperatureRead(BaseModel):
    """A core temperature in °C; `warning` says what is wrong with it, null when nothing is."""

    dish_code: str
    core_c: float
    measured_at: Instant
    warning: Alarm | None
    remark: str
    measured_by: str | None
