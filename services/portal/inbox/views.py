"""What the inbox shows: pure functions from what services answer to what a template needs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.portal.languages import N_
from services.portal.naming import Names
from shared.quantities import amount_fen

Order = Mapping[str, Any]

TABS = {
    "waiting": N_("To answer"),
    "accepted": N_("To pack"),
    "moving": N_("On the way"),
    "done": N_("Done"),
}
EMPTY = {
    "waiting": N_("Nothing waits for an answer. New orders come when schools have planned their week."),
    "accepted": N_("Nothing is to be packed. What you accept is listed here."),
    "moving": N_("Nothing is on the way. What you hand to the driver is listed here until the school has weighed it."),
    "done": N_("Nothing was delivered, declined or called off in the last two weeks."),
}
_ASKED, _ACCEPTED, _PACKED = N_("Asked of you"), N_("Accepted by you"), N_("Packed")
WEIGHTS: Mapping[str, tuple[str, str]] = {
    "to_answer": ("promised_g", _ASKED),
    "accepted": ("confirmed_g", _ACCEPTED),
    "partly_accepted": ("confirmed_g", _ACCEPTED),
    "dispatched": ("dispatched_g", _PACKED),
}
"""Which of a line's quantities matters by the status of its order, and what it is called (msgid)."""
_ORDERED = ("ordered_g", N_("Ordered"))
URGENT_S = 3 * 3600
"""An order that is to be answered within so many seconds is shown as urgent."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown: `g` is what matters at this step (`Card.weight_name`), `market_fen` the market's price."""

    line_id: str
    food: str
    g: int
    ordered_g: int
    price_fen: int
    market_fen: int | None
    accepted_g: int | None
    reason: str | None

    @property
    def paid_g(self) -> int:
        """What is paid: what the school accepted, once it has weighed; until then what matters now."""
        return self.g if self.accepted_g is None else self.accepted_g

    @property
    def is_short(self) -> bool:
        """Whether less than what was ordered is left."""
        return self.g < self.ordered_g


@dataclass(frozen=True, slots=True)
class Card:
    """An order as a card: where it stands, in a tone and a word (msgid); `left_s` until it is to be answered."""

    order_id: str
    cooperative_id: str
    canteen_id: str
    school: str
    day: str
    answer_by: str
    left_s: float
    tab: str
    tone: str
    word: str
    reason: str | None
    weight_name: str
    lines: tuple[Line, ...]

    @property
    def quantity_g(self) -> int:
        """Everything in it."""
        return sum(line.g for line in self.lines)

    @property
    def amount_fen(self) -> int:
        """What it comes to at the prices of its lines; what the school did not accept is not paid."""
        return sum(amount_fen(line.paid_g, line.price_fen) for line in self.lines)

    @property
    def answerable(self) -> bool:
        """Whether it still can be answered."""
        return self.tab == "waiting" and self.left_s >= 0


def tab_of(order: Order) -> str:
    """Return where an order belongs."""
    if order["status"] == "to_answer":
        return "waiting"
    if order["status"] in ("accepted", "partly_accepted"):
        return "accepted"
    if order["status"] == "dispatched" and not _weighed(order) and _comes(order):
        return "moving"
    return "done"


def counts_of(orders: Iterable[Order]) -> dict[str, int]:
    """Return how many orders each tab has."""
    found = Counter(tab_of(order) for order in orders)
    return {tab: found[tab] for tab in TABS}


def cards_of(orders: Iterable[Order], tab: str, names: Names, language: str, now: datetime) -> list[Card]:
    """Return the cards of a tab: what is to be done next first, what is done newest first."""
    cards = [card_of(order, names, language, now) for order in orders if tab_of(order) == tab]
    if tab == "waiting":
        return sorted(cards, key=lambda card: (card.answer_by, card.day, card.order_id))
    return sorted(cards, key=lambda card: (card.day, card.school, card.order_id), reverse=tab == "done")


def card_of(order: Order, names: Names, language: str, now: datetime) -> Card:
    """Return an order as a card."""
    left_s = (datetime.fromisoformat(order["answer_by"]) - now).total_seconds()
    tone, word = _state(order, left_s)
    return Card(
        order_id=order["order_id"],
        cooperative_id=order["cooperative_id"],
        canteen_id=order["canteen_id"],
        school=called(names, "canteens", order["canteen_id"], language),
        day=order["delivery_day"],
        answer_by=order["answer_by"],
        left_s=left_s,
        tab=tab_of(order),
        tone=tone,
        word=word,
        reason=order["closing_reason"] or order["dispatch_reason"] or _said(order),
        weight_name=WEIGHTS.get(order["status"], _ORDERED)[1],
        lines=tuple(
            _line(line, order["status"], names, language)
            for line in sorted(order["lines"], key=lambda line: str(line["food_code"]))
        ),
    )


def called(names: Names, kind: str, code: str, language: str) -> str:
    """Return what something is called, its code where nobody knows."""
    name = names.get(kind, {}).get(code)
    return code if name is None else name["zh" if language == "zh" else "en"]


def codes_of(orders: Iterable[Order]) -> tuple[list[str], list[str]]:
    """Return the foods and canteens of orders, whose names are asked for."""
    every = list(orders)
    return sorted({line["food_code"] for o in every for line in o["lines"]}), sorted({o["canteen_id"] for o in every})


def totals(cards: Sequence[Card]) -> list[tuple[str, int]]:
    """Return what several orders come to, by food, the most first."""
    found: Counter[str] = Counter()
    for card in cards:
        for line in card.lines:
            found[line.food] += line.g
    return found.most_common()


@dataclass(frozen=True, slots=True)
class Share:
    """Grams of a lot that are proposed for a line; `field` is where they are typed."""

    field: str
    lot_id: str
    certificate_no: str
    harvest_day: str
    quantity_g: int


def proposed(day: Mapping[str, Any], order_id: str) -> dict[str, list[Share]]:
    """Return the lots that the day's packing list proposes for an order, by line."""
    found: dict[str, list[Share]] = {}
    lines = [line for school in day["schools"] for line in school["lines"] if line["order_id"] == order_id]
    for line in lines:
        found[line["line_id"]] = [
            Share(
                field=f"lot.{line['line_id']}.{lot['lot_id']}",
                lot_id=lot["lot_id"],
                certificate_no=lot["certificate_no"],
                harvest_day=lot["harvest_day"],
                quantity_g=lot["quantity_g"],
            )
            for lot in line["lots"]
        ]
    return found


def _weighed(order: Order) -> bool:
    return any(line["accepted_g"] is not None for line in order["lines"])


def _comes(order: Order) -> bool:
    """Whether anything of a dispatched order was packed."""
    return any(line["dispatched_g"] for line in order["lines"])


def _said(order: Order) -> str | None:
    return None if order["answer_reason"] in ("silence", "offer-exhausted") else order["answer_reason"]


def _state(order: Order, left_s: float) -> tuple[str, str]:
    if order["status"] == "to_answer":
        if left_s < 0:
            return "bad", N_("Time is over")
        return ("bad", N_("Answer now")) if left_s < URGENT_S else ("warn", N_("To answer"))
    if order["status"] == "declined":
        if order["answer"] == "silence":
            return "bad", N_("Not answered in time")
        return "", N_("Nothing left to offer") if order["answer"] == "exhausted" else N_("Declined")
    if order["status"] == "dispatched" and not _comes(order):
        return "bad", N_("Nothing comes of it")
    if order["status"] == "dispatched":
        return ("ok", N_("Weighed by the school")) if _weighed(order) else ("info", N_("On the way"))
    words = {"accepted": ("ok", N_("You accepted it")), "partly_accepted": ("warn", N_("You accepted a part"))}
    return words.get(order["status"], ("", N_("Called off by the school")))


def _line(line: Mapping[str, Any], status: str, names: Names, language: str) -> Line:
    reference = line.get("reference")
    return Line(
        line_id=line["line_id"],
        food=called(names, "foods", line["food_code"], language),
        g=line[WEIGHTS.get(status, _ORDERED)[0]],
        ordered_g=line["ordered_g"],
        price_fen=line["price_fen_per_kg"],
        market_fen=None if reference is None else reference["reference_price_fen_per_kg"],
        accepted_g=line["accepted_g"],
        reason=line["short_reason"],
    )
