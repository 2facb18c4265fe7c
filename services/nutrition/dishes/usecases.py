"""What can happen to dishes."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from services.nutrition.canteens import queries as canteens
from services.nutrition.dishes import counted, finding, queries, reading
from services.nutrition.dishes.domain import Feedback, Library, OfDish, Scope, Wanted, check_copy, check_told
from services.nutrition.dishes.schemas import CopyInput, DishRead, DishRow, Owned
from services.nutrition.dishes.sheet import COLUMNS, read_sheet, write_sheet
from services.nutrition.foods import queries as foods
from services.nutrition.upserts import Key, digest_of, once_each
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import Conflict, DomainError, NotFound
from shared.service import Service
from shared.tabular import SheetImported, sheet_imported
from shared.unit_of_work import UnitOfWork

MOST_EXPORTED = 20_000
SUMMED_AT_ONCE = 5_000


async def put_dishes(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; a changed dish gets a new version, published menus keep the one they used."""
    good, refused = parse(DishRow, body)
    rows, twice = once_each(good, ["dish_code"])
    return await take(uow, rows, [*refused, *twice])


def library_named(county_code: str | None, canteen_id: str | None) -> Library | None:
    """Return the library that a canteen or, without one, a county names."""
    if canteen_id is not None:
        return Library(Scope.CANTEEN, None, canteen_id)
    return None if county_code is None else Library(Scope.COUNTY, county_code)


async def import_dishes(uow: UnitOfWork, data: bytes, library: Library | None = None) -> SheetImported:
    """Take the good dishes of a CSV file. A column the file has not says nothing: what is known of a dish stays.

    With a library, dishes that the file puts elsewhere, or that stand elsewhere, are refused.
    """
    sheet = read_sheet(data)
    silent = not sheet.columns.issuperset(COLUMNS)
    codes = [one.dish_code for one in sheet.dishes] if silent else []
    async with uow.as_system():  # what stands in another library is refused below, not taken for new
        known = await reading.said_of(uow.session, codes, lock=True)
    rows: dict[Key, tuple[int, DishRow]] = {}
    refused = list(sheet.refused)
    owner: dict[str, Any] = {} if library is None else asdict(library)
    for place, written in enumerate(sheet.dishes):
        said = {name: value for name, value in written.values.items() if value is not None}
        base = {name: value for name, value in known.get(written.dish_code, {}).items() if name not in sheet.columns}
        try:
            row = DishRow.model_validate(owner | base | said | {"dish_code": written.dish_code})
        except ValidationError as error:
            first = error.errors()[0]
            refused.append(written.refuse(first["loc"], first["type"], first["msg"]))
            continue
        if library is not None and _library(row) != library:
            detail = f"the file is for the library of {library.owner}"
            refused.append(written.refuse(["scope"], "dish-of-another-library", detail))
        else:
            rows[row.dish_code,] = (place, row)
    imported = await take(uow, rows, [])
    for broken in imported.refused:
        path = [int(part) if part.isdigit() else part for part in broken.field.split(".")]
        refused.append(sheet.dishes[broken.index].refuse(path, broken.rule, broken.detail))
    return sheet_imported(imported, sorted(refused, key=lambda one: one.index), sheet.warned)


async def export_dishes(uow: UnitOfWork, wanted: Wanted) -> bytes:
    """Return dishes as a CSV file that imports again to the same."""
    codes = [row.dish_code for row in await finding.page(uow.session, wanted, MOST_EXPORTED, None)]
    return write_sheet((await reading.said_of(uow.session, codes)).values())


async def take(uow: UnitOfWork, rows: Mapping[Key, tuple[int, DishRow]], refused: Iterable[Refusal]) -> Imported:
    """Insert or update dishes, rows by code with their index; those that break a rule are refused, too."""
    standing = await queries.libraries(uow.session, {row.dish_code for _, row in rows.values()})
    broken = await _broken(uow, rows, standing)
    taken = {key: row for key, (index, row) in rows.items() if index not in broken}
    merged = await queries.put(uow, {key: columns_of(row) for key, row in taken.items()})
    for (code,), version in merged.told.items():
        if version > 1 and code not in standing:
            raise Conflict("made-at-the-same-time", f"somebody made {code} at the same moment; try again", field="rows")
    return merged.imported([*refused, *broken.values()])


def columns_of(row: DishRow) -> dict[str, Any]:
    """Return the columns of a dish, and its ingredients in the order of their codes: another order says nothing new."""
    row.ingredients = sorted(row.ingredients, key=lambda part: part.food_code)
    return row.model_dump(mode="json") | {"digest": digest_of(row)}


async def _broken(
    uow: UnitOfWork, rows: Mapping[Key, tuple[int, DishRow]], standing: Mapping[str, Library]
) -> dict[int, Refusal]:
    """Return the refusals of rows that name an unknown food or canteen, or somebody else's dish, by the row's index."""
    known = await foods.known(uow.session, {part.food_code for _, row in rows.values() for part in row.ingredients})
    owners = {row.canteen_id for _, row in rows.values() if row.canteen_id is not None}
    canteen_ids = await canteens.known(uow.session, owners) if owners else set()
    broken: dict[int, Refusal] = {}
    for index, row in rows.values():
        error = _broken_rule(row, known, canteen_ids, standing.get(row.dish_code))
        if error is not None:
            broken[index] = refuse(index, error)
    return broken


def _broken_rule(
    row: DishRow, foods_known: Mapping[str, int], canteens_known: set[str], standing: Library | None
) -> DomainError | None:
    for place, part in enumerate(row.ingredients):
        if part.food_code not in foods_known:
            return NotFound("food", part.food_code, field=f"ingredients.{place}.food_code")
    if row.canteen_id is not None and row.canteen_id not in canteens_known:
        return NotFound("canteen", row.canteen_id, field="canteen_id")
    if standing is not None and standing != _library(row):
        whose = standing.owner or "the province"
        detail = f"{row.dish_code} stands in the library of {whose} and stays there; copy it"
        return Conflict("dish-of-another-library", detail, field="dish_code")
    return None


def _library(row: Owned) -> Library:
    return Library(row.scope, row.county_code, row.canteen_id)


async def _with_county(uow: UnitOfWork, library: Library) -> Library:
    """Return a library with the county a canteen lies in."""
    if library.canteen_id is None:
        return library
    if not await canteens.known(uow.session, [library.canteen_id]):
        raise NotFound("canteen", library.canteen_id, field="canteen_id")
    county: str = (await canteens.one(uow.session, library.canteen_id)).county_code
    return Library(Scope.CANTEEN, county, library.canteen_id)


async def copy_dish(uow: UnitOfWork, dish_code: str, body: CopyInput) -> DishRead:
    """Copy a dish as it is now under a code of its own, for a canteen or county or promoted to one around it."""
    row, recipe = await reading.one(uow.session, dish_code, None, None)
    source = await _with_county(uow, Library(recipe.scope, row.county_code, row.canteen_id))
    check_copy(source, await _with_county(uow, _library(body)))
    said = {name: row._mapping[name] for name in queries.VERSIONED}
    parts = [{"food_code": part.food_code, "portion_mg": part.portion_mg} for part in recipe.ingredients]
    copy = DishRow.model_validate(said | body.model_dump() | {"ingredients": parts})
    origin = {"copied_from": dish_code, "copied_version": recipe.version}
    merged = await queries.put(uow, {(body.dish_code,): columns_of(copy) | origin})
    if merged.created != 1:
        raise Conflict("dish-exists", f"there is a dish {body.dish_code} already", field="dish_code")
    return await reading.read_dish(uow, body.dish_code, None, None)


async def retire_dish(uow: UnitOfWork, dish_code: str, reason: str) -> DishRead:
    """Keep a dish out of new menus; menus that have it and its versions stand. One retired already stays as it was."""
    await queries.one(uow.session, dish_code)
    await queries.set_retired(uow, dish_code, reason)
    return await reading.read_dish(uow, dish_code, None, None)


async def restore_dish(uow: UnitOfWork, dish_code: str) -> DishRead:
    """Let a retired dish stand in new menus again."""
    await queries.one(uow.session, dish_code)
    await queries.set_retired(uow, dish_code, None)
    return await reading.read_dish(uow, dish_code, None, None)


async def note_feedback(uow: UnitOfWork, told: Mapping[OfDish, Feedback]) -> None:
    """Add what came back of dishes: votes of 1 to 5 points, grams left of portions whose leavings were weighed.

    Negative numbers correct what was told before. Raises DomainError where something told cannot be.
    """
    for one in told.values():
        check_told(one)
    await counted.tell(uow.session, told)


async def sum_up_feedback(service: Service) -> int:
    """Add what was told of dishes to what counties know of them; returns how much was told."""
    summed = 0
    while True:
        async with service.begin() as uow:
            told = await counted.take(uow.session, SUMMED_AT_ONCE)
            sums: dict[OfDish, Feedback] = {}
            for key, one in told:
                sums[key] = sums.get(key, Feedback(0, 0, 0, 0)) + one
            await counted.add(uow, sums)
        summed += len(told)
        if len(told) < SUMMED_AT_ONCE:
            return summed
