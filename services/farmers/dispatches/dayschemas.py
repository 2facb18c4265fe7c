"""What is shown of the packing list of a day."""

from datetime import date
from itertools import groupby

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from services.farmers.dispatches.days import Day
from services.farmers.dispatches.domain import LOTS_EXHAUSTED
from services.farmers.orders.domain import Line, Order
from shared.fields import Code, Grams, Id, PositiveGrams, TemperatureClass


class DayLot(BaseModel):
    """Grams to take of a lot, with what tells it apart on the shelf."""

    lot_id: Id
    quantity_g: PositiveGrams
    harvest_day: date
    best_before: date | None
    certificate_no: Code


class DayLine(BaseModel):
    """What to pack for a line: whole packs of `pack_size_g`, the last one may be begun; both null for loose goods.

    `short_g` is what no lot has for it, `note` says so.
    """

    order_id: Id
    line_id: Id
    food_code: Code
    temperature_class: TemperatureClass
    quantity_g: PositiveGrams
    pack_size_g: PositiveGrams | None
    packs: int | None
    lots: list[DayLot]
    short_g: Grams
    note: str | None


class DaySchool(BaseModel):
    """What to pack for a school; lines that travel alike stand together."""

    canteen_id: Id
    quantity_g: Grams
    short_g: Grams
    lines: list[DayLine]


class DayFood(BaseModel):
    """A food over all schools: what is to be packed, what lots good on the day have, what is missing or left over."""

    food_code: Code
    quantity_g: Grams
    on_hand_g: Grams
    short_g: Grams
    surplus_g: Grams


_EXAMPLE: JsonDict = {
    "cooperative_id": "coop-520628-001",
    "day": "2026-11-30",
    "orders": 1,
    "schools": [
        {
            "canteen_id": "canteen-520628-001",
            "quantity_g": 40_000,
            "short_g": 5_000,
            "lines": [
                {
                    "order_id": "order-1",
                    "line_id": "line-1",
                    "food_code": "napa_cabbage",
                    "temperature_class": "ambient",
                    "quantity_g": 40_000,
                    "pack_size_g": 12_500,
                    "packs": 4,
                    "lots": [
                        {
                            "lot_id": "lot-1",
                            "quantity_g": 35_000,
                            "harvest_day": "2026-11-29",
                            "best_before": "2026-12-13",
                            "certificate_no": "GZ-2026-11-29-001",
                        }
                    ],
                    "short_g": 5_000,
                    "note": LOTS_EXHAUSTED,
                }
            ],
        }
    ],
    "foods": [
        {
            "food_code": "napa_cabbage",
            "quantity_g": 40_000,
            "on_hand_g": 35_000,
            "short_g": 5_000,
            "surplus_g": 0,
        }
    ],
}


class DayList(BaseModel):
    """What a cooperative has to pack for a day: orders confirmed, not dispatched; lots as they would be taken now."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    cooperative_id: Id
    day: date
    orders: int
    schools: list[DaySchool]
    foods: list[DayFood]

    @classmethod
    def of(cls, day: Day) -> "DayList":
        """Return what is shown of a day."""
        lines = [(order.canteen_id, _line(day, order, line, lots)) for order, line, lots in day.lines()]
        return cls(
            cooperative_id=day.cooperative_id,
            day=day.day,
            orders=len(day.orders),
            schools=[
                _school(canteen_id, [line for _, line in own])
                for canteen_id, own in groupby(lines, key=lambda each: each[0])
            ],
            foods=_foods(day, [line for _, line in lines]),
        )


def _line(day: Day, order: Order, line: Line, lots: tuple[tuple[str, int], ...]) -> DayLine:
    size = day.pack_g.get(line.offer_id)
    short_g = line.confirmed_g - sum(grams for _, grams in lots)
    return DayLine(
        order_id=order.order_id,
        line_id=line.line_id,
        food_code=line.food_code,
        temperature_class=TemperatureClass(line.temperature_class),
        quantity_g=line.confirmed_g,
        pack_size_g=size,
        packs=None if size is None else -(-line.confirmed_g // size),
        lots=[_lot(day, lot_id, grams) for lot_id, grams in lots],
        short_g=short_g,
        note=LOTS_EXHAUSTED if short_g else None,
    )


def _lot(day: Day, lot_id: str, grams: int) -> DayLot:
    harvest = day.lots[lot_id].harvest
    return DayLot(
        lot_id=lot_id,
        quantity_g=grams,
        harvest_day=harvest.harvest_day,
        best_before=harvest.best_before,
        certificate_no=harvest.certificate_no,
    )


def _school(canteen_id: str, lines: list[DayLine]) -> DaySchool:
    return DaySchool(
        canteen_id=canteen_id,
        quantity_g=sum(line.quantity_g for line in lines),
        short_g=sum(line.short_g for line in lines),
        lines=sorted(lines, key=lambda line: (line.temperature_class, line.food_code, line.order_id, line.line_id)),
    )


def _foods(day: Day, lines: list[DayLine]) -> list[DayFood]:
    on_hand = day.fitting_g()
    shown = []
    for food_code in sorted({line.food_code for line in lines}):
        own = [line for line in lines if line.food_code == food_code]
        quantity_g, short_g = sum(line.quantity_g for line in own), sum(line.short_g for line in own)
        has_g = on_hand.get(food_code, 0)
        shown.append(
            DayFood(
                food_code=food_code,
                quantity_g=quantity_g,
                on_hand_g=has_g,
                short_g=short_g,
                surplus_g=has_g - (quantity_g - short_g),
            )
        )
    return shown
