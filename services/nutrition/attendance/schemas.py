"""Answers of the routes of attendance."""

from dataclasses import asdict

from pydantic import BaseModel, Field

from services.nutrition.attendance.domain import Basis, DayClass
from services.nutrition.attendance.forecasting import MealForecast
from shared.fields import Day, Meal


class ExpectedRead(BaseModel):
    """Who will come on one day, in people: `p50` is what to plan for."""

    day: Day
    day_class: DayClass = Field(description="pupils leave early before holidays and come late behind them")
    enrolled: int
    p10: int = Field(description="one meal in ten has fewer")
    p50: int
    p90: int = Field(description="one meal in ten has more")


class MissRead(BaseModel):
    """How far a way of forecasting was off: the mean of people, and of 1/1000 of those who came."""

    mae: float
    mape_permille: float


class ErrorsRead(BaseModel):
    """What forecasts made on the Mondays of the last `weeks` missed, beside last week's numbers and plain enrolment."""

    weeks: int
    meals: int = Field(description="meals served in those weeks that were compared")
    forecast: MissRead
    last_week: MissRead
    enrolment: MissRead
    covered_permille: int = Field(description="share of the meals that lay between P10 and P90; 800 would be right")


class MealForecastRead(BaseModel):
    """One meal's forecast; with basis `enrolment` nobody has been served yet, and everybody enrolled is expected."""

    meal: Meal
    basis: Basis
    meals: int = Field(description="ordinary meals of the last twelve weeks that level and weekdays were learnt from")
    error: ErrorsRead | None = Field(description="null while there is no meal to compare with")
    days: list[ExpectedRead]


class AttendanceForecast(BaseModel):
    """Who will come to a canteen's meals, made from what was served before `made_for`."""

    canteen_id: str
    made_for: Day = Field(description="the first day whose meals are not looked at")
    meals: list[MealForecastRead]


def read_of(told: MealForecast) -> MealForecastRead:
    """Return one meal's forecast as people read it."""
    errors = None if told.errors is None else ErrorsRead.model_validate(asdict(told.errors))
    days = [
        ExpectedRead(day=one.day, day_class=one.day_class, enrolled=one.enrolled, p10=one.p10, p50=one.p50, p90=one.p90)
        for one in told.days
    ]
    return MealForecastRead(meal=told.meal, basis=told.basis, meals=told.meals, error=errors, days=days)
