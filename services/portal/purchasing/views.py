"""What the procurement board shows: pure functions from answers to what a template needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.portal.languages import N_
from services.portal.naming import Names, said_in
from services.portal.terms import lost, packed_short
from shared.weeks import monday_of

Told = Mapping[str, Any]
SOON = timedelta(hours=24)
LOOKED_AHEAD = timedelta(days=4)
"""From Thursday on people buy for the week that comes."""

COVERED, WAITS = ("ok", N_("All ordered")), ("info", N_("To be ordered"))
SCARCE, NOBODY = ("warn", N_("Not enough on offer")), ("bad", N_("Short"))
STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("warn", N_("Waits for approval")),
    "refused": ("bad", N_("Refused")),
    "placed": ("info", N_("Not answered yet")),
    "confirmed": ("ok", N_("Order accepted")),
    "declined": ("bad", N_("Declined")),
    "cancelled": ("", N_("Called off")),
    "dispatched": ("info", N_("Packed")),
    "loaded": ("info", N_("On the way")),
    "received": ("ok", N_("Received")),
    "settled": ("ok", N_("Accounted for")),
}
"""Tone and word of an order by how far it has come."""


def week_of(asked: date | None, today: date) -> date:
    """Return the Monday of the week that is shown: the one asked for, else the one people buy for now."""
    return monday_of(asked or today + LOOKED_AHEAD)


def day_or_none(said: str) -> date | None:
    """Return the day somebody wrote, None where it is none."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def named(told: Told, language: str, code: str, prefix: str = "name") -> str:
    """Return what something is called in a language, else in the other one, else its code."""
    name, other = told.get(f"{prefix}_{language}"), told.get(f"{prefix}_{'en' if language == 'zh' else 'zh'}")
    return str(name or other or code)


def called(names: Mapping[str, Mapping[str, str]], code: str, language: str) -> str:
    """Return what a code is called by a service's list of names, else the code."""
    return str(names.get(code, {}).get(language) or code)


@dataclass(frozen=True, slots=True)
class Cell:
    """A food on a delivery day: grams needed, and grams of them nobody was asked for yet; None: not needed then."""

    day: str
    need_g: int
    gap_g: int
    unmet_g: int


@dataclass(frozen=True, slots=True)
class Row:
    """A food of the board. `offered_g` is None for one school, `price` and `difference` (‰) where nothing is known."""

    code: str
    name: str
    state: tuple[str, str]
    need_g: int
    ordered_g: int
    offered_g: int | None
    gap_g: int
    price: int | None
    reference: int | None
    difference: int | None
    poor: int | None
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class Sums:
    """All foods together, in grams, and of how many foods something is missing."""

    need_g: int
    ordered_g: int
    waiting_g: int
    unmet_g: int
    short: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when a delivery day can be ordered for; `day` is None when every day of the week has closed."""

    day: str | None
    closes_at: str | None
    left_s: float
    tone: str


def rows(needs: Told, language: str) -> list[Row]:
    """Return the foods of a week, those nobody has first, then those that wait, the largest gap first."""
    days = [day["delivery_day"] for day in needs["days"]]
    found = [_row(food, days, language) for food in needs["foods"]]
    worst = [NOBODY, SCARCE, WAITS, COVERED]
    return sorted(found, key=lambda row: (worst.index(row.state), -row.gap_g, -row.need_g, row.code))


def _row(food: Told, days: Sequence[str], language: str) -> Row:
    of_day = {day["delivery_day"]: day for day in food["days"]}
    reference = food["reference"] or {}
    return Row(
        code=food["food_code"],
        name=named(food, language, food["food_code"]),
        state=_state(food),
        need_g=food["quantity_g"],
        ordered_g=food["allocated_g"],
        offered_g=food["offered_g"],
        gap_g=food["open_g"] + food["unmet_g"],
        price=food["price_fen_per_kg"],
        reference=reference.get("reference_price_fen_per_kg"),
        difference=reference.get("difference_permille"),
        poor=food["poor_permille"],
        cells=[_cell(of_day[day]) if day in of_day else None for day in days],
    )


def _state(food: Told) -> tuple[str, str]:
    if food["unmet_g"]:
        return NOBODY
    if not food["open_g"]:
        return COVERED
    return SCARCE if food["offered_g"] is not None and food["offered_g"] < food["open_g"] else WAITS


def _cell(day: Told) -> Cell:
    return Cell(day["delivery_day"], day["quantity_g"], day["open_g"] + day["unmet_g"], day["unmet_g"])


def sums(needs: Told) -> Sums:
    """Return what all foods of a week come to."""
    foods = needs["foods"]
    return Sums(
        need_g=sum(food["quantity_g"] for food in foods),
        ordered_g=sum(food["allocated_g"] for food in foods),
        waiting_g=sum(food["open_g"] for food in foods),
        unmet_g=sum(food["unmet_g"] for food in foods),
        short=sum(bool(food["open_g"] + food["unmet_g"]) for food in foods),
    )


def deadline(needs: Told, now: datetime) -> Deadline | None:
    """Return the next moment at which ordering for a day closes; None where no day closes before it begins."""
    open_days = [day for day in needs["days"] if not day["closed"]]
    if needs["days"] and not open_days:
        return Deadline(None, None, 0, "warn")
    closing = [day for day in open_days if day["closes_at"] is not None]
    if not closing:
        return None
    first = min(closing, key=lambda day: day["closes_at"])
    left = datetime.fromisoformat(first["closes_at"]) - now
    missing = any(
        day["open_g"] + day["unmet_g"]
        for food in needs["foods"]
        for day in food["days"]
        if day["delivery_day"] == first["delivery_day"]
    )
    tone = "ok" if not missing else "warn" if left < SOON else "info"
    return Deadline(first["delivery_day"], first["closes_at"], left.total_seconds(), tone)


@dataclass(frozen=True, slots=True)
class Supply:
    """An offer of a food: who brings it, how much is ordered and left of it, and why it was taken or was not.

    `why` is what the last run says of it, empty where none looked; distances are in metres.
    """

    name: str
    is_market: bool
    ordered_g: int
    schools: int
    left_g: int
    price: int
    poor: int
    rank: int | None
    near_m: int | None
    far_m: int | None
    why: str


def supplies(told: Told, language: str) -> tuple[list[Supply], list[Supply]]:
    """Return the offers something is ordered of, and those that are left."""
    found = [
        Supply(
            name=named(offer, language, offer["supplier_id"]),
            is_market=offer["supplier"] == "market",
            ordered_g=offer["ordered_g"],
            schools=offer["schools"],
            left_g=offer["left_g"],
            price=offer["price_fen_per_kg"],
            poor=offer["poor_share_permille"],
            rank=offer["rank"],
            near_m=offer["nearest_m"],
            far_m=offer["farthest_m"],
            why=said_in(language, offer),
        )
        for offer in told["offers"]
    ]
    return [one for one in found if one.ordered_g], [one for one in found if not one.ordered_g]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line of an order: what is expected now of what was ordered first, at which price beside the market's.

    `short_reason` is what the cooperative says of packing less than it promised, `why` why it was asked for the line.
    `lost` (with a hole for `lost_reason`) says that nothing of what was packed comes.
    """

    name: str
    ordered_g: int
    confirmed_g: int | None
    packed_g: int | None
    weighed_g: int | None
    accepted_g: int | None
    short_reason: str | None
    lost: str | None
    lost_reason: str | None
    why: str
    price: int
    difference: int | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as people see it."""

    order_id: str
    school: str
    supplier: str
    day: str
    state: tuple[str, str]
    status: str
    version: int
    amount_fen: int
    answer_by: str
    approve_by: str | None
    lines: Sequence[OrderLine]

    @property
    def weight_g(self) -> int:
        """What was ordered in all."""
        return sum(line.ordered_g for line in self.lines)


_ANSWERED = {"confirmed", "dispatched", "loaded", "received", "settled"}
_WEIGHED = {"received", "settled"}


def order_of(order: Told, names: Names, language: str) -> Order:
    """Return an order with names in a language."""
    status = order["status"]
    return Order(
        order_id=order["order_id"],
        school=called(names["canteens"], order["canteen_id"], language),
        supplier=called(names["suppliers"], order["cooperative_id"], language),
        day=order["delivery_day"],
        state=STATES[status],
        status=status,
        version=order["version"],
        amount_fen=order["amount_fen"],
        answer_by=order["answer_by"],
        approve_by=order["approve_by"],
        lines=[
            OrderLine(
                name=called(names["foods"], line["food_code"], language),
                ordered_g=line["ordered_g"],
                confirmed_g=line["confirmed_g"] if status in _ANSWERED else None,
                packed_g=line["dispatched_g"] if order["dispatched_at"] else None,
                weighed_g=line["received_g"] if status in _WEIGHED else None,
                accepted_g=line["accepted_g"] if status in _WEIGHED else None,
                short_reason=packed_short(line["packed_short_reason"]),
                lost=lost(line),
                lost_reason=line.get("lost_reason"),
                why=said_in(language, line),
                price=line["price_fen_per_kg"],
                difference=(line["reference"] or {}).get("difference_permille"),
            )
            for line in sorted(order["lines"], key=lambda line: str(line["food_code"]))
        ],
    )


def by_day(orders: Iterable[Order]) -> list[tuple[str, list[Order]]]:
    """Return orders by delivery day, the earliest first."""
    days: dict[str, list[Order]] = {}
    for order in sorted(orders, key=lambda one: (one.day, one.supplier, one.order_id)):
        days.setdefault(order.day, []).append(order)
    return list(days.items())
