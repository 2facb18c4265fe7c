"""What can happen to the rules a county buys by."""

from datetime import date

from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.sourcing.rules import domain, queries
from services.procurement.sourcing.rules.defaults import default_rules
from services.procurement.sourcing.rules.domain import Rules
from shared.database import Session
from shared.unit_of_work import UnitOfWork


async def put_rules(uow: UnitOfWork, rules: Rules) -> Rules:
    """Set the rules of a county from a day on. Raises what `domain.check` raises."""
    domain.check(rules, _today(uow))
    await queries.put(uow, rules)
    return rules


async def rules_on(session: Session, county_code: str, day: date) -> Rules:
    """Return the rules that hold in a county on a day: its own, else those that hold everywhere."""
    return await queries.in_force(session, county_code, day) or default_rules()


async def rules_today(uow: UnitOfWork, county_code: str, day: date | None) -> Rules:
    """Return the rules that hold in a county on a day, by default today."""
    return await rules_on(uow.session, county_code, day or _today(uow))


async def all_rules(uow: UnitOfWork, county_code: str) -> list[Rules]:
    """Return the rules that hold everywhere, then all a county has set, past and coming."""
    return [default_rules(), *await queries.all_of(uow.session, county_code)]


def _today(uow: UnitOfWork) -> date:
    return uow.now.astimezone(SCHOOL_TIME).date()
