"""Analysing menus: as they were published, as somebody drafts them, or kept nowhere at all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.nutrition.analysis.schemas import AnalysisRead, DaySpendingRead, MetRead, WarnedMeal
from services.nutrition.analysis.setting import Setting, Subject, read_setting
from services.nutrition.analysis.week import DaySpending, Met, WeekAnalysis
from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Diet, Profile
from services.nutrition.days import check_monday
from services.nutrition.dishes import queries as dishes
from services.nutrition.dishes.domain import Recipe
from services.nutrition.drafts import queries as drafts
from services.nutrition.foods.domain import Food
from services.nutrition.market import queries as market
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Menu, Wish, check_each_once, check_in_week
from services.nutrition.planning.diets import leaves_out
from shared.errors import DomainError, NotFound
from shared.fields import AgeBand, Meal
from shared.quantities import divide
from shared.unit_of_work import UnitOfWork


async def of_menu(uow: UnitOfWork, menu_id: str) -> AnalysisRead:
    """Analyse a menu as it was published: those dishes, for those who eat, at those prices. Raises NotFound."""
    menu = await menus.one(uow.session, menu_id)
    return await _analyse(uow, await subject_of_version(uow, menu, menu.version))


async def subject_of_version(uow: UnitOfWork, menu: Menu, version: int) -> Subject:
    """Return what is analysed of a version of a menu. Raises NotFound."""
    told = await menus.told(uow.session, menu.menu_id, version)
    planned = await menus.meals(uow.session, menu.menu_id, version)
    wanted = {dish for meal in planned for dish in meal.dishes}
    recipes = await dishes.recipes_at(uow.session, wanted, menu.county_code)
    eaters = Counter[AgeBand]()
    for meal in planned:
        eaters.update(meal.headcounts)
    return Subject(
        canteen_id=menu.canteen_id,
        week_start=menu.week_start,
        meals=[(meal.day, meal.meal, [recipes[dish] for dish in meal.dishes if dish in recipes]) for meal in planned],
        eaters=eaters,
        told_at=told.told_at if told.prices else None,
        quotes=market.quotes_kept(told.prices or {}),
    )


async def of_draft(uow: UnitOfWork, draft_id: str) -> AnalysisRead:
    """Analyse a draft as it stands, with the dishes of now. Raises NotFound."""
    draft = await drafts.one(uow.session, draft_id)
    return await of_wishes(uow, draft.canteen_id, draft.week_start, draft.content.meals)


async def of_wishes(uow: UnitOfWork, canteen_id: str, week_start: date, wishes: Sequence[Wish]) -> AnalysisRead:
    """Analyse a week that is kept nowhere. Raises NotFound for an unknown canteen or dish, naming the field."""
    return await _analyse(uow, await subject_of_wishes(uow, canteen_id, week_start, wishes))


async def subject_of_wishes(uow: UnitOfWork, canteen_id: str, week_start: date, wishes: Sequence[Wish]) -> Subject:
    """Return what is analysed of a week somebody composes. Raises NotFound, naming the field."""
    check_monday(week_start)
    check_each_once(wishes)
    for wish in wishes:
        check_in_week(week_start, wish)
    codes = {code for wish in wishes for code in wish.dish_codes}
    county_code = (await canteens.one(uow.session, canteen_id)).county_code
    recipes = await dishes.recipes(uow.session, codes, county_code)
    for wish in wishes:
        for place, code in enumerate(wish.dish_codes):
            if code not in recipes:
                raise NotFound("dish", code, field=wish.field(f"dish_codes.{place}"))
    meals = [(wish.day, wish.meal, [recipes[code] for code in wish.dish_codes]) for wish in wishes]
    return Subject(canteen_id, week_start, meals, await _eaters(uow, canteen_id, wishes))


async def _eaters(uow: UnitOfWork, canteen_id: str, wishes: Sequence[Wish]) -> Counter[AgeBand] | None:
    """Return who eats over a week's meals, None where all of them are for everybody enrolled."""
    cooked = [wish for wish in wishes if wish.dish_codes]
    if all(wish.headcounts is None for wish in cooked):
        return None
    everybody = (await canteens.profile(uow.session, canteen_id)).enrolled
    eaters = Counter[AgeBand]()
    for wish in cooked:
        eaters.update(everybody if wish.headcounts is None else wish.headcounts)
    return +eaters


async def _analyse(uow: UnitOfWork, subject: Subject) -> AnalysisRead:
    if not subject.filled:
        raise DomainError("nothing-planned", "there is no dish in the week", field="days")
    setting = await read_setting(uow, subject)
    week = setting.analyse()
    return read_of(subject, setting, week, setting.spent_now(week))


def read_of(subject: Subject, setting: Setting, week: WeekAnalysis, now: Sequence[DaySpending]) -> AnalysisRead:
    """Return an analysis as people read it; `now` is what its days cost at the prices of now."""
    used = {part.food_code for recipe in setting.recipes for part in recipe.ingredients}
    return AnalysisRead(
        canteen_id=subject.canteen_id,
        week_start=subject.week_start,
        standard_id=setting.requirement.standard_id,
        score=week.score,
        targets=[met_read(each) for each in week.met],
        days=_days(week, now, setting.budget_mfen),
        dishes_fen={
            recipe.dish_code: divide(mfen, 1000) for recipe, mfen in zip(setting.recipes, week.dish_mfen, strict=True)
        },
        over_budget=sum(day.cost_mfen for day in week.days) > sum(setting.budget_mfen.values()),
        priced_at=subject.told_at,
        local_permille=_share(week, "local_mfen"),
        poor_permille=_share(week, "poor_mfen"),
        foods=sorted(used),
        out_of_season=list(week.out_of_season),
        priced_by=dict(Counter(setting.quotes[code].source for code in sorted(used & setting.quotes.keys()))),
        unpriced=sorted(used - setting.quotes.keys()),
        meals=[_warned(day, meal, of, setting.foods, setting.profile) for day, meal, of in subject.filled],
    )


def met_read(met: Met) -> MetRead:
    """Return how far a target is met as people read it."""
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


def _days(week: WeekAnalysis, now: Sequence[DaySpending], budget_mfen: Mapping[date, int]) -> list[DaySpendingRead]:
    return [
        DaySpendingRead(
            day=spent.day,
            cost_fen=divide(spent.cost_mfen, 1000),
            cost_now_fen=divide(today.cost_mfen, 1000),
            local_fen=divide(spent.local_mfen, 1000),
            poor_fen=divide(spent.poor_mfen, 1000),
            budget_fen=divide(budget_mfen.get(spent.day, 0), 1000),
            over_budget=spent.cost_mfen > budget_mfen.get(spent.day, 0),
            shares_permille=dict(shares),
        )
        for spent, today, shares in zip(week.days, now, week.shares_permille, strict=True)
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
