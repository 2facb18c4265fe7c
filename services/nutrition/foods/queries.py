"""SQL of the foods."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select

from services.nutrition.foods.domain import PER_UNIT, Food, Nutrient, Season
from services.nutrition.foods.models import Food as FoodTable
from services.nutrition.foods.models import FoodAllergen, FoodVersion
from services.nutrition.overrides import queries as overrides
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
_NUTRIENTS = frozenset(nutrient.value for nutrient in Nutrient)
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


async def page(session: Session, paging: Paging, farmed: bool | None) -> Sequence[Row[Any]]:
    """Return foods ordered by code; only those that are farmed nearby, or that are not, where it is said which."""
    statement = select(food).order_by(food.c.food_code).limit(paging.limit)
    if farmed is not None:
        statement = statement.where(food.c.farmed == farmed)
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


async def allergens(session: Session, codes: Collection[str] | None) -> dict[str, list[str]]:
    """Return the allergens of the foods among `codes` (of all foods), in order of their names."""
    statement = select(allergen).order_by(*allergen.primary_key)
    if codes is not None:
        statement = statement.where(allergen.c.food_code.in_(sorted(codes)))
    found: dict[str, list[str]] = {}
    for row in (await session.execute(statement)).all():
        found.setdefault(row.food_code, []).append(row.allergen)
    return found


async def of(session: Session, codes: Collection[str] | None, *, lock: bool = False) -> Sequence[Row[Any]]:
    """Return the foods among `codes` that are known (all foods), in order, locked where asked for."""
    statement = select(food).order_by(food.c.food_code)
    if codes is not None:
        statement = statement.where(food.c.food_code.in_(sorted(codes)))
    return list((await session.execute(statement.with_for_update(key_share=True) if lock else statement)).all())


async def version(session: Session, food_code: str, number: int) -> Row[Any] | None:
    """Return what was said of a food under a version, None where nothing was."""
    this = (food_version.c.food_code == food_code, food_version.c.version == number)
    row: Row[Any] | None = (await session.execute(select(food_version).where(*this))).first()
    return row


async def versions(session: Session, food_code: str, limit: int, after: int) -> Sequence[Row[Any]]:
    """Return the versions after `after` of a food, oldest first."""
    this = (food_version.c.food_code == food_code, food_version.c.version > after)
    statement = select(food_version).where(*this).order_by(food_version.c.version).limit(limit)
    return list((await session.execute(statement)).all())


async def library(session: Session, county_code: str | None, codes: Collection[str] | None = None) -> dict[str, Food]:
    """Return the foods as a county knows them, those among `codes` only; codes nobody knows are left out.

    Without a county, as the shared table has them.
    """
    rows = await of(session, codes)
    names = await allergens(session, codes)
    county = {} if county_code is None else await overrides.of_county(session, county_code, codes)
    return {row.food_code: _food(_known(row, names, county.get(row.food_code, {}))) for row in rows}


def _known(row: Row[Any], allergens: Mapping[str, list[str]], county: Mapping[str, tuple[Any, str]]) -> dict[str, Any]:
    """Return the columns of a food and its allergens, with what the county says in their place."""
    values: dict[str, Any] = {**row._mapping, "allergens": allergens.get(row.food_code, [])}
    for field, (value, _) in county.items():
        if field in _NUTRIENTS:
            values[COLUMN_OF[Nutrient(field)]] = None if value is None else round(value * PER_UNIT)
        else:
            values[field] = value
    return values


def _food(values: Mapping[str, Any]) -> Food:
    held = {nutrient: values[column] for nutrient, column in COLUMN_OF.items()}
    temperature, months = values["temperature_class"], (values["season_from_month"], values["season_to_month"])
    return Food(
        food_code=values["food_code"],
        food_group=values["food_group"],
        edible_permille=values["edible_permille"],
        temperature_class=None if temperature is None else TemperatureClass(temperature),
        shelf_life_days=values["shelf_life_days"],
        farmed=values["farmed"],
        canteen_ban=values["canteen_ban"],
        allergens=frozenset(values["allergens"]),
        dark_vegetable=values["dark_vegetable"],
        season=None if None in months else Season(*months),
        reference_price_fen_per_kg=values["reference_price_fen_per_kg"],
        composition={nutrient: amount for nutrient, amount in held.items() if amount is not None},
    )
