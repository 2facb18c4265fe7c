"""How the demo's people behave: most do what was agreed, some do not. The same county always behaves the same."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.quantities import divide, split

ALL: tuple[str, dict[str, Any]] = ("accept", {})
"""A clerk takes the whole order. Reasons are sentences of the portal's pages, which are read in both languages."""
OWN_PERMILLE = 80
"""Part of every lot that comes from the cooperative's own production base."""


def dice(*parts: object) -> int:
    """Return a number in 0–999 that only depends on the parts."""
    return zlib.crc32("|".join(map(str, parts)).encode()) % 1000


def signers(canteen_id: str) -> list[str]:
    """Return what a school's cook and its head are called who sign at its gate: names of nobody, and marked so."""
    family = "王李张刘陈杨黄吴周罗"
    cook, head = (family[dice(role, canteen_id) % len(family)] for role in ("cook", "head"))
    return [f"{cook}师傅（虚构）", f"{head}校长（虚构）"]


def answer(order: Mapping[str, Any], *, first_round: bool) -> tuple[str, dict[str, Any]] | None:
    """Return the clerk's answer to an order (verb, body), None for silence.

    In the first round 3 % are declined, 6 % cut short and 2 % not answered at all; those asked later are glad to help.
    """
    luck = dice("answer", order["cooperative_id"], order["canteen_id"], order["delivery_day"])
    if not first_round or luck >= 110:
        return ALL
    if luck < 20:
        return None
    if luck < 50:
        return "decline", {"reason": "冰雹、霜冻或大雨受损"}
    lines = [{"line_id": line["line_id"], "confirmed_g": line["promised_g"]} for line in order["lines"]]
    lines[0]["confirmed_g"] = divide(lines[0]["confirmed_g"] * 6, 10)
    if not any(line["confirmed_g"] for line in lines):
        return "decline", {"reason": "采收比预计少"}
    return "accept", {"lines": lines, "reason": "采收比预计少"}


def lot(cooperative: str, food: str, day: str, wanted_g: int, households: Sequence[str]) -> dict[str, Any]:
    """Return the lot a cooperative brings in for one food and day.

    Mostly a little more than was promised, one time in fifty less; up to six households bring it, each by its own dice.
    """
    luck = dice("harvest", cooperative, food, day)
    quantity_g = max(1, divide(wanted_g * (93 if luck < 20 else 102), 100))
    start = dice("first", cooperative, food, day) % max(1, len(households))
    bringing = (list(households[start:]) + list(households[:start]))[:6]
    brought_g = quantity_g - divide(quantity_g * OWN_PERMILLE, 1000)
    weights = [200 + dice("brings", household, food, day) for household in bringing]
    parts = split(brought_g, weights) if bringing else []
    contributions = [
        {"household_id": household, "quantity_g": part} for household, part in zip(bringing, parts, strict=True) if part
    ]
    return {
        "lot_id": f"lot-{cooperative}-{food.replace('_', '-')}-{day}"[:64],
        "cooperative_id": cooperative,
        "food_code": food,
        "harvest_day": day,
        "certificate_no": f"CN-{day}-{zlib.crc32(f'{cooperative}{food}'.encode()):08x}",
        "quantity_g": quantity_g,
        "contributions": contributions,
    }


def weighed(consignment: Mapping[str, Any], line: Mapping[str, Any]) -> dict[str, Any]:
    """Return what two people at the gate write down for a line: 3 % lose a little weight, 1 % is partly rotten."""
    of = (consignment[name] for name in ("cooperative_id", "canteen_id", "delivery_day"))
    luck = dice("scale", *of, line["food_code"])
    dispatched_g = line["dispatched_g"]
    received_g = divide(dispatched_g * 985, 1000) if luck < 30 else dispatched_g
    seen: dict[str, Any] = {"line_id": line["line_id"], "received_g": received_g, "accepted_g": received_g}
    if luck >= 990:
        seen |= {"accepted_g": divide(received_g * 7, 10), "reason": "压坏或破损"}
    return seen


def measured(canteen_id: str, day: date, meal: str, dish: str) -> dict[str, Any]:
    """Return a pot's core temperature (°C): one in a hundred has stood too long and is heated again."""
    luck = dice("pot", canteen_id, day, meal, dish)
    if luck < 10:
        return {"dish_code": dish, "core_c": 54.0, "remark": "stood too long; heated again before it was handed out"}
    return {"dish_code": dish, "core_c": 66.0 + luck % 20}


def fridge(canteen_id: str, day: date) -> dict[str, Any]:
    """Return how cold the fridge for samples is (°C): one time in fifty its door was left open."""
    luck = dice("fridge", canteen_id, day)
    if luck < 20:
        return {"temperature_c": 9.5, "remark": "the door stood open and is shut now"}
    return {"temperature_c": 2.0 + luck % 5}


def verdict(canteen_id: str, day: date, meal: str) -> dict[str, str]:
    """Return what a leader who eats along finds: mostly good, one time in fifty lukewarm."""
    luck = dice("verdict", canteen_id, day, meal)
    found = {"taste": "good" if luck < 800 else "fair", "look": "good", "temperature": "good"}
    return found | ({"temperature": "poor", "remark": "the soup was lukewarm"} if luck < 20 else {})


def points(voter: str, dish: str, day: date) -> int:
    """Return the points (1 to 5) a pupil gives a dish: some dishes are liked better, by most."""
    return 1 + min(4, (dice("liked", dish) + dice("points", voter, dish, day)) // 400)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a clerk passes money on: by which way, and whether the second payment is still in the drawer."""

    method: str
    first_only: bool


def passes_on(cooperative: str) -> Habit | None:
    """Return how a cooperative's clerk passes on what it was paid: 6 % have not come to it, 14 % are half through."""
    luck = dice("passes on", cooperative)
    return None if luck < 60 else Habit("cash" if luck % 4 == 0 else "bank", first_only=luck < 200)
