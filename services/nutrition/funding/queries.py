"""SQL of funding."""

from collections.abc import Collection
from datetime import date

from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Profile
from services.nutrition.days import is_school_day
from services.nutrition.funding.domain import Budget, flat
from shared.database import Session


async def budget_fen(session: Session, profile: Profile, days: Collection[date]) -> dict[date, Budget]:
    """Return what may be spent on each day's food; nothing on days without school."""
    if not days:
        return {}
    calendar = await canteens.calendar(session, profile.county_code, min(days), max(days))
    return {day: flat(profile, day, profile.meals if is_school_day(day, calendar) else ()) for day in sorted(days)}
