"""Statements as files for office programs, to print and hand out; so their words are Chinese."""

from collections.abc import Iterable, Iterator

from services.farmers.income.domain import PartState
from services.farmers.office import kilograms, yuan
from services.farmers.statements.schemas import HouseholdSums, PartRead, Totals, VillageSums
from shared.fields import PayoutMethod
from shared.tabular import guarded, write_table

STATES = {
    PartState.AWAITING_COOPERATIVE: "合作社未收款",
    PartState.WAITING: "合作社已收款，未付农户",
    PartState.PAID: "已付",
    PartState.NOTHING_DUE: "无应付",
}
METHODS = {PayoutMethod.BANK: "银行转账", PayoutMethod.CASH: "现金", None: ""}
_SUMS = ("验收（公斤）", "应得（元）", "已付（元）", "待付（元）", "合作社未收（元）", "等待天数")


def of_household(parts: Iterable[PartRead]) -> bytes:
    """Return a line for each order line and lot of a household's parts."""
    columns = (
        *("送货日", "订单", "食堂", "品种", "批次", "采收日", "验收（公斤）", "单价（元/公斤）", "金额（元）"),
        *("状态", "等待天数", "合作社收款日", "付款日", "方式", "结算单"),
    )
    return write_table(columns, (row for part in parts for row in _lines(part)))


def _lines(part: PartRead) -> Iterator[tuple[str, ...]]:
    for line in part.lines:
        price = "" if line.price_fen_per_kg is None else yuan(line.price_fen_per_kg)
        yield (
            *(str(part.delivery_day), part.order_id, part.canteen_id, line.food_code or "", line.lot_id or ""),
            *(_text(line.harvest_day), kilograms(line.accepted_g), price, yuan(line.amount_fen)),
            *(STATES[part.state], _text(part.waiting_days), _text(part.cooperative_paid_on), _text(part.paid_on)),
            *(METHODS[part.method], part.settlement_id),
        )


def of_cooperative(households: Iterable[HouseholdSums]) -> bytes:
    """Return a line for each household."""
    columns = ("农户", "脱贫户", *_SUMS)
    rows = ((each.household_id, "是" if each.poor else "否", *_sums(each, each.waiting_days)) for each in households)
    return write_table(columns, rows)


def of_villages(villages: Iterable[VillageSums]) -> bytes:
    """Return a line for each village."""
    columns = ("乡镇", "村", "合作社数", "农户数", "脱贫户数", "脱贫户所得（元）", "合作社自有（元）", *_SUMS)
    return write_table(columns, (_village(each) for each in villages))


def _village(each: VillageSums) -> tuple[str, ...]:
    counts = (str(each.cooperatives), str(each.households), str(each.poor_households))
    fen = (yuan(each.poor_households_fen), yuan(each.own_fen))
    return (each.town_code, guarded(each.village), *counts, *fen, *_sums(each, each.waiting_days))


def _sums(each: Totals, waiting_days: int | None) -> tuple[str, ...]:
    fen = (each.amount_fen, each.paid_fen, each.waiting_fen, each.awaiting_cooperative_fen)
    return (kilograms(each.accepted_g), *(yuan(one) for one in fen), _text(waiting_days))


def _text(value: object) -> str:
    return "" if value is None else str(value)
