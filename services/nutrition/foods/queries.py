"""SQL of the foods."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select

from services.nutrition.foods.domain import Food, Nutrient, Season
from services.nutrition.foods.models import Food as FoodTable
from services.nutrition.foods.models import FoodAllergen, FoodVersion
from services.nutrition.tables import table_of
from services.nutrition.upserts import Merged, merge
from shared.database import Session
from shared.errors import NotFound
from shared.fields import TemperatureClass
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

food, allergen, food_version = table_of(FoodTable), table_of(FoodAllergen), table_of(FoodVersion)
COLUMN_OF = {
    Nutrient.ENERGY_KCAL: "energy_cal",
    Nutrient.PROTEIN_G: "protein_mg",
    Nutrient.FAT_G: "fat_mg",
    Nutrient.CARBOHYDRATE_G: "carbohydrate_mg",
    Nutrient.FIBRE_G: "fibre_mg",
    Nutrient.CALCIUM_MG: "calcium_ug",
    Nutrient.IRON_MG: "iron_ug",
    Nutrient.ZINC_MG: "zinc_ug",
    Nutrient.SODIUM_MG: "sodium_ug",
    Nutrient.VITAMIN_A_UG_RAE: "vitamin_a_ng_rae",
    Nutrient.THIAMIN_MG: "thiamin_ug",
    Nutrient.RIBOFLAVIN_MG: "riboflavin_ug",
    Nutrient.VITAMIN_C_MG: "vitamin_c_ug",
}
"""The column that keeps a nutrient: 1/1000 of its unit has a name of its own."""
_KNOWN = select(food.c.food_code, func.coalesce(food.c.shelf_life_days, 0)).where(
    food.c.food_code.in_(bindparam("codes", expanding=True))
)


async def put(
    uow: UnitOfWork, rows: Mapping[tuple[Any, ...], dict[str, Any]], said: Mapping[tuple[Any, ...], dict[str, Any]]
) -> Merged:
    """Insert or update foods, each with the list `allergens` beside its columns; `said` is kept as it was put."""
    plain = {key: {name: value for name, value in row.items() if name != "allergens"} for key, row in rows.items()}
    merged = await merge(uow, food, ["food_code"], plain)
    told = [code for (code,) in merged.told]
    if told:
        await uow.session.execute(delete(allergen).where(allergen.c.food_code.in_(told)))
        versions = [
            {"food_code": key[0], "version": version, "said": said[key], "said_at": uow.now}
            for key, version in merged.told.items()
        ]
        await uow.session.execute(insert(food_version), versions)
    found = [{"food_code": code, "allergen": name} for code in told for name in rows[(code,)]["allergens"]]
    if found:
        await uow.session.execute(insert(allergen), found)
    return merged


async def page(session: Session, paging: Paging) -> Sequence[Row[Any]]:
    """Return foods ordered by code."""
    statement = select(food).order_by(food.c.food_code).limit(paging.limit)
    if paging.after is not None:
        statement = statement.where(food.c.food_code > paging.after)
    return list((await session.execute(statement)).all())


async def one(session: Session, food_code: str) -> Row[Any]:
    """Return a food."""
    row: Row[Any] | None = (await session.execute(select(food).where(food.c.food_code == food_code))).first()
    if row is None:
        raise NotFound("food", food_code)
    return row


async def known(session: Session, codes: Collection[str]) -> dict[str, int]:
    """Return the shelf life in days of each food among `codes` that is known.

    Food of which nobody has said how it keeps, keeps for no day: it is used first.
    """
    return {code: days for code, days in (await session.execute(_KNOWN, {"codes": sorted(codes)})).all()}


async def allergens(session: Session, codes: Iterable[str]) -> dict[str, list[str]]:
    """Return the allergens of foods, in order of their names."""
    statement = select(allergen).where(allergen.c.food_code.in_(list(codes))).order_by(*allergen.primary_key)
    found: dict[str, list[str]] = {}
    for row in (await session.execute(statement)).all():
        found.setdefault(row.food_code, []).append(row.allergen)
    return found


async def library(session: Session, county_code: str | None, codes: Collection[str] | None = None) -> dict[str, Food]:
    """Return the foods as a county knows them, those among `codes` only; codes nobody knows are left out."""
    statement = select(food).order_by(food.c.food_code)
    carried = select(allergen.c.food_code, allergen.c.allergen)
    if codes is not None:
        statement = statement.where(food.c.food_code.in_(sorted(codes)))
        carried = carried.where(allergen.c.food_code.in_(sorted(codes)))
    rows = (await session.execute(statement)).all()
    names: dict[str, set[str]] = {}
    for code, name in (await session.execute(carried)).all():
        names.setdefault(code, set()).add(name)
    return {row.food_code: _food(row, frozenset(names.get(row.food_code, ()))) for row in rows}


def _food(row: Row[Any], allergens: frozenset[str]) -> Food:
    held = {nutrient: getattr(row, column) for nutrient, column in COLUMN_OF.items()}
    temperature, months = row.temperature_class, (row.season_from_month, row.season_to_month)
    return Food(
        food_code=row.food_code,
        food_group=row.food_group,
        edible_permille=row.edible_permille,
        temperature_class=None if temperature is None else TemperatureClass(temperature),
        shelf_life_days=row.shelf_life_days,
        farmed=row.farmed,
        canteen_ban=row.canteen_ban,
        allergens=allergens,
        dark_vegetable=row.dark_vegetable,
        season=None if months[0] is None or months[1] is None else Season(months[0], months[1]),
        reference_price_fen_per_kg=row.reference_price_fen_per_kg,
        composition={nutrient: amount for nutrient, amount in held.items() if amount is not None},
    )
