"""Statements on paper and in office programs: the same lines and sums, as a PDF document and as a CSV file.

The last hash of the county's ledger chain is printed at the foot: nothing booked before it can be changed unnoticed.
"""

from collections.abc import Mapping
from typing import Any

from services.procurement.documents import Column, Document, Section, Table
from services.procurement.ledger.domain import Kind
from services.procurement.orders.document import name_of
from services.procurement.settlement.statements import Party, Whole
from shared.tabular import guarded, write_table

_CSV = (
    "line_id",
    "order_id",
    "delivery_day",
    "canteen_id",
    "canteen",
    "cooperative_id",
    "cooperative",
    "status",
    "supplier",
    "food_code",
    "food",
    "ordered_g",
    "confirmed_g",
    "dispatched_g",
    "received_g",
    "accepted_g",
    "price_fen_per_kg",
    "amount_fen",
)
_NAMED = {"canteen": "canteen_id", "cooperative": "cooperative_id", "food": "food_code"}
"""Columns with names, and those with the keys of what they name."""
_GRAMS = ("ordered_g", "confirmed_g", "dispatched_g", "received_g", "accepted_g")
_MARKET = "（市场供应商 market supplier）"
_REMARK = "金额按验收重量计算, 或按争议裁定。 Amounts are for the accepted weight, or as a dispute was decided."
_COLUMNS = (
    Column("日期 Day", 2),
    Column("对方 Other party", 4),
    Column("食材 Food", 3),
    Column("订购 Ordered kg", 2, number=True),
    Column("确认 Confirmed kg", 2, number=True),
    Column("发货 Dispatched kg", 2, number=True),
    Column("实收 Received kg", 2, number=True),
    Column("验收 Accepted kg", 2, number=True),
    Column("单价 ¥/kg", 2, number=True),
    Column("金额 Amount ¥", 2, number=True),
)


def yuan(fen: int) -> str:
    """Return fen as ¥ with two decimals.

    >>> yuan(-123456)
    '-1,234.56'
    """
    whole, cents = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{cents:02}"


def kilograms(grams: int) -> str:
    """Return grams as kg with three decimals.

    >>> kilograms(1234567)
    '1,234.567'
    """
    whole, rest = divmod(abs(grams), 1000)
    return f"{'-' if grams < 0 else ''}{whole:,}.{rest:03}"


def csv_of(statement: Whole) -> bytes:
    """Return a statement's lines and their sum as a CSV file: integers in g and fen, names Chinese first."""
    rows = [[guarded(_cell(statement, line, name)) for name in _CSV] for line in statement.lines]
    totals = statement.totals
    rows.append(["total", *(str(totals[name]) if name in totals else "" for name in _CSV[1:])])
    return write_table(_CSV, rows)


def _cell(statement: Whole, line: Any, name: str) -> str:
    if name in _NAMED:
        return name_of(statement.names, getattr(line, _NAMED[name]))
    return str(getattr(line, name))


def document_of(party: Party, month: str, statement: Whole) -> Document:
    """Return a statement as it is printed and signed."""
    school = party.account.kind is Kind.SCHOOL
    title = "学校对账单 School statement" if school else "合作社对账单 Cooperative statement"
    totals, money, last = statement.totals, statement.money, statement.last
    return Document(
        title=title,
        facts=[
            ("名称 Name", f"{statement.name} ({party.key})"),
            ("月份 Month", month),
            ("应付 Due ¥", yuan(totals["amount_fen"])),
            ("已付 Paid ¥", yuan(money["paid_fen"])),
            ("待付 Still to be paid ¥", yuan(totals["amount_fen"] - money["paid_fen"])),
            ("争议暂扣 Held back in disputes ¥", yuan(money["disputed_fen"])),
            *_late(money),
            ("账本校验 Ledger", f"{last.county_code} {last.number} {last.hash}" if last else "-"),
        ],
        sections=[Section("明细 Lines", _table("cooperative_id" if school else "canteen_id", statement), [_REMARK])],
        foot=f"{title} {party.key} {month}",
        signatures=("学校 School", "合作社 Cooperative"),
    )


def _late(money: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return what is owed for calling off late: no money for food, so it is in no other figure."""
    if not money["compensation_fen"]:
        return []
    paid = yuan(money["compensation_paid_fen"])
    due = f"{yuan(money['compensation_fen'])} (已付 paid {paid})"
    return [("逾期取消补偿 (县运转经费) For calling off late, out of the county's operating fund ¥", due)]


def _table(other: str, statement: Whole) -> Table:
    rows = [
        [
            f"{line.delivery_day:%m-%d}",
            f"{name_of(statement.names, getattr(line, other))}{_MARKET if line.supplier == 'market' else ''}",
            name_of(statement.names, line.food_code),
            *(kilograms(getattr(line, name)) for name in _GRAMS),
            yuan(line.price_fen_per_kg),
            yuan(line.amount_fen),
        ]
        for line in statement.lines
    ]
    sums = [kilograms(statement.totals[name]) for name in _GRAMS]
    return Table(_COLUMNS, rows, ["合计 Total", "", "", *sums, "", yuan(statement.totals["amount_fen"])])
