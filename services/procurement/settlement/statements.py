"""Monthly statements: what a school, a cooperative or a household was delivered, and what is paid for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.procurement.ledger import links
from services.procurement.ledger import queries as ledger
from services.procurement.ledger.chain import Link
from services.procurement.ledger.domain import Account, Kind
from services.procurement.market import queries as market
from services.procurement.market.models import market_supplier
from services.procurement.months import Month
from services.procurement.orders.document import Names
from services.procurement.partners import queries as partners
from services.procurement.partners.models import canteen, cooperative, food
from services.procurement.settlement import queries
from services.procurement.settlement.domain import accounts_of_school
from shared.errors import DomainError, NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

MOST_PRINTED = 20_000
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Party:
    """Whose statement it is: its column in orders, its account, and those that hold what it pays or earns."""

    column: str
    key: str
    account: Account
    accounts: Sequence[str]


def of_school(canteen_id: str) -> Party:
    """Return a school as the party of a statement."""
    return Party("canteen_id", canteen_id, Account(Kind.SCHOOL, canteen_id), accounts_of_school(canteen_id))


def of_cooperative(cooperative_id: str) -> Party:
    """Return a cooperative as the party of a statement."""
    account = Account(Kind.COOPERATIVE, cooperative_id)
    return Party("cooperative_id", cooperative_id, account, [account.name])


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of lines (one more than asked for), the totals of all lines, the month's balance in the ledger (fen).

    `money` says how far it is paid.
    """

    lines: Sequence[Any]
    totals: Mapping[str, int]
    ledger_fen: int
    money: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whole:
    """A statement with all its lines, whose it is, and the last link of its county's ledger chain.

    `names` are those of its foods, schools and suppliers, Chinese and English, by code and id.
    """

    name: str
    names: Names
    lines: Sequence[Any]
    totals: Mapping[str, int]
    money: Mapping[str, int]
    last: Link | None


async def of_party(uow: UnitOfWork, party: Party, month: Month, paging: Paging) -> Statement:
    """Return a school's or cooperative's statement.

    Raises NotFound for one nobody has told of: an empty statement would say that it has nothing to pay or to get.
    """
    await _place(uow, party)
    of = {party.column: party.key}
    lines = await queries.statement_lines(uow.session, of, month.first, month.last, paging)
    totals = await queries.statement_totals(uow.session, of, month.first, month.last)
    _, ledger_fen = await ledger.earned(uow.session, party.accounts, month.first, month.last)
    money = await queries.statement_money(uow.session, of, month.first, month.last)
    return Statement(lines, totals, ledger_fen, money)


async def _place(uow: UnitOfWork, party: Party) -> Any:
    place = await partners.place_of(uow.session, party.column, party.key)
    if place is None and party.column == "cooperative_id":
        place = await market.supplier_of(uow.session, party.key)
    if place is None:
        raise NotFound(party.column.removesuffix("_id"), party.key, field=party.column)
    return place


async def whole(uow: UnitOfWork, party: Party, month: Month) -> Whole:
    """Return a statement with all its lines, to be printed. Raises NotFound, DomainError `too-long`."""
    place = await _place(uow, party)
    of = {party.column: party.key}
    lines = await _all_lines(uow, of, month)
    totals = await queries.statement_totals(uow.session, of, month.first, month.last)
    money = await queries.statement_money(uow.session, of, month.first, month.last)
    last = await links.last(uow.session, place.county_code)
    names = await _names(uow, lines)
    return Whole(place.name_zh, names, sorted(lines, key=_in_order), totals, money, last)


async def _all_lines(uow: UnitOfWork, of: Mapping[str, str], month: Month) -> list[Any]:
    lines: list[Any] = []
    asked = Paging(limit=_PAGE)
    while True:
        page = await queries.statement_lines(uow.session, of, month.first, month.last, asked)
        lines += page[:_PAGE]
        if len(lines) > MOST_PRINTED:
            raise DomainError("too-long", f"more than {MOST_PRINTED} lines: read it page by page", field="month")
        if len(page) <= _PAGE:
            return lines
        asked = Paging(limit=_PAGE, after=lines[-1].line_id)


async def _names(uow: UnitOfWork, lines: Sequence[Any]) -> Names:
    suppliers = {line.cooperative_id for line in lines}
    wanted = (
        (food, {line.food_code for line in lines}),
        (canteen, {line.canteen_id for line in lines}),
        (market_supplier, suppliers),
        (cooperative, suppliers),
    )
    names: dict[str, tuple[str, str]] = {}
    for table, keys in wanted:
        names |= await partners.names_of(uow.session, table, keys)
    return names


def _in_order(line: Any) -> tuple[Any, ...]:
    return (line.delivery_day, line.canteen_id, line.cooperative_id, line.food_code, line.line_id)


async def of_household(uow: UnitOfWork, account: Account, month: Month, paging: Paging) -> Statement:
    """Return a household's statement: what it was paid per order."""
    lines = await queries.household_orders(uow.session, account.name, month.first, month.last, paging)
    grams, amount = await ledger.earned(uow.session, [account.name], month.first, month.last)
    return Statement(lines, {"accepted_g": grams}, amount)
