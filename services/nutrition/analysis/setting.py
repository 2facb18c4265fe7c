"""What a week is analysed in: who eats, what is asked, what foods hold and cost, what there is to spend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.nutrition.analysis.plates import Kitchen, Plates, kitchen_of, plates_of
from services.nutrition.analysis.week import DaySpending, Served, WeekAnalysis, analyse, spent
from services.nutrition.canteens import queries as canteens
from services.nutrition.canteens.domain import Profile
from services.nutrition.closures import queries as closures
from services.nutrition.dishes.domain import Recipe
from services.nutrition.foods import queries as foods
from services.nutrition.foods.domain import Food
from services.nutrition.funding import queries as funding
from services.nutrition.market import queries as market
from services.nutrition.market.domain import PriceSource, Quote
from services.nutrition.standards.domain import Requirement
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.fields import AgeBand, Meal, Sex
from shared.quantities import divide
from shared.unit_of_work import UnitOfWork

Meals = Sequence[tuple[date, Meal, Sequence[Recipe]]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A week to analyse. `eaters` are those it is made for, by age band over its meals; None or nobody: all enrolled.

    `told_at` and `quotes` are when a menu was published and what its foods cost then; without them prices are of now.
    """

    canteen_id: str
    week_start: date
    meals: Meals
    eaters: Mapping[AgeBand, int] | None = None
    told_at: datetime | None = None
    quotes: Mapping[str, Quote] = field(default_factory=dict)

    @property
    def filled(self) -> Meals:
        """The meals that have a dish."""
        return [(day, meal, served) for day, meal, served in self.meals if served]


@dataclass(frozen=True, slots=True)
class Setting:
    """The facts of a week's analysis. `quotes` are the prices it is judged at, `quotes_now` those of now.

    The kitchen holds the dishes of the week and whatever else is weighed against them.
    """

    profile: Profile
    requirement: Requirement
    eaters: Mapping[AgeBand, int]
    foods: Mapping[str, Food]
    quotes: Mapping[str, Quote]
    quotes_now: Mapping[str, Quote]
    budget_mfen: Mapping[date, int]
    kitchen: Kitchen
    days: tuple[date, ...]
    served: tuple[Served, ...]

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The dishes, by code and version."""
        return self.kitchen.recipes

    def plates(self, quotes: Mapping[str, Quote] | None = None) -> Plates:
        """Return what a portion of each dish gives and costs; a food nobody has a price for counts as free."""
        priced = self.quotes if quotes is None else quotes
        free = {
            food.food_code: Quote(food.food_code, 0, PriceSource.REFERENCE, 0, 0, None)
            for food in self.kitchen.foods
            if food.food_code not in priced
        }
        return plates_of(self.kitchen, self.eaters, {**priced, **free})

    def analyse(self) -> WeekAnalysis:
        """Judge the week."""
        return analyse(self.plates(), self.requirement, self.days, self.served)

    def spent_now(self, week: WeekAnalysis) -> Sequence[DaySpending]:
        """Return what the week, as it was judged, costs at the prices of now."""
        if self.quotes == self.quotes_now:
            return week.days
        return spent(self.plates(self.quotes_now), self.days, self.served)


async def read_setting(uow: UnitOfWork, subject: Subject, others: Sequence[Recipe] = ()) -> Setting:
    """Return what a week with a dish at least is analysed in; `others` are dishes weighed against its own."""
    profile = await canteens.profile(uow.session, subject.canteen_id)
    order = {(one.dish_code, one.version): one for one in others}
    order |= {(one.dish_code, one.version): one for _, _, served in subject.filled for one in served}
    index = {key: place for place, key in enumerate(sorted(order))}
    recipes = tuple(order[key] for key in sorted(order))
    codes = {part.food_code for recipe in recipes for part in recipe.ingredients}
    known = await foods.library(uow.session, profile.county_code, codes)
    now = await market.quotes(uow.session, profile.county_code, subject.week_start, known)
    days = tuple(sorted({day for day, _, _ in subject.filled}))
    budgets = await funding.budget_fen(uow.session, profile, days)
    eaters = dict(subject.eaters or {}) or profile.enrolled
    requirement = await _requirement(uow, profile, subject.week_start, eaters)
    return Setting(
        profile=profile,
        requirement=requirement,
        eaters=eaters,
        foods=known,
        quotes={**now, **subject.quotes},
        quotes_now=now,
        budget_mfen={day: budget.mfen_per_head() for day, budget in budgets.items()},
        kitchen=kitchen_of(recipes, known, requirement),
        days=days,
        served=tuple(
            Served(day, meal, tuple(index[one.dish_code, one.version] for one in of))
            for day, meal, of in subject.filled
        ),
    )


async def _requirement(
    uow: UnitOfWork, profile: Profile, week_start: date, eaters: Mapping[AgeBand, int]
) -> Requirement:
    """Return what the canteen's standard asks of the week for those who eat, as the planner asks it.

    A day the canteen serves nothing on is none of its week, be it a holiday or closed for.
    """
    week = [week_start + timedelta(days=number) for number in range(7)]
    of_canteen = profile.canteen_id, profile.county_code, profile.meals
    school_days = sum(map(bool, (await closures.meals_served(uow.session, *of_canteen, week)).values()))
    heads = heads_of(eaters, profile.heads)
    return requirement_of(standard(profile.standard_id), heads, profile.meals, day=week_start, school_days=school_days)


def heads_of(
    eaters: Mapping[AgeBand, int], enrolled: Mapping[tuple[AgeBand, Sex], int]
) -> dict[tuple[AgeBand, Sex], int]:
    """Return eaters, in millionths, by age band and sex: as the band's are enrolled, half and half where none is."""
    heads = {}
    for band, number in eaters.items():
        counts = {sex: enrolled.get((band, sex), 0) for sex in Sex}
        counts = counts if any(counts.values()) else dict.fromkeys(Sex, 1)
        for sex, share in counts.items():
            heads[band, sex] = divide(1_000_000 * number * share, sum(counts.values()))
    return heads
