"""SQL that only planning asks: what was on the table lately, how many of a county have no menu yet."""

from datetime import date

from sqlalchemy import and_, exists, func, select

from services.nutrition.canteens.models import Canteen, CanteenHeadcount
from services.nutrition.menus.domain import Status
from services.nutrition.menus.models import Menu, MenuMeal
from services.nutrition.tables import table_of
from shared.database import Session
from shared.fields import AgeBand, Meal

_canteen, _headcount = table_of(Canteen), table_of(CanteenHeadcount)
_menu, _meal = table_of(Menu), table_of(MenuMeal)


async def dishes_between(session: Session, canteen_id: str, first: date, last: date) -> list[tuple[date, str]]:
    """Return (day, dish) of a canteen's menus as they stand, from `first` to `last`, both included."""
    current = and_(_meal.c.menu_id == _menu.c.menu_id, _meal.c.version == _menu.c.version)
    within = and_(_menu.c.canteen_id == canteen_id, _meal.c.day.between(first, last))
    wanted = select(_meal.c.day, _meal.c.dishes).select_from(_menu.join(_meal, current)).where(within)
    return [(row.day, dish[0]) for row in (await session.execute(wanted)).all() for dish in row.dishes]


async def eaters_unplanned(
    session: Session, county_code: str, week_start: date
) -> dict[frozenset[Meal], dict[AgeBand, int]]:
    """Return the pupils of the county's canteens that have no menu for a week yet, by the meals served and age band."""
    published = and_(
        _menu.c.canteen_id == _canteen.c.canteen_id,
        _menu.c.week_start == week_start,
        _menu.c.status == Status.PUBLISHED,
    )
    serves = [_canteen.c[meal.value] for meal in Meal]
    counted = (
        select(*serves, _headcount.c.age_band, func.sum(_headcount.c.pupils).label("pupils"))
        .select_from(_canteen.join(_headcount, _headcount.c.canteen_id == _canteen.c.canteen_id))
        .where(_canteen.c.county_code == county_code, ~exists().where(published))
        .group_by(*serves, _headcount.c.age_band)
    )
    found: dict[frozenset[Meal], dict[AgeBand, int]] = {}
    for row in (await session.execute(counted)).all():
        served = frozenset(meal for meal in Meal if getattr(row, meal.value))
        found.setdefault(served, {})[AgeBand(row.age_band)] = int(row.pupils)
    return found
