"""An order as it is printed or opened in an office program: in the supplier's units, with its five quantities by name.

What stands in grams elsewhere stands here in jin (500 g) or kilograms, exactly, and beside it in packs where the offer
comes in packs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from services.procurement.documents import Column, Document, Section, Table
from services.procurement.orders.domain import Line, Order, Supplier
from services.procurement.orders.states import Status
from services.procurement.rules.domain import SCHOOL_TIME
from shared.quantities import amount_fen
from shared.tabular import guarded, write_table

Names = Mapping[str, tuple[str, str]]
"""What something is called by its key, Chinese and English."""


class Unit(StrEnum):
    """What a supplier weighs in."""

    JIN = "jin"
    KG = "kg"


GRAMS = {Unit.JIN: 500, Unit.KG: 1000}
CALLED = {Unit.JIN: "市斤 jin", Unit.KG: "公斤 kg"}
QUANTITIES = (
    ("ordered_g", "订购 ordered"),
    ("confirmed_g", "确认 confirmed"),
    ("dispatched_g", "发货 dispatched"),
    ("received_g", "收货 received"),
    ("accepted_g", "验收 accepted"),
)
STATES = {
    Status.DRAFT: "待批准 draft, waits for approval",
    Status.REFUSED: "未批准 refused",
    Status.PLACED: "已下单 placed",
    Status.CONFIRMED: "已确认 confirmed",
    Status.DECLINED: "已拒单 declined",
    Status.CANCELLED: "已取消 cancelled",
    Status.DISPATCHED: "已发货 dispatched",
    Status.LOADED: "已装车 loaded",
    Status.RECEIVED: "已收货 received",
    Status.SETTLED: "已结算 settled",
}
SUPPLIERS = {Supplier.COOPERATIVE: "合作社 cooperative", Supplier.MARKET: "持证市场供应商 licensed market supplier"}


@dataclass(frozen=True, slots=True)
class Called:
    """What the order's school, supplier and foods are called, and the packs its offers come in (g)."""

    school: tuple[str, str]
    supplier: tuple[str, str]
    foods: Names
    packs_g: Mapping[str, int]


def document(order: Order, called: Called, unit: Unit) -> Document:
    """Return an order as it is printed, with its five quantities in the supplier's unit."""
    weights = [Column(f"{name}\n{CALLED[unit]}", 3, number=True) for _, name in QUANTITIES]
    columns = [
        Column("食品 food", 6),
        *weights,
        Column("包装 packs", 3, number=True),
        Column(f"单价 price\n元 ¥/{unit}", 3, number=True),
        Column("金额 amount\n元 ¥", 3, number=True),
    ]
    rows = [_cells(order, line, called, unit) for line in order.lines]
    total = ["合计 total", *_sums(order, unit), "", "", yuan(sum(_amount(order, line) for line in order.lines))]
    remarks = [
        "五种数量分别列出，互不代替；“—”表示尚无数据。 Five quantities stand apart; “—” is not known yet.",
        "金额：验收后按验收量，之前按有效的订购量或确认量。"
        " Amount: of what was accepted, before that of what is ordered or confirmed.",
        "包装数按有效的订购量或确认量计算。 Packs: of what is ordered or confirmed.",
    ]
    if order.owed_fen:
        remarks.append(f"逾期取消应付 owed for cancelling late: ¥{yuan(order.owed_fen)}")
    return Document(
        title="采购订单 Purchase order",
        facts=_facts(order, called),
        sections=[Section("订单行 Order lines", Table(columns, rows, total), remarks)],
        foot=f"{order.order_id} · 第 {order.version} 版 version {order.version}",
        signatures=["学校 for the school", "供应方 for the supplier"],
    )


def sheet(order: Order, called: Called, unit: Unit) -> bytes:
    """Return an order as a CSV file for office programs: a line a row, weights in the unit and in grams."""
    grams = [name for name, _ in QUANTITIES]
    columns = (
        *("order_id", "version", "status", "delivery_day", "supplier", "food_code", "food_zh", "food_en"),
        *(name.removesuffix("_g") + f"_{unit}" for name in grams),
        *grams,
        *("pack_size_g", "packs", f"price_yuan_per_{unit}", "amount_yuan"),
    )
    rows = []
    for line in order.lines:
        name_zh, name_en = called.foods.get(line.food_code, ("", ""))
        held = [int(getattr(line, name)) for name in grams]
        head = [order.order_id, str(order.version), order.status.value, str(order.delivery_day), order.supplier.value]
        named = [line.food_code, guarded(name_zh), guarded(name_en)]
        weights = [*(weight(each, unit) for each in held), *map(str, held)]
        pack = called.packs_g.get(line.offer_id)
        packed = ["" if pack is None else str(pack), packs(order.standing_g(line), pack)]
        rows.append([*head, *named, *weights, *packed, price(line, unit), yuan(_amount(order, line))])
    return write_table(columns, rows)


def name_of(names: Names, key: str) -> str:
    """Return what something is called, Chinese first; its key when nobody told of it."""
    return " ".join(name for name in names.get(key, ()) if name) or key


def weight(grams: int, unit: Unit) -> str:
    """Return grams in a unit, exactly: nothing is lost by writing 12,345 g as 24.69 jin.

    >>> weight(12_345, Unit.JIN), weight(500, Unit.KG), weight(0, Unit.JIN)
    ('24.69', '0.5', '0')
    """
    return _plain(Decimal(grams) / GRAMS[unit])


def packs(grams: int, pack_g: int | None) -> str:
    """Return how many packs grams are, and what is over; nothing where the offer comes loose.

    >>> packs(12_500, 5_000), packs(10_000, 5_000), packs(10_000, None)
    ('2 + 2.5 kg', '2', '')
    """
    if pack_g is None:
        return ""
    whole, over = divmod(grams, pack_g)
    return f"{whole} + {weight(over, Unit.KG)} kg" if over else str(whole)


def yuan(fen: int) -> str:
    """Return fen as yuan with two places."""
    return f"{Decimal(fen) / 100:.2f}"


def price(line: Line, unit: Unit) -> str:
    """Return a line's price in yuan for a unit, exactly."""
    return _plain(Decimal(line.price_fen_per_kg) * GRAMS[unit] / 100_000)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _amount(order: Order, line: Line) -> int:
    if order.status in (Status.RECEIVED, Status.SETTLED):
        return line.amount_fen
    return amount_fen(order.standing_g(line), line.price_fen_per_kg)


def _cells(order: Order, line: Line, called: Called, unit: Unit) -> list[str]:
    held = [_shown(order, quantity, getattr(line, quantity), unit) for quantity, _ in QUANTITIES]
    pack = called.packs_g.get(line.offer_id)
    return [
        name_of(called.foods, line.food_code),
        *held,
        packs(order.standing_g(line), pack),
        price(line, unit),
        yuan(_amount(order, line)),
    ]


def _sums(order: Order, unit: Unit) -> Sequence[str]:
    sums = [(name, sum(getattr(line, name) for line in order.lines)) for name, _ in QUANTITIES]
    return [_shown(order, name, total, unit) for name, total in sums]


def _shown(order: Order, quantity: str, grams: int, unit: Unit) -> str:
    """Return a quantity as it is printed; one that is not known yet is a dash: nothing and not yet are two things."""
    weighed = order.status in (Status.RECEIVED, Status.SETTLED)
    known = {
        "ordered_g": True,
        "confirmed_g": order.confirmed_at is not None or order.answered_at is not None,
        "dispatched_g": order.dispatched_at is not None,
        "received_g": weighed,
        "accepted_g": weighed,
    }
    return weight(grams, unit) if known[quantity] else "—"


def _facts(order: Order, called: Called) -> list[tuple[str, str]]:
    facts = [
        ("订单号 order", f"{order.order_id} · 第 {order.version} 版 version {order.version}"),
        ("状态 status", STATES[order.status]),
        ("学校 school", _both(called.school, order.canteen_id)),
        ("供应方 supplier", _both(called.supplier, order.cooperative_id)),
        ("送货日期 delivery day", str(order.delivery_day)),
        ("供应方类别 kind of supplier", SUPPLIERS[order.supplier]),
        ("下单时间 placed", _clock(order.placed_at)),
        ("答复截止 answer by", _clock(order.answer_by)),
    ]
    if order.status is Status.DRAFT and order.approve_by is not None:
        facts.append(("批准截止 approve by", _clock(order.approve_by)))
    return facts


def _both(names: tuple[str, str], key: str) -> str:
    return "\n".join(name for name in names if name) or key


def _clock(at: datetime) -> str:
    return f"{at.astimezone(SCHOOL_TIME):%Y-%m-%d %H:%M} (UTC+8)"
