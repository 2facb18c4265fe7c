"""The answer about deliveries."""

from datetime import date

from pydantic import BaseModel, Field


class DeliveryFigures(BaseModel):
    """The deliveries of a county that arrived on the days asked for.

    `late` arrived more minutes after their plan than the rule of their day calls a delay. `cooled` needed cooling, and
    `warm` of them rode on a trip that was outside its limit for longer than allowed.
    """

    county_code: str = Field(examples=["520628"])
    deliveries: int
    late: int
    cooled: int
    warm: int


class DeliveryReport(BaseModel):
    """Figures of days, by county."""

    first: date
    last: date
    counties: list[DeliveryFigures]
