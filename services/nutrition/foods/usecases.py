"""What can happen to foods."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.nutrition.foods import queries
from services.nutrition.foods.domain import Nutrient, doubts
from services.nutrition.foods.reading import said_of
from services.nutrition.foods.schemas import FoodRow, FoodsImported
from services.nutrition.foods.sheet import COLUMNS, read_sheet, write_sheet
from services.nutrition.upserts import Key, digest_of, once_each
from shared.bulk import Refusal, Rows, parse, refusal_of
from shared.events.nutrition import FoodRegistered
from shared.tabular import SheetImported, sheet_imported
from shared.unit_of_work import UnitOfWork


async def put_foods(uow: UnitOfWork, body: Rows) -> FoodsImported:
    """Take the good rows; menus published before keep what they were computed from."""
    good, refused = parse(FoodRow, body)
    rows, twice = once_each(good, ["food_code"])
    return await take(uow, rows, [*refused, *twice])


async def import_foods(uow: UnitOfWork, data: bytes) -> SheetImported:
    """Take the good rows of a CSV file. A column the file has not says nothing: what is known of a food stays."""
    sheet = read_sheet(data)
    codes = {row["food_code"] for _, row in sheet.rows if isinstance(row.get("food_code"), str)}
    silent = not sheet.fields.issuperset(COLUMNS)
    known = await said_of(uow.session, codes, lock=True) if silent else {}
    good, refused = [], list(sheet.refused)
    for number, row in sheet.rows:
        try:
            good.append((number, FoodRow.model_validate({**known.get(row["food_code"], {}), **row})))
        except ValidationError as error:
            refused.append(refusal_of(number, error))
    rows, twice = once_each(good, ["food_code"])
    imported = await take(uow, rows, [*refused, *twice])
    return sheet_imported(imported, imported.refused, [*sheet.warned, *imported.warned])


async def export_foods(uow: UnitOfWork) -> bytes:
    """Return all foods of the shared table as a CSV file that imports again to the same."""
    return write_sheet((await said_of(uow.session, None)).values())


async def take(uow: UnitOfWork, rows: Mapping[Key, tuple[int, FoodRow]], refused: Iterable[Refusal]) -> FoodsImported:
    """Insert or update foods, rows by code with their index; every version is kept."""
    values = {key: columns_of(row) | {"digest": digest_of(row)} for key, (_, row) in rows.items()}
    said = {key: row.model_dump(mode="json") for key, (_, row) in rows.items()}
    merged = await queries.put(uow, values, said)
    uow.emit(*(_told(rows[key][1], version, uow.now) for key, version in sorted(merged.told.items())))
    imported = merged.imported(refused)
    warned = [
        Refusal(index=index, field=doubt.field, rule=doubt.rule, detail=doubt.detail)
        for index, row in sorted(rows.values(), key=lambda item: item[0])
        for doubt in doubts(row.composition)
    ]
    return FoodsImported(**imported.model_dump(), warned=warned)


def _told(row: FoodRow, version: int, now: datetime) -> FoodRegistered:
    told = row.model_dump(include={"food_code", "name_zh", "name_en", "food_group", "temperature_class"})
    return FoodRegistered(**told, version=version, registered_at=now)


def columns_of(row: FoodRow) -> dict[str, Any]:
    """Return the columns of a food, and its allergens."""
    held = row.composition
    plain = row.model_dump(mode="json", exclude={nutrient.value for nutrient in Nutrient})
    return plain | {column: held.get(nutrient) for nutrient, column in queries.COLUMN_OF.items()}
