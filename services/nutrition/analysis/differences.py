"""Two versions of a menu side by side: what is cooked, needed, costs and gives otherwise, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.nutrition.analysis.comparing import MealChange, lines_changed, meals_changed
from services.nutrition.analysis.schemas import (
    CostCompared,
    DifferencesRead,
    LineChanged,
    MealChanged,
    MealSide,
    TargetCompared,
)
from services.nutrition.analysis.setting import Setting, Subject, read_setting
from services.nutrition.analysis.usecases import subject_of_version
from services.nutrition.analysis.week import WeekAnalysis
from services.nutrition.market.domain import Quote
from services.nutrition.menus import queries as menus
from services.nutrition.menus.domain import Planned
from services.nutrition.menus.schemas import DishServed, VersionListed
from shared.errors import DomainError
from shared.events.nutrition import Demand
from shared.quantities import amount_fen, divide
from shared.unit_of_work import UnitOfWork

Judged = tuple[Setting, WeekAnalysis] | None


async def between(uow: UnitOfWork, menu_id: str, first: int, last: int) -> DifferencesRead:
    """Return what changed from one version of a menu to a later one, both at the prices of now. Raises NotFound."""
    if first >= last:
        raise DomainError("versions-order", f"version {last} does not come after {first}", field="to")
    menu = await menus.one(uow.session, menu_id)
    demand = [_demand((await menus.told(uow.session, menu_id, version)).demand) for version in (first, last)]
    meals = [await menus.meals(uow.session, menu_id, version) for version in (first, last)]
    judged = [await _judged(uow, await subject_of_version(uow, menu, version)) for version in (first, last)]
    history = [VersionListed(**row._mapping) for row in await menus.history(uow.session, menu_id)]
    quotes = next((one[0].quotes_now for one in judged if one is not None), {})
    return DifferencesRead(
        menu_id=menu_id,
        from_version=first,
        to_version=last,
        why=[one for one in history if first < one.version <= last],
        meals=[_meal(change) for change in meals_changed(*meals)],
        demand=[
            LineChanged(
                delivery_day=line.delivery_day,
                food_code=line.food_code,
                gross_g_before=line.gross_g[0],
                gross_g_after=line.gross_g[1],
                quantity_g_before=line.quantity_g[0],
                quantity_g_after=line.quantity_g[1],
            )
            for line in lines_changed(*demand)
        ],
        cost=_cost(judged, demand, quotes),
        score_before=None if judged[0] is None else judged[0][1].score,
        score_after=None if judged[1] is None else judged[1][1].score,
        targets=_targets(*judged),
    )


def _demand(rows: Sequence[Mapping[str, object]]) -> list[Demand]:
    return [Demand.model_validate(row) for row in rows]


async def _judged(uow: UnitOfWork, subject: Subject) -> Judged:
    if not subject.filled:
        return None
    setting = await read_setting(uow, replace(subject, quotes={}, told_at=None))
    return setting, setting.analyse()


def _meal(change: MealChange) -> MealChanged:
    return MealChanged(
        day=change.day, meal=change.meal, how=change.how, before=_side(change.before), after=_side(change.after)
    )


def _side(meal: Planned | None) -> MealSide | None:
    if meal is None:
        return None
    dishes = [DishServed(dish_code=code, version=version) for code, version in meal.dishes]
    return MealSide(headcount=meal.headcount, headcounts=dict(meal.headcounts), dishes=dishes)


def _cost(judged: Sequence[Judged], demand: Sequence[Sequence[Demand]], quotes: Mapping[str, Quote]) -> CostCompared:
    per_child = [_per_child_fen(one) for one in judged]
    price = {code: quote.price_fen_per_kg for code, quote in quotes.items()}
    bought = [sum(amount_fen(line.gross_g, price.get(line.food_code, 0)) for line in lines) for lines in demand]
    return CostCompared(
        per_child_fen_before=per_child[0],
        per_child_fen_after=per_child[1],
        demand_fen_before=bought[0],
        demand_fen_after=bought[1],
        unpriced=sorted({line.food_code for lines in demand for line in lines} - quotes.keys()),
    )


def _per_child_fen(judged: Judged) -> int:
    return 0 if judged is None else divide(sum(day.cost_mfen for day in judged[1].days), 1000)


def _targets(before: Judged, after: Judged) -> list[TargetCompared]:
    """Return every target whose value changed; a week without a meal gives none."""
    old, new = ({met.target.key: met for met in one[1].met} if one is not None else {} for one in (before, after))
    found = []
    for key in sorted({*old, *new}):
        was, now = old.get(key), new.get(key)
        values = [None if met is None else round(met.value, 3) for met in (was, now)]
        misses = [None if met is None else round(1000 * met.miss) for met in (was, now)]
        if values[0] != values[1] or misses[0] != misses[1]:
            found.append(
                TargetCompared(
                    key=key,
                    value_before=values[0],
                    value_after=values[1],
                    miss_permille_before=misses[0],
                    miss_permille_after=misses[1],
                )
            )
    return found
