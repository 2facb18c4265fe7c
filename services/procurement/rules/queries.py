"""All SQL of ordering rules."""

from collections.abc import Iterable, Sequence
from dataclasses import fields

from sqlalchemy import select, tuple_

from services.procurement.rows import row_of
from services.procurement.rules.domain import Rule, Rules
from services.procurement.rules.models import ordering_rule
from services.procurement.tables import insert_into
from shared.database import Session
from shared.market import regions_of
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(Rule)]
_COLUMNS = [ordering_rule.c[name] for name in _NAMES]


async def rules_of(session: Session, county_codes: Iterable[str]) -> Rules:
    """Return all rules that may concern these counties, of any day: a region has a few."""
    regions = sorted({region for county in county_codes for region in regions_of(county)})
    found = await session.execute(select(*_COLUMNS).where(ordering_rule.c.region_code.in_(regions)))
    return Rules(tuple(Rule(*row) for row in found))


async def present(session: Session, places: Iterable[tuple[str, object]]) -> dict[tuple[str, object], Rule]:
    """Lock and return those of these rules that exist, by region and day."""
    place = tuple_(ordering_rule.c.region_code, ordering_rule.c.valid_from)
    statement = select(*_COLUMNS).where(place.in_(sorted(places))).with_for_update()
    return {rule.place: rule for rule in (Rule(*row) for row in await session.execute(statement))}


async def put(uow: UnitOfWork, rules: Sequence[Rule]) -> None:
    """Write rules; one of the same region and day is replaced."""
    if not rules:
        return
    statement = insert_into(uow, ordering_rule)
    replaced = {name: statement.excluded[name] for name in _NAMES[2:]}
    newest = statement.on_conflict_do_update(index_elements=["region_code", "valid_from"], set_=replaced)
    await uow.session.execute(newest, [row_of(rule, _NAMES) for rule in rules])


async def all_rules(session: Session, region_code: str | None) -> list[Rule]:
    """Return the rules of a region, or all, by region and day."""
    statement = select(*_COLUMNS).order_by(ordering_rule.c.region_code, ordering_rule.c.valid_from)
    if region_code is not None:
        statement = statement.where(ordering_rule.c.region_code == region_code)
    return [Rule(*row) for row in await session.execute(statement.limit(1000))]
