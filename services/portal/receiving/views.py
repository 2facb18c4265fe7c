"""What the gate shows: pure functions from what logistics answers to what a template needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.forms import typed_kg
from services.portal.languages import N_
from services.portal.terms import packed_short

Told = Mapping[str, Any]

STATUS: dict[str, tuple[str, str]] = {
    "confirmed": ("", N_("Not packed yet")),
    "dispatched": ("info", N_("Packed")),
    "loaded": ("info", N_("On the way")),
    "arrived": ("warn", N_("To weigh")),
    "received": ("ok", N_("Received")),
    "nothing": ("bad", N_("Nothing comes")),
    "cancelled": ("", N_("Called off")),
}
VERDICTS = frozenset({"all", "part", "none"})
"""What is accepted of a line."""
GOES: dict[str, str] = {"returned": N_("Back with the driver"), "destroyed": N_("Destroyed here")}
_ORDER = ("arrived", "loaded", "dispatched", "confirmed", "nothing", "received")
_AT_THE_GATE = ("dispatched", "loaded", "arrived")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order; `number` is its place in the form."""

    number: int
    line_id: str
    food: str
    temperature_class: str
    promised_g: int
    packed_g: int
    received_g: int
    accepted_g: int
    short_reason: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one order brings: `at` when it arrived, or is expected."""

    order_id: str
    canteen_id: str
    cooperative: str
    status: str
    day: str
    promised_g: int
    packed_g: int
    at: str | None
    hold: bool
    lines: Sequence[Line]

    @property
    def foods(self) -> list[str]:
        """What is in it, each food once."""
        return list(dict.fromkeys(line.food for line in self.lines))

    @property
    def may_be_signed(self) -> bool:
        """Whether it can stand at the gate: a driver without a network tells later that it does."""
        return self.status in _AT_THE_GATE and any(line.packed_g for line in self.lines)


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed; the name is None where nobody said it, or it was forgotten."""

    signer_id: str
    name: str | None


def signers_of(receipt: Told, known: Iterable[Told]) -> list[Signer]:
    """Return who signed a receipt, by what the school's signers are called."""
    names = {one["signer_id"]: str(one["name"]) for one in known}
    return [Signer(each, names.get(each)) for each in receipt["signers"]]


def signed_by(receipts: Iterable[Told], known: Iterable[Told]) -> dict[str, list[str]]:
    """Return the names of those who signed, by order; an order all of whose signers are unknown is left out."""
    names = list(known)
    found = {one["order_id"]: [each.name for each in signers_of(one, names) if each.name] for one in receipts}
    return {order_id: named for order_id, named in found.items() if named}


def foods_in(consignments: Iterable[Told]) -> set[str]:
    """Return the codes of all foods of consignments."""
    return {line["food_code"] for one in consignments for line in one["lines"]}


def delivery_of(told: Told, names: Mapping[str, str], language: str) -> Delivery:
    """Return a consignment as the gate sees it."""
    arrived = told["arrived_at"] or told["expected_at"] or told["planned_at"]
    name = told.get("cooperative_name_zh" if language == "zh" else "cooperative_name_en")
    return Delivery(
        order_id=told["order_id"],
        canteen_id=told["canteen_id"],
        cooperative=name or told["cooperative_id"],
        status="nothing" if told["status"] == "dispatched" and not told["dispatched_g"] else told["status"],
        day=told["delivery_day"],
        promised_g=told["confirmed_g"],
        packed_g=told["dispatched_g"],
        at=arrived,
        hold=told["hold"],
        lines=[_line(number, line, names) for number, line in enumerate(_carried(told))],
    )


def deliveries_of(told: Iterable[Told], names: Mapping[str, str], language: str) -> list[Delivery]:
    """Return a day's deliveries, what is to be weighed first; what was called off comes no more."""
    found = [delivery_of(one, names, language) for one in told if one["status"] in _ORDER]
    return sorted(found, key=lambda one: (_ORDER.index(one.status), one.at or "", one.order_id))


def _carried(told: Told) -> list[Told]:
    return [line for line in told["lines"] if line["confirmed_g"] or line["dispatched_g"]]


def _line(number: int, line: Told, names: Mapping[str, str]) -> Line:
    return Line(
        number=number,
        line_id=line["line_id"],
        food=names.get(line["food_code"], line["food_code"]),
        temperature_class=line["temperature_class"],
        promised_g=line["confirmed_g"],
        packed_g=line["dispatched_g"],
        received_g=line["received_g"],
        accepted_g=line["accepted_g"],
        short_reason=packed_short(line["short_reason"]),
    )


def with_photo(receipt: Told, photo_id: str, line_id: str, reason: str) -> dict[str, Any] | None:
    """Return a receipt put right by a photo of a line (of its first where there is no such); None: it is in it."""
    if any(photo_id in line["photo_ids"] for line in receipt["lines"]):
        return None
    known = [line["line_id"] for line in receipt["lines"]]
    of = line_id if line_id in known else known[0]
    kept = ("line_id", "received_g", "accepted_g", "reason", "temperature_c", "certificate_seen", "refused")
    lines = [{name: line[name] for name in kept} | {"photo_ids": [*line["photo_ids"]]} for line in receipt["lines"]]
    lines[known.index(of)]["photo_ids"].append(photo_id)
    inspection = receipt["versions"][-1]["inspection"]
    return {"reason": reason, "signers": receipt["signers"], "inspection": inspection, "lines": lines}


def values_of(delivery: Delivery, receipt: Told) -> dict[str, Any]:
    """Return what stands in the form of a receipt that is put right: what was signed."""
    signed = {line["line_id"]: line for line in receipt["lines"]}
    values: dict[str, Any] = {"inspection": receipt["versions"][-1]["inspection"]}
    for line in delivery.lines:
        if line.line_id in signed:
            values |= {f"{name}-{line.number}": value for name, value in _signed(signed[line.line_id]).items()}
    if any(line["certificate_seen"] for line in receipt["lines"]):
        values["certificates"] = "yes"
    return values


def _signed(line: Told) -> dict[str, Any]:
    received, accepted = line["received_g"], line["accepted_g"]
    verdict = "all" if accepted == received else "part" if accepted else "none"
    return {
        "received": typed_kg(received),
        "accepted": typed_kg(accepted) if verdict == "part" else "",
        "verdict": verdict,
        "note": line["reason"],
        "goes": line["refused"] or "returned",
        "celsius": "" if line["temperature_c"] is None else f"{line['temperature_c']:g}",
    }
