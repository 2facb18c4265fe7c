"""Monthly statements: what a school, a cooperative or a household was delivered, and what is paid for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.procurement.ledger import queries as ledger
from services.procurement.ledger.domain import Account
from services.procurement.months import Month
from services.procurement.partners import queries as partners
from services.procurement.settlement import queries
from shared.errors import NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of lines (one more than asked for), the totals of all lines, the month's balance in the ledger (fen)."""

    lines: Sequence[Any]
    totals: Mapping[str, int]
    ledger_fen: int


async def of_party(
    uow: UnitOfWork, party: Mapping[str, str], account: Account, month: Month, paging: Paging
) -> Statement:
    """Return a school's or cooperative's statement; `party` names its column in orders, e.g. `canteen_id`.

    Raises NotFound for one nobody has told of: an empty statement would say that it has nothing to pay or to get.
    """
    for column, key in party.items():
        if not await partners.is_known(uow.session, column, key):
            raise NotFound(column.removesuffix("_id"), key, field=column)
    lines = await queries.statement_lines(uow.session, party, month.first, month.last, paging)
    totals = await queries.statement_totals(uow.session, party, month.first, month.last)
    _, ledger_fen = await ledger.earned(uow.session, [account.name], month.first, month.last)
    return Statement(lines, totals, ledger_fen)


async def of_household(uow: UnitOfWork, account: Account, month: Month, paging: Paging) -> Statement:
    """Return a household's statement: what it was paid per order."""
    lines = await queries.household_orders(uow.session, account.name, month.first, month.last, paging)
    grams, amount = await ledger.earned(uow.session, [account.name], month.first, month.last)
    return Statement(lines, {"accepted_g": grams}, amount)
