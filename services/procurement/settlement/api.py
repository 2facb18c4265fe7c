"""Routes of the statements."""

from typing import Annotated, Any, Literal

from fastapi import Path, Response

from services.procurement.answers import cut
from services.procurement.documents import attachment, pdf_answer
from services.procurement.ledger.domain import Account, Kind
from services.procurement.months import Month, MonthAsked
from services.procurement.settlement import statements
from services.procurement.settlement.printing import csv_of, document_of
from services.procurement.settlement.schemas import (
    HouseholdLine,
    HouseholdStatement,
    Money,
    PartyStatement,
    StatementLine,
    Totals,
)
from services.procurement.settlement.statements import Party
from shared.fields import Id
from shared.routing import Page, Paging, UoW, service_router
from shared.unit_of_work import UnitOfWork

router = service_router(tags=["settlement"])

Format = Annotated[Literal["csv", "pdf"], Path(examples=["pdf"])]
_DOCUMENT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}, "application/pdf": {}}}}


@router.get("/statements/schools/{canteen_id}")
async def read_school_statement(
    canteen_id: Annotated[Id, Path(examples=["school-520628-001"])], month: MonthAsked, uow: UoW, page: Page
) -> PartyStatement:
    """Show a school's month: what it ordered, what came, what was accepted, what it pays."""
    return await _of_party(uow, statements.of_school(canteen_id), month, page)


@router.get("/statements/cooperatives/{cooperative_id}")
async def read_cooperative_statement(
    cooperative_id: Annotated[Id, Path(examples=["coop-520628-001"])], month: MonthAsked, uow: UoW, page: Page
) -> PartyStatement:
    """Show a cooperative's month: what was ordered from it, what was accepted, what it and its households earn."""
    return await _of_party(uow, statements.of_cooperative(cooperative_id), month, page)


@router.get("/statements/schools/{canteen_id}/{format}", response_class=Response, responses=_DOCUMENT)
async def print_school_statement(
    canteen_id: Annotated[Id, Path(examples=["school-520628-001"])], format: Format, month: MonthAsked, uow: UoW
) -> Response:
    """Give a school's month as a PDF document to be signed, or as a CSV file: all its lines."""
    return await _printed(uow, statements.of_school(canteen_id), month, format)


@router.get("/statements/cooperatives/{cooperative_id}/{format}", response_class=Response, responses=_DOCUMENT)
async def print_cooperative_statement(
    cooperative_id: Annotated[Id, Path(examples=["coop-520628-001"])], format: Format, month: MonthAsked, uow: UoW
) -> Response:
    """Give a cooperative's month as a PDF document to be signed, or as a CSV file: all its lines."""
    return await _printed(uow, statements.of_cooperative(cooperative_id), month, format)


async def _printed(uow: UnitOfWork, party: Party, month: str, format: str) -> Response:
    statement = await statements.whole(uow, party, Month.of(month))
    name = f"statement-{party.key}-{month}.{format}"
    if format == "csv":
        return attachment(csv_of(statement), "text/csv; charset=utf-8", name)
    return await pdf_answer(document_of(party, month, statement), name)


async def _of_party(uow: UnitOfWork, party: Party, month: str, page: Paging) -> PartyStatement:
    statement = await statements.of_party(uow, party, Month.of(month), page)
    lines, after = cut(page, statement.lines, lambda row: str(row.line_id))
    return PartyStatement(
        month=month,
        account=party.account.name,
        amounts_are_for="accepted_g",
        total_fen=statement.totals["amount_fen"],
        ledger_fen=statement.ledger_fen,
        money=Money(**statement.money),
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
    async with uow.as_system():  # its month is whole, from whomever it earned
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
