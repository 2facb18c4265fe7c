"""All SQL of the rules counties buy by."""

from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import select

from services.procurement.rows import row_of
from services.procurement.sourcing.rules.domain import Rules
from services.procurement.sourcing.rules.models import sourcing_rules
from services.procurement.tables import insert_into
from shared.database import Session
from shared.unit_of_work import UnitOfWork

_NAMES = [field.name for field in fields(Rules)]
_COLUMNS = [sourcing_rules.c[name] for name in _NAMES]


async def put(uow: UnitOfWork, rules: Rules) -> None:
    """Write the rules of a county from a day on; rules for the same day are replaced."""
    statement = insert_into(uow, sourcing_rules).values(row_of(rules, _NAMES))
    told = {name: statement.excluded[name] for name in _NAMES if name not in ("county_code", "valid_from")}
    keys = ["county_code", "valid_from"]
    await uow.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=told))


async def in_force(session: Session, county_code: str, day: date) -> Rules | None:
    """Return the rules a county set last that hold on a day, None when it has set none."""
    statement = (
        select(*_COLUMNS)
        .where(sourcing_rules.c.county_code == county_code, sourcing_rules.c.valid_from <= day)
        .order_by(sourcing_rules.c.valid_from.desc())
        .limit(1)
    )
    return _rules((await session.execute(statement)).first())


async def all_of(session: Session, county_code: str) -> list[Rules]:
    """Return all rules of a county, the first first."""
    statement = select(*_COLUMNS).where(sourcing_rules.c.county_code == county_code)
    rows = await session.execute(statement.order_by(sourcing_rules.c.valid_from))
    return [rules for row in rows if (rules := _rules(row))]


def _rules(row: Any) -> Rules | None:
    return None if row is None else Rules(**dict(zip(_NAMES, row, strict=True)))
