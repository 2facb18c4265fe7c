"""What can happen to meal patterns."""

from typing import Any

from sqlalchemy import Row

from services.nutrition.dishes.domain import Scope
from services.nutrition.dishes.reading import county_of
from services.nutrition.patterns import queries
from services.nutrition.patterns.schemas import PatternRead, PatternRow
from services.nutrition.upserts import digest_of, once_each
from shared.bulk import Imported, Rows, parse
from shared.errors import DomainError, NotFound
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork


async def put_patterns(uow: UnitOfWork, body: Rows) -> Imported:
    """Take the good rows; plans made before stand."""
    good, refused = parse(PatternRow, body)
    rows, twice = once_each(good, ["scope", "county_code", "canteen_id", "meal"])
    values = {
        (row.scope.value, row.owner, row.meal.value): row.model_dump(mode="json", exclude={"county_code", "canteen_id"})
        | {"owner": row.owner, "digest": digest_of(row)}
        for _, row in rows.values()
    }
    return (await queries.put(uow, values)).imported([*refused, *twice])


async def remove_pattern(
    uow: UnitOfWork, scope: Scope, county_code: str | None, canteen_id: str | None, meal: Meal
) -> None:
    """Take a pattern back: the wider scope's holds again. Raises DomainError, NotFound."""
    for name, value, of in (("county_code", county_code, Scope.COUNTY), ("canteen_id", canteen_id, Scope.CANTEEN)):
        if (value is None) is (scope is of):
            raise DomainError("owner-of-scope", f"{name} goes with the scope {of}, and only with it", field=name)
    owner = county_code or canteen_id or ""
    if not await queries.remove(uow.session, scope, owner, meal):
        raise NotFound("meal-pattern", f"of {scope} {owner} for {meal}".replace("  ", " "))


async def list_patterns(uow: UnitOfWork, county_code: str | None, canteen_id: str | None) -> list[PatternRead]:
    """Return the patterns that concern a county or canteen, the widest scope first. Raises NotFound for a canteen."""
    county_code = await county_of(uow, county_code, canteen_id)
    return [_read(row) for row in await queries.rows_for(uow.session, canteen_id, county_code)]


def _read(row: Row[Any]) -> PatternRead:
    return PatternRead.model_validate(
        {
            **row._mapping,
            "county_code": row.owner if row.scope == Scope.COUNTY else None,
            "canteen_id": row.owner if row.scope == Scope.CANTEEN else None,
        }
    )
