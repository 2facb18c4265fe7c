"""What can happen to attendance: it is forecast, and menus are made for those expected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from services.nutrition.attendance import queries
from services.nutrition.attendance.domain import LOOK_AROUND, Expected, by_band
from services.nutrition.attendance.forecasting import Known, first_day, forecast
from services.nutrition.attendance.schemas import AttendanceForecast, read_of
from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Profile
from services.nutrition.closures import queries as closures
from services.nutrition.days import today
from services.nutrition.enrolment import queries as enrolment
from services.nutrition.menus.domain import Wish
from shared.errors import DomainError
from shared.fields import AgeBand, Meal
from shared.unit_of_work import UnitOfWork

MOST_DAYS = 62
FARTHEST = timedelta(days=366)
_DAY = timedelta(days=1)


async def read_forecast(
    uow: UnitOfWork, canteen_id: str, first: date, last: date, meal: Meal | None
) -> AttendanceForecast:
    """Return who is expected to a canteen's meals on the school days between two days, both included."""
    _check(first, last, today(uow.now))
    profile = await canteens.profile(uow.session, canteen_id)
    if meal is not None and meal not in profile.meals:
        raise DomainError("meal-not-served", f"the canteen serves no {meal}", field="meal")
    meals = profile.meals if meal is None else (meal,)
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    open_for = await closures.meals_served(uow.session, canteen_id, profile.county_code, profile.meals, days)
    wanted = {one: [day for day in days if one in open_for[day]] for one in meals}
    origin = min(first, today(uow.now) + _DAY)
    known = await _known(uow, profile, meals, origin, last)
    return AttendanceForecast(
        canteen_id=canteen_id, made_for=origin, meals=[read_of(told) for told in forecast(known, wanted)]
    )


def _check(first: date, last: date, now: date) -> None:
    if last < first:
        raise DomainError("ends-before-it-begins", f"{last} is before {first}", field="to")
    if (last - first).days >= MOST_DAYS:
        raise DomainError("too-many-days", f"at most {MOST_DAYS} days at once", field="to")
    if last > now + FARTHEST:
        raise DomainError("too-far-ahead", f"at most {FARTHEST.days} days ahead", field="to")


async def _known(uow: UnitOfWork, profile: Profile, meals: Sequence[Meal], origin: date, last: date) -> Known:
    session, first = uow.session, first_day(origin)
    rows = await queries.headcounts(session, profile.canteen_id, first, origin - _DAY, meals)
    history = await enrolment.history(session, [profile.canteen_id])
    return Known(
        origin=origin,
        last=last,
        meals=tuple(meals),
        served={(row.day, Meal(row.meal)): row.headcount for row in rows},
        enrolment=history.get(profile.canteen_id, []),
        pupils=profile.pupils,
        calendar=await canteens.calendar(session, profile.county_code, first - LOOK_AROUND, last + LOOK_AROUND),
    )


async def expected(
    uow: UnitOfWork, profile: Profile, wanted: Collection[tuple[date, Meal]]
) -> dict[tuple[date, Meal], Expected]:
    """Return who is expected to coming meals, as far as is known today; a meal the canteen does not serve is left out.

    Whether there is school on a day is for the caller to ask.
    """
    days: dict[Meal, list[date]] = {}
    for day, meal in sorted(wanted):
        if meal in profile.meals:
            days.setdefault(meal, []).append(day)
    if not days:
        return {}
    origin = min(min(day for day, _ in wanted), today(uow.now) + _DAY)
    known = await _known(uow, profile, list(days), origin, max(day for day, _ in wanted))
    return {(one.day, one.meal): one for told in forecast(known, days, 0) for one in told.days}


async def counted(uow: UnitOfWork, canteen_id: str, wishes: Sequence[Wish]) -> list[Wish]:
    """Return wishes with the number of those expected where that is asked for, by age as pupils are enrolled."""
    asked = [wish for wish in wishes if wish.by_forecast]
    if not asked:
        return list(wishes)
    profile = await canteens.profile(uow.session, canteen_id)
    told = await expected(uow, profile, [(wish.day, wish.meal) for wish in asked])
    return [_counted(wish, told, profile.enrolled) for wish in wishes]


def _counted(wish: Wish, told: Mapping[tuple[date, Meal], Expected], enrolled: Mapping[AgeBand, int]) -> Wish:
    one = told.get((wish.day, wish.meal)) if wish.by_forecast else None
    return wish if one is None else replace(wish, headcounts=by_band(one.p50, enrolled), by_forecast=False)
