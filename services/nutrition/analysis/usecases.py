"""Analysing menus: as they stand, as somebody drafts them, or kept nowhere at all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.nutrition.analysis.plates import kitchen_of, plates_of
from services.nutrition.analysis.schemas import AnalysisRead, DaySpendingRead, MetRead, WarnedMeal
from services.nutrition.analysis.week import Met, Served, WeekAnalysis, analyse
from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Diet, Profile
from services.nutrition.days import check_monday
from services.nutrition.dishes import queries as dishes
from services.nutrition.dishes.domain import Recipe
from services.nutrition.drafts import queries as drafts
from services.nutrition.foods import queries as foods
from services.nutrition.foods.domain import Food
from services.nutrition.funding import queries as funding
from services.nutrition.market import queries as market
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Wish, check_each_once, check_in_week
from services.nutrition.planning.diets import leaves_out
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.errors import DomainError, NotFound
from shared.fields import Meal
from shared.quantities import divide
from shared.unit_of_work import UnitOfWork

Meals = Sequence[tuple[date, Meal, Sequence[Recipe]]]


async def of_menu(uow: UnitOfWork, menu_id: str) -> AnalysisRead:
    """Analyse a published menu with the dish versions it was published with. Raises NotFound."""
    menu = await menus.one(uow.session, menu_id)
    planned = await menus.meals(uow.session, menu_id, menu.version)
    wanted = {dish for meal in planned for dish in meal.dishes}
    recipes = await dishes.recipes_at(uow.session, wanted, menu.county_code)
    meals = [(meal.day, meal.meal, [recipes[dish] for dish in meal.dishes if dish in recipes]) for meal in planned]
    return await _analyse(uow, menu.canteen_id, menu.week_start, meals)


async def of_draft(uow: UnitOfWork, draft_id: str) -> AnalysisRead:
    """Analyse a draft as it stands, with the dishes of now. Raises NotFound."""
    draft = await drafts.one(uow.session, draft_id)
    return await of_wishes(uow, draft.canteen_id, draft.week_start, draft.content.meals)


async def of_wishes(uow: UnitOfWork, canteen_id: str, week_start: date, wishes: Sequence[Wish]) -> AnalysisRead:
    """Analyse a week that is kept nowhere. Raises NotFound for an unknown canteen or dish, naming the field."""
    check_monday(week_start)
    check_each_once(wishes)
    for wish in wishes:
        check_in_week(week_start, wish)
    codes = {code for wish in wishes for code in wish.dish_codes}
    profile = await canteens.profile(uow.session, canteen_id)
    recipes = await dishes.recipes(uow.session, codes, profile.county_code)
    for wish in wishes:
        for place, code in enumerate(wish.dish_codes):
            if code not in recipes:
                raise NotFound("dish", code, field=wish.field(f"dish_codes.{place}"))
    meals = [(wish.day, wish.meal, [recipes[code] for code in wish.dish_codes]) for wish in wishes]
    return await _analyse(uow, canteen_id, week_start, meals)


async def _analyse(uow: UnitOfWork, canteen_id: str, week_start: date, meals: Meals) -> AnalysisRead:
    filled = [(day, meal, served) for day, meal, served in meals if served]
    if not filled:
        raise DomainError("nothing-planned", "there is no dish in the week", field="days")
    profile = await canteens.profile(uow.session, canteen_id)
    requirement = requirement_of(standard(profile.standard_id), profile.heads, profile.meals)
    order = {(one.dish_code, one.version): one for _, _, served in filled for one in served}
    recipes = [order[key] for key in sorted(order)]
    known = await foods.library(uow.session, profile.county_code)
    found = await market.quotes(uow.session, profile.county_code, week_start, known)
    used = {part.food_code for recipe in recipes for part in recipe.ingredients}
    unpriced = sorted(used - found.keys())
    free = {code: Quote(code, 0, PriceSource.REFERENCE, 0, 0, None) for code in unpriced}
    plates = plates_of(kitchen_of(recipes, known, requirement), profile.enrolled, {**found, **free})
    index = {key: place for place, key in enumerate(sorted(order))}
    days = sorted({day for day, _, _ in filled})
    served = [Served(day, meal, tuple(index[d.dish_code, d.version] for d in of)) for day, meal, of in filled]
    week = analyse(plates, requirement, days, served)
    budgets = await funding.budget_fen(uow.session, profile, days)
    budget_mfen = {day: budget.mfen_per_head() for day, budget in budgets.items()}
    return AnalysisRead(
        canteen_id=canteen_id,
        week_start=week_start,
        standard_id=requirement.standard_id,
        score=week.score,
        targets=[_met(each) for each in week.met],
        days=_days(week, budget_mfen),
        over_budget=sum(day.cost_mfen for day in week.days) > sum(budget_mfen.values()),
        local_permille=_share(week, "local_mfen"),
        poor_permille=_share(week, "poor_mfen"),
        foods=sorted(used),
        out_of_season=list(week.out_of_season),
        priced_by=dict(Counter(found[code].source for code in sorted(used & found.keys()))),
        unpriced=unpriced,
        meals=[_warned(day, meal, of, known, profile) for day, meal, of in filled],
    )


def _met(met: Met) -> MetRead:
    target = met.target
    return MetRead(
        key=target.key,
        kind=target.kind,
        of=target.of,
        per=target.per,
        low=target.low,
        high=target.high,
        value=round(met.value, 3),
        share_permille=round(1000 * met.value / target.low) if target.low else None,
        miss_permille=round(1000 * met.miss),
        lost_points=round(met.lost_points),
        unknown_permille=met.unknown_permille,
        verified=target.verified,
    )


def _days(week: WeekAnalysis, budget_mfen: Mapping[date, int]) -> list[DaySpendingRead]:
    return [
        DaySpendingRead(
            day=spent.day,
            cost_fen=divide(spent.cost_mfen, 1000),
            local_fen=divide(spent.local_mfen, 1000),
            poor_fen=divide(spent.poor_mfen, 1000),
            budget_fen=divide(budget_mfen.get(spent.day, 0), 1000),
            over_budget=spent.cost_mfen > budget_mfen.get(spent.day, 0),
        )
        for spent in week.days
    ]


def _share(week: WeekAnalysis, of: str) -> int:
    cost = sum(spent.cost_mfen for spent in week.days)
    return divide(1000 * sum(getattr(spent, of) for spent in week.days), cost) if cost else 0


def _warned(
    day: date, meal: Meal, recipes: Iterable[Recipe], known: Mapping[str, Food], profile: Profile
) -> WarnedMeal:
    eaten = [known[part.food_code] for recipe in recipes for part in recipe.ingredients]
    broken = {_name(diet): diet.pupils for diet in profile.diets if any(leaves_out(diet, food) for food in eaten)}
    return WarnedMeal(
        day=day,
        meal=meal,
        allergens=sorted({allergen for food in eaten for allergen in food.allergens}),
        banned_foods=sorted({food.food_code for food in eaten if food.canteen_ban}),
        diets_broken=broken,
    )


def _name(diet: Diet) -> str:
    return f"{diet.kind.value}:{diet.allergen}" if diet.allergen else diet.kind.value
