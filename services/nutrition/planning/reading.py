"""Reading the facts of a canteen's plan: first what the whole county shares, then what is the canteen's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Profile
from services.nutrition.closures import queries as closures
from services.nutrition.days import DayKind, is_school_day, today
from services.nutrition.dishes import counted
from services.nutrition.dishes import queries as dishes
from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods import queries as foods
from services.nutrition.foods.domain import Food
from services.nutrition.funding import queries as funding
from services.nutrition.market import queries as market
from services.nutrition.market.domain import Quote
from services.nutrition.menus import queries as menus
from services.nutrition.menus.usecases import RESERVED_DAYS
from services.nutrition.patterns import queries as patterns
from services.nutrition.planning import queries
from services.nutrition.planning.building import prepare
from services.nutrition.planning.diets import FROM_PERMILLE, avoided_foods
from services.nutrition.planning.facts import Facts, Wishes
from services.nutrition.planning.prices import of_weeks
from services.nutrition.planning.problem import Problem
from services.nutrition.planning.rules import USUAL_GAP_DAYS
from services.nutrition.planning.sharing import Usual, added, usual_g, usual_of
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from services.nutrition.stocks import queries as stocks
from services.nutrition.stocks.domain import free_lots
from shared.unit_of_work import UnitOfWork

LOOK_BACK = timedelta(days=21)
"""Three weeks hold five school days, whatever the holidays."""
NOBODY = ""
"""The canteen that has no dish and no pattern of its own."""


@dataclass(frozen=True, slots=True)
class County:
    """What all canteens of a county plan with; `days` are the weeks' school days, `past` those of the weeks before.

    `usual` is what meals usually take of each food, `usual_g` what the canteens that have no menu yet for the first
    week take of it in these days. Libraries that are the same are kept once.
    """

    county_code: str
    week_start: date
    days: tuple[date, ...]
    past: tuple[date, ...]
    foods: Mapping[str, Food]
    quotes: Mapping[str, Quote]
    ratings: Mapping[str, float]
    usual: Usual
    usual_g: Mapping[str, int]
    libraries: dict[tuple[tuple[str, int], ...], tuple[Recipe, ...]] = field(default_factory=dict)


async def read_county(
    uow: UnitOfWork, county_code: str, week_start: date, weeks: int = 1, quotes: Mapping[str, Quote] | None = None
) -> County:
    """Return what a county's canteens plan some weeks with; `quotes` are prices to plan with instead of its own."""
    session, last = uow.session, week_start + timedelta(days=7 * weeks - 1)
    calendar = await canteens.calendar(session, county_code, week_start - LOOK_BACK, last)
    known = await foods.library(session, county_code)
    if quotes is None:
        mondays = [week_start + timedelta(days=7 * number) for number in range(weeks)]
        quotes = of_weeks([await market.quotes(session, county_code, monday, known) for monday in mondays])
    days = school_days(week_start, last, calendar)
    usual = await _usual(uow, county_code)
    hungry = await queries.eaters_unplanned(session, county_code, week_start)
    return County(
        county_code=county_code,
        week_start=week_start,
        days=days,
        past=school_days(week_start - LOOK_BACK, week_start - timedelta(days=1), calendar),
        foods=known,
        quotes=quotes,
        ratings=await counted.ratings(session, county_code),
        usual=usual,
        usual_g=added(usual_g(usual, eaters, meals, len(days)) for meals, eaters in hungry.items()),
    )


async def _usual(uow: UnitOfWork, county_code: str) -> Usual:
    """Return what meals in a county usually take, by its own and the province's dishes and patterns."""
    recipes = await dishes.library(uow.session, NOBODY, county_code)
    cooked = [recipe for recipe in recipes if not recipe.banned]
    return usual_of(cooked, (await patterns.patterns(uow.session, NOBODY, county_code)).values())


def school_days(first: date, last: date, calendar: Mapping[date, DayKind]) -> tuple[date, ...]:
    """Return the days with school from `first` to `last`, both included."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return tuple(day for day in days if is_school_day(day, calendar))


async def read_facts(
    uow: UnitOfWork, county: County, profile: Profile, diets_from_permille: int = FROM_PERMILLE
) -> Facts:
    """Return the facts of one canteen of the county."""
    session = uow.session
    holds = await patterns.patterns(session, profile.canteen_id, county.county_code)
    served = await closures.meals_served(session, profile.canteen_id, county.county_code, profile.meals, county.days)
    days = tuple(day for day in county.days if served[day])
    budgets = await funding.budget_fen(session, profile, days)
    recipes = tuple(await dishes.library(session, profile.canteen_id, county.county_code))
    library = tuple((recipe.dish_code, recipe.version) for recipe in recipes)
    return Facts(
        canteen_id=profile.canteen_id,
        county_code=county.county_code,
        eaters=profile.enrolled,
        requirement=requirement_of(
            standard(profile.standard_id),
            profile.heads,
            profile.meals,
            day=county.week_start,
            school_days=max(1, len(days)),
        ),
        days=days,
        patterns={meal: holds[meal] for meal in profile.meals if meal in holds},
        recipes=county.libraries.setdefault(library, recipes),
        foods=county.foods,
        quotes=county.quotes,
        budget_mfen=sum(budget.mfen_per_head() for budget in budgets.values()),
        ratings=county.ratings,
        equipment_limit=profile.equipment,
        avoided_foods=avoided_foods(profile, county.foods.values(), diets_from_permille),
        served_ago=await _served_ago(uow, county, profile.canteen_id),
        usual_g=usual_g(county.usual, profile.enrolled, profile.meals, len(days)),
        closed=frozenset((day, meal) for day in days for meal in profile.meals if meal not in served[day]),
        stock_g=await _free_stock(uow, profile.canteen_id, county),
    )


async def _served_ago(uow: UnitOfWork, county: County, canteen_id: str) -> dict[str, int]:
    """Return how many school days before the first day each dish of the last menus was on the table."""
    recent: Sequence[date] = county.past[-USUAL_GAP_DAYS:]
    if not recent:
        return {}
    served = await queries.dishes_between(uow.session, canteen_id, recent[0], recent[-1])
    place = {day: len(recent) - number for number, day in enumerate(recent)}
    ago: dict[str, int] = {}
    for day, code in served:
        if day in place:
            ago[code] = min(ago.get(code, place[day]), place[day])
    return ago


async def _free_stock(uow: UnitOfWork, canteen_id: str, county: County) -> dict[str, int]:
    """Return what lies in the store, keeps to the plan's end and is promised to no menu."""
    if not county.days:
        return {}
    lots = await stocks.usable(uow.session, canteen_id, county.quotes.keys(), today(uow.now))
    if not lots:
        return {}
    held = await menus.reserved_g(uow.session, canteen_id, today(uow.now) - timedelta(days=RESERVED_DAYS))
    free = {food: free_lots(of_food, held.get(food, 0)) for food, of_food in lots.items()}
    lasting = {
        food: sum(lot.quantity_g for lot in left if lot.use_by >= county.days[-1]) for food, left in free.items()
    }
    return {food: grams for food, grams in lasting.items() if grams > 0}


async def problem_for(
    uow: UnitOfWork,
    profile: Profile,
    week_start: date,
    weeks: int = 1,
    wishes: Wishes | None = None,
    *,
    quotes: Mapping[str, Quote] | None = None,
) -> Problem:
    """Return the problem of a canteen by itself, all that is on offer being its own.

    `quotes` are prices to plan with instead of the county's. Raises Clashing where there is nothing to choose from.
    """
    county = await read_county(uow, profile.county_code, week_start, weeks, quotes)
    return prepare(await read_facts(uow, county, profile), wishes or Wishes()).problem
