"""Routes of the statements."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Path

from services.procurement.answers import cut
from services.procurement.ledger.domain import Account, Kind
from services.procurement.months import Month, MonthAsked
from services.procurement.settlement import statements
from services.procurement.settlement.schemas import (
    HouseholdLine,
    HouseholdStatement,
    PartyStatement,
    StatementLine,
    Totals,
)
from shared.fields import Id
from shared.routing import Page, Paging, UoW, service_router
from shared.unit_of_work import UnitOfWork

router = service_router(tags=["settlement"])


@router.get("/statements/schools/{canteen_id}")
async def read_school_statement(
    canteen_id: Annotated[Id, Path(examples=["school-520628-001"])], month: MonthAsked, uow: UoW, page: Page
) -> PartyStatement:
    """Show a school's month: what it ordered, what came, what was accepted, what it pays."""
    return await _of_party(uow, {"canteen_id": canteen_id}, Account(Kind.SCHOOL, canteen_id), month, page)


@router.get("/statements/cooperatives/{cooperative_id}")
async def read_cooperative_statement(
    cooperative_id: Annotated[Id, Path(examples=["coop-520628-001"])], month: MonthAsked, uow: UoW, page: Page
) -> PartyStatement:
    """Show a cooperative's month: what was ordered from it, what was accepted, what it and its households earn."""
    account = Account(Kind.COOPERATIVE, cooperative_id)
    return await _of_party(uow, {"cooperative_id": cooperative_id}, account, month, page)


async def _of_party(
    uow: UnitOfWork, party: Mapping[str, str], account: Account, month: str, page: Paging
) -> PartyStatement:
    statement = await statements.of_party(uow, party, account, Month.of(month), page)
    lines, after = cut(page, statement.lines, lambda row: str(row.line_id))
    return PartyStatement(
        month=month,
        account=account.name,
        total_fen=statement.totals["amount_fen"],
        ledger_fen=statement.ledger_fen,
        totals=Totals(**statement.totals),
        items=[StatementLine.of(row) for row in lines],
        next=after,
    )


@router.get("/statements/households/{household_id}")
async def read_household_statement(
    household_id: Annotated[Id, Path(examples=["hh-520628-00001"])], month: MonthAsked, uow: UoW, page: Page
) -> HouseholdStatement:
    """Show a household's month: what it was paid for its part of each order."""
    account = Account(Kind.HOUSEHOLD, household_id)
    statement = await statements.of_household(uow, account, Month.of(month), page)
    lines, after = cut(page, statement.lines, lambda row: str(row.order_id))
    return HouseholdStatement(
        month=month,
        account=account.name,
        total_fen=statement.ledger_fen,
        accepted_g=statement.totals["accepted_g"],
        items=[HouseholdLine.of(row) for row in lines],
        next=after,
    )
