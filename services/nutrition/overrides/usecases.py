"""What can happen to a county's own values of foods."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from services.nutrition.foods.reading import said_of
from services.nutrition.foods.schemas import FoodRow
from services.nutrition.overrides import queries
from services.nutrition.overrides.domain import NEVER, less_safe
from services.nutrition.overrides.schemas import OverrideRead, OverrideRow, OverrideVersionRead
from services.nutrition.pages import version_after
from services.nutrition.upserts import Key, digest_of, once_each
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError, NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

Numbered = list[tuple[int, OverrideRow]]


async def put_overrides(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows. Rows of one food of one county are looked at together: a season has two ends."""
    good, refused = parse(OverrideRow, body)
    rows, twice = once_each(good, queries.KEY)
    shared = await said_of(uow.session, {row.food_code for _, row in rows.values()})
    groups: dict[tuple[str, str], Numbered] = {}
    for index, row in rows.values():
        groups.setdefault((row.county_code, row.food_code), []).append((index, row))
    taken: dict[Key, dict[str, Any]] = {}
    broken: list[Refusal] = []
    for (county_code, food_code), group in sorted(groups.items()):
        stands = (await queries.of_county(uow.session, county_code, [food_code])).get(food_code, {})
        kept, wrong = _look_at(shared.get(food_code), {field: value for field, (value, _) in stands.items()}, group)
        taken |= kept
        broken += wrong
    return (await queries.put(uow, taken)).imported([*refused, *twice, *broken])


def _look_at(
    shared: Mapping[str, Any] | None, stands: Mapping[str, Any], group: Numbered
) -> tuple[dict[Key, dict[str, Any]], list[Refusal]]:
    """Return the columns of the rows that leave a possible food, and why the others do not."""
    refused = [refuse(index, error) for index, row in group if (error := _unknown(shared, row)) is not None]
    fine = [item for item in group if item[0] not in {refusal.index for refusal in refused}]
    while fine and shared is not None:
        food, wrong = _together(shared, stands, fine)
        if food is not None and not wrong:
            return {_key(row): _columns(row, food) for _, row in fine}, refused
        refused += wrong
        fine = [item for item in fine if item[0] not in {refusal.index for refusal in wrong}]
    return {}, refused


def _unknown(shared: Mapping[str, Any] | None, row: OverrideRow) -> DomainError | None:
    if shared is None:
        return NotFound("food", row.food_code, field="food_code")
    if row.field not in FoodRow.model_fields or row.field in NEVER:
        return DomainError("unknown-field", f"a food has no value {row.field} to override", field="field")
    return None


def _together(
    shared: Mapping[str, Any], stands: Mapping[str, Any], group: Numbered
) -> tuple[FoodRow | None, list[Refusal]]:
    """Return the food as the county would know it, or the rows that spoil it.

    A rule that two values share may name the other one: then it is the row that is impossible by itself.
    """
    known = {**shared, **stands}
    food, first = _food(known, group)
    if food is None:
        named = [index for index, row in group if row.field in first["loc"]]
        alone = [item[0] for item in group if _food(known, [item])[0] is None]
        wrong = named or alone or [index for index, _ in group]
        return None, [Refusal(index=i, field="value", rule=first["type"], detail=first["msg"]) for i in wrong]
    broken = [(index, less_safe(shared, row.field, getattr(food, row.field))) for index, row in group]
    return food, [refuse(index, error) for index, error in broken if error is not None]


def _food(known: Mapping[str, Any], group: Numbered) -> tuple[FoodRow | None, Mapping[str, Any]]:
    """Return a food with the values of the rows in place, or None and the first thing wrong with it."""
    try:
        return FoodRow.model_validate({**known, **{row.field: row.value for _, row in group}}), {}
    except ValidationError as error:
        return None, error.errors()[0]


def _key(row: OverrideRow) -> Key:
    return (row.county_code, row.food_code, row.field)


def _columns(row: OverrideRow, food: FoodRow) -> dict[str, Any]:
    """Return the columns of an override, its value as the food has it (rounded, in order)."""
    row.value = food.model_dump(mode="json")[row.field]
    return row.model_dump() | {"removed": False, "digest": digest_of(row)}


async def list_overrides(
    uow: UnitOfWork, county_code: str, food_code: str | None, paging: Paging
) -> list[OverrideRead]:
    """Return a page of what a county says."""
    after = None
    if paging.after is not None:
        food, _, field = paging.after.partition(".")
        after = (food, field)
    rows = await queries.page(uow.session, county_code, food_code, paging.limit, after)
    return [OverrideRead.model_validate(row._mapping) for row in rows]


async def remove_override(uow: UnitOfWork, key: tuple[str, str, str], reason: str) -> None:
    """Take a value back. Raises NotFound where the county says nothing."""
    await queries.remove(uow, key, reason)


async def list_versions(uow: UnitOfWork, key: tuple[str, str, str], paging: Paging) -> list[OverrideVersionRead]:
    """Return a page of everything a county said of one value."""
    rows = await queries.versions(uow.session, key, paging.limit, version_after(paging))
    return [OverrideVersionRead.model_validate(row._mapping) for row in rows]
