"""What people read of dishes: everything that follows from their ingredients is reckoned when it is asked for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.canteens import queries as canteens
from services.nutrition.days import check_monday, today
from services.nutrition.dishes import counted, facts, finding, queries
from services.nutrition.dishes.domain import (
    REFERENCE_BAND,
    Feedback,
    Recipe,
    Wanted,
    liking_of,
    mean_points,
)
from services.nutrition.dishes.schemas import (
    AmountRead,
    DishAnalysed,
    DishListed,
    DishRead,
    DishVersionRead,
    FeedbackRead,
    IngredientPriced,
    PortionRead,
)
from services.nutrition.dishphotos import queries as photos
from services.nutrition.foods import queries as foods
from services.nutrition.foods.domain import PER_UNIT, Food, Nutrient
from services.nutrition.market import queries as market
from services.nutrition.market.domain import Quote
from services.nutrition.pages import version_after
from shared.database import Session
from shared.errors import DomainError
from shared.fields import AgeBand
from shared.quantities import divide
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

NOTHING = Feedback(rating_sum=0, ratings=0, waste_g=0, served_portions=0)
CHUNK = 200
"""So many dishes are looked at in one go for what only their ingredients can say."""


@dataclass(frozen=True, slots=True)
class Known:
    """What dishes are reckoned from; without a county nothing has a price and nobody votes."""

    county_code: str | None
    foods: Mapping[str, Food]
    quotes: Mapping[str, Quote]
    feedbacks: Mapping[str, Feedback]
    mean_points: float
    photos: Mapping[str, Row[Any]]

    def liking_permille(self, code: str) -> int | None:
        """Return how a dish is liked in the county."""
        if self.county_code is None:
            return None
        told = self.feedbacks.get(code, NOTHING)
        return round(1000 * liking_of(told.rating_sum, told.ratings, self.mean_points))


async def county_of(uow: UnitOfWork, county_code: str | None, canteen_id: str | None) -> str | None:
    """Return the county that is meant: a canteen names its own. Raises NotFound, DomainError where the two differ."""
    if canteen_id is None:
        return county_code
    county: str = (await canteens.one(uow.session, canteen_id)).county_code
    if county_code not in (None, county):
        raise DomainError("other-county", f"{canteen_id} lies in {county}", field="county_code")
    return county


async def _known(uow: UnitOfWork, county_code: str | None, week_start: date) -> Known:
    library = await foods.library(uow.session, county_code)
    if county_code is None:
        return Known(None, library, {}, {}, mean_points(()), {})
    quotes = await market.quotes(uow.session, county_code, week_start, library)
    feedbacks = await counted.feedbacks(uow.session, county_code)
    mean = mean_points((told.rating_sum, told.ratings) for told in feedbacks.values())
    pictured = await photos.of_county(uow.session, county_code)
    return Known(county_code, library, quotes, feedbacks, mean, pictured)


def this_week(uow: UnitOfWork) -> date:
    """Return the Monday of the week in Guizhou."""
    return monday_of(today(uow.now))


async def list_dishes(
    uow: UnitOfWork, paging: Paging, wanted: Wanted, nutrients: Collection[Nutrient] = ()
) -> list[DishListed]:
    """Return a page of the dishes that suit, with what a portion for ages 9 to 11 gives of these nutrients."""
    if wanted.cost_up_to_fen is not None and wanted.county_code is None:
        raise DomainError("county-missing", "what a dish costs depends on the county", field="county_code")
    week = this_week(uow) if wanted.week_start is None else wanted.week_start
    check_monday(week)
    known = await _known(uow, wanted.county_code, week)
    size = CHUNK if finding.narrows(wanted) else paging.limit
    found: list[DishListed] = []
    after = paging.after
    while len(found) < paging.limit:
        rows = await finding.page(uow.session, wanted, size, after)
        recipes = await queries.recipes(uow.session, [row.dish_code for row in rows], wanted.county_code)
        dishes = [_listed(row, recipes[row.dish_code], known, nutrients) for row in rows]
        found += [dish for dish in dishes if _suits(dish, wanted)]
        if len(rows) < size:
            break
        after = rows[-1].dish_code
    return found[: paging.limit]


def _suits(dish: DishListed, wanted: Wanted) -> bool:
    """Whether what follows from the ingredients is as wanted; what a food without a price costs nobody knows."""
    most = wanted.cost_up_to_fen
    return (
        wanted.free_of.isdisjoint(dish.allergens)
        and (wanted.month is None or wanted.month in dish.months)
        and (most is None or (dish.cost_fen is not None and dish.cost_fen <= most and not dish.unpriced_foods))
    )


def _listed(row: Row[Any], recipe: Recipe, known: Known, nutrients: Collection[Nutrient]) -> DishListed:
    given = _given(recipe, known, REFERENCE_BAND, nutrients)
    return DishListed.model_validate(_values(row, recipe, known) | {"nutrients": given})


def _given(recipe: Recipe, known: Known, band: AgeBand, nutrients: Collection[Nutrient]) -> dict[Nutrient, AmountRead]:
    """Return what a portion for an age band gives of these nutrients."""
    amounts = {nutrient: facts.amount_of(recipe, known.foods, nutrient, band) for nutrient in nutrients}
    return {
        nutrient: AmountRead(amount=one.amount / PER_UNIT, unknown_permille=one.unknown_permille)
        for nutrient, one in amounts.items()
    }


def _values(row: Row[Any], recipe: Recipe, known: Known) -> dict[str, Any]:
    cost = facts.cost_of(recipe, known.foods, known.quotes, REFERENCE_BAND)
    shown = known.photos.get(recipe.dish_code)
    return {
        **row._mapping,
        "portion_permille": recipe.portion_permille,
        "retired": recipe.retired,
        "allergens": facts.allergens(recipe, known.foods),
        "banned_foods": facts.banned(recipe, known.foods),
        "months": facts.months(recipe, known.foods),
        "cost_fen": None if known.county_code is None else divide(cost.all_mfen, 1000),
        "unpriced_foods": [] if known.county_code is None else facts.unpriced(recipe, known.quotes),
        "liking_permille": known.liking_permille(recipe.dish_code),
        "photo": None if shown is None else shown._mapping,
    }


async def read_dish(uow: UnitOfWork, dish_code: str, version: int | None, county_code: str | None) -> DishRead:
    """Return a dish as it is or as it was under a version, of foods as they are known now. Raises NotFound."""
    row, recipe = await one(uow.session, dish_code, version, county_code)
    known = await _known(uow, county_code, this_week(uow))
    parts = await _parts(uow.session, recipe)
    return DishRead.model_validate(
        _values(row, recipe, known) | {"ingredients": parts, "feedback": _feedback(dish_code, known)}
    )


async def one(
    session: Session, dish_code: str, version: int | None, county_code: str | None
) -> tuple[Row[Any], Recipe]:
    """Return a dish's row and recipe, as they are or as they were under a version. Raises NotFound."""
    row = await queries.one(session, dish_code, version)
    key = (dish_code, int(row.version))
    return row, (await queries.recipes_at(session, [key], county_code))[key]


async def said_of(session: Session, codes: Collection[str], *, lock: bool = False) -> dict[str, dict[str, Any]]:
    """Return what is said of the dishes among `codes` that are known, by fields of DishRow; locked, it stays so."""
    rows = await finding.of(session, codes, lock=lock)
    recipes = await queries.recipes(session, codes)
    names = ("scope", "county_code", "canteen_id", *queries.VERSIONED)
    return {
        row.dish_code: {name: row._mapping[name] for name in ("dish_code", *names)}
        | {
            "ingredients": [
                {"food_code": part.food_code, "portion_mg": part.portion_mg}
                for part in recipes[row.dish_code].ingredients
            ]
        }
        for row in rows
    }


async def _parts(session: Session, recipe: Recipe) -> list[dict[str, Any]]:
    codes = [part.food_code for part in recipe.ingredients]
    names = {row.food_code: {"name_zh": row.name_zh, "name_en": row.name_en} for row in await foods.of(session, codes)}
    return [
        {"food_code": part.food_code, "portion_mg": part.portion_mg, **names[part.food_code]}
        for part in recipe.ingredients
    ]


def _feedback(dish_code: str, known: Known) -> FeedbackRead | None:
    liking = known.liking_permille(dish_code)
    if known.county_code is None or liking is None:
        return None
    told = known.feedbacks.get(dish_code, NOTHING)
    left = divide(1000 * told.waste_g, told.served_portions) if told.served_portions else None
    return FeedbackRead(
        county_code=known.county_code,
        ratings=told.ratings,
        rating_sum=told.rating_sum,
        liking_permille=liking,
        served_portions=told.served_portions,
        waste_g=told.waste_g,
        waste_mg_per_portion=left,
    )


async def list_versions(uow: UnitOfWork, dish_code: str, paging: Paging) -> list[DishVersionRead]:
    """Return a page of a dish's versions, oldest first. Raises NotFound."""
    await queries.one(uow.session, dish_code)
    rows = await queries.versions(uow.session, dish_code, paging.limit, version_after(paging))
    return [
        DishVersionRead.model_validate(
            {**row._mapping, "portion_permille": queries.portions(row.portion_rule, row.portion_permille)}
        )
        for row in rows
    ]


async def analyse(
    uow: UnitOfWork, dish_code: str, version: int | None, county_code: str | None, week_start: date | None
) -> DishAnalysed:
    """Return what a portion of a dish gives and costs, by age band. Raises NotFound, DomainError."""
    week = this_week(uow) if week_start is None else week_start
    check_monday(week)
    _, recipe = await one(uow.session, dish_code, version, county_code)
    known = await _known(uow, county_code, week)
    quotes = {part.food_code: known.quotes.get(part.food_code) for part in recipe.ingredients}
    priced = [
        IngredientPriced(
            **part,
            price_fen_per_kg=quote.price_fen_per_kg if (quote := quotes[part["food_code"]]) else None,
            price_source=quote.source if quote else None,
        )
        for part in await _parts(uow.session, recipe)
    ]
    return DishAnalysed(
        dish_code=dish_code,
        version=recipe.version,
        county_code=county_code,
        week_start=week,
        portions={band: _portion(recipe, known, band) for band in AgeBand},
        ingredients=priced,
        unknown_foods=facts.unknown_foods(recipe, known.foods),
        unpriced_foods=[code for code, quote in quotes.items() if quote is None],
    )


def _portion(recipe: Recipe, known: Known, band: AgeBand) -> PortionRead:
    cost = facts.cost_of(recipe, known.foods, known.quotes, band)
    fen = [divide(mfen, 1000) for mfen in (cost.all_mfen, cost.local_mfen, cost.poor_mfen)]
    all_fen, local_fen, poor_fen = fen if known.county_code is not None else [None] * 3
    return PortionRead(
        portion_permille=recipe.portion_permille[band],
        portion_g=divide(facts.portion_mg(recipe, band), 1000),
        nutrients=_given(recipe, known, band, list(Nutrient)),
        cost_fen=all_fen,
        local_fen=local_fen,
        poor_fen=poor_fen,
    )
