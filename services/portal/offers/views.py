"""What the pages of offers show: pure functions from what services answer to what a template needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.portal.forms import typed_kg, typed_yuan
from services.portal.harvest.views import Product, product, shape_of
from services.portal.languages import N_
from services.portal.naming import Names
from shared.weeks import monday_of

Json = Mapping[str, Any]

KINDS: Mapping[str, str] = {
    "business_licence": N_("Business licence"),
    "inspection_report": N_("Inspection report"),
    "quarantine": N_("Quarantine certificate"),
}
"""Certificates that offers may wait for."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("Vegetables"): ("vegetable",),
    N_("Fruit"): ("fruit",),
    N_("Mushrooms"): ("fungi_algae",),
    N_("Potatoes and roots"): ("tuber",),
    N_("Grain, soy and nuts"): ("cereal", "soy", "nut"),
    N_("Meat"): ("meat",),
    N_("Fish"): ("fish",),
    N_("Eggs and milk"): ("egg", "dairy"),
}
_OTHERS = N_("Other products")
WARNED_DAYS = 30
"""A certificate that ends within so many days is spoken of."""


@dataclass(frozen=True, slots=True)
class Card:
    """An offer as it is shown: where it stands, in a tone and a word (msgid), and what it lacks (msgids by kind)."""

    offer_id: str
    product: Product
    first: str
    last: str
    quantity_g: int
    promised_g: int
    price_fen: int
    market_fen: int | None
    contract_id: str | None
    version: int
    tone: str
    word: str
    lacks: Mapping[str, str]

    @property
    def left_g(self) -> int:
        """What is not promised yet."""
        return self.quantity_g - self.promised_g

    @property
    def is_live(self) -> bool:
        """Whether it can be amended and withdrawn."""
        return self.word not in (_OVER[1], _WITHDRAWN[1])


_HELD = ("bad", N_("Held back"))
_ALL_PROMISED = ("ok", N_("All promised"))
_OPEN = ("ok", N_("On offer"))
_OVER = ("", N_("Over"))
_WITHDRAWN = ("", N_("Withdrawn"))


def card_of(offer: Json, lacks: Sequence[str], names: Names, language: str, today: date) -> Card:
    """Return an offer as a card; `lacks` are the kinds of certificates its product waits for."""
    live = offer["status"] == "open" and offer["available_until"] >= today.isoformat()
    left = offer["quantity_g"] - offer["promised_g"]
    over = _WITHDRAWN if offer["status"] == "withdrawn" else _OVER
    tone, word = over if not live else _HELD if lacks else _OPEN if left else _ALL_PROMISED
    market = offer["reference"]
    return Card(
        offer_id=offer["offer_id"],
        product=product(offer["food_code"], names, language),
        first=offer["available_from"],
        last=offer["available_until"],
        quantity_g=offer["quantity_g"],
        promised_g=offer["promised_g"],
        price_fen=offer["price_fen_per_kg"],
        market_fen=None if market is None else market["reference_price_fen_per_kg"],
        contract_id=offer["contract_id"],
        version=offer["version"],
        tone=tone,
        word=word,
        lacks={kind: KINDS.get(kind, kind) for kind in lacks} if live else {},
    )


def lacks_of(gaps: Json) -> dict[str, list[str]]:
    """Return the kinds of certificates that are missing, by product."""
    found: dict[str, list[str]] = {}
    for gap in gaps["items"]:
        found.setdefault(gap["food_code"], []).append(gap["kind"])
    return found


def cards_of(offers: Iterable[Json], gaps: Json, names: Names, language: str, today: date) -> list[Card]:
    """Return what is on offer now: first what is held back, then what begins first."""
    lacks = lacks_of(gaps)
    cards = [card_of(each, lacks.get(each["food_code"], ()), names, language, today) for each in offers]
    return sorted(
        (card for card in cards if card.is_live),
        key=lambda card: (not card.lacks, card.first, card.product.name, card.offer_id),
    )


def former_of(offers: Iterable[Json], names: Names, language: str, today: date, most: int = 12) -> list[Card]:
    """Return what is over or withdrawn, the newest of each product; it can be offered again."""
    newest: dict[str, Card] = {}
    for each in sorted(offers, key=lambda offer: (offer["available_until"], offer["offer_id"]), reverse=True):
        card = card_of(each, (), names, language, today)
        if not card.is_live:
            newest.setdefault(card.product.code, card)
    return list(newest.values())[:most]


def own_codes(offers: Iterable[Json]) -> list[str]:
    """Return the products that were offered before, the newest first."""
    newest = sorted(offers, key=lambda offer: (offer["published_at"], offer["offer_id"]), reverse=True)
    return list(dict.fromkeys(each["food_code"] for each in newest))


def groups_of(foods: Iterable[Json], language: str) -> list[tuple[str, list[Product]]]:
    """Return what can be farmed by group (msgid), each in the order of its names; empty groups are left out."""
    group_of = {code: group for group, codes in GROUPS.items() for code in codes}
    found: dict[str, list[Product]] = {group: [] for group in (*GROUPS, _OTHERS)}
    for food in foods:
        code, name = food["food_code"], food["name_zh" if language == "zh" else "name_en"]
        if not food["canteen_ban"]:
            found[group_of.get(food["food_group"], _OTHERS)].append(Product(code, name, shape_of(code)))
    return [(group, sorted(each, key=lambda one: one.name)) for group, each in found.items() if each]


def begun_with(food: Json | None, last: Json | None, today: date) -> dict[str, Any]:
    """Return what stands in the form of a new offer: as last time, in the coming week; else what the food is known for.

    The weight is never filled in, except where the very offer is repeated: it is what somebody has to think about.
    """
    monday = monday_of(today) + timedelta(weeks=1)
    begun: dict[str, Any] = {"from": monday.isoformat(), "until": (monday + timedelta(days=6)).isoformat()}
    if last is not None:
        return begun | {
            "price": typed_yuan(last["price_fen_per_kg"]) if last["contract_id"] is None else "",
            "shelf_life": last["shelf_life_days"],
            "minimum": typed_kg(last["minimum_lot_g"]),
            "pack": _pack(last),
            "contract": "",
        }
    days = None if food is None else food["shelf_life_days"]
    return begun | {"shelf_life": days or "", "minimum": "1", "contract": ""}


def standing_in(offer: Json) -> dict[str, Any]:
    """Return what stands in the form of an offer that is there."""
    return {
        "quantity": typed_kg(offer["quantity_g"]),
        "price": typed_yuan(offer["price_fen_per_kg"]),
        "from": offer["available_from"],
        "until": offer["available_until"],
        "shelf_life": offer["shelf_life_days"],
        "minimum": typed_kg(offer["minimum_lot_g"]),
        "pack": _pack(offer),
        "harvest_day": offer["harvest_day"] or "",
        "version": offer["version"],
    }


def again(offer: Json, today: date) -> dict[str, Any]:
    """Return what stands in the form of an offer that is made once more: for the days it had, were they to come."""
    begun = standing_in(offer) | {"contract": offer["contract_id"] or ""}
    if offer["available_until"] >= today.isoformat():
        return begun
    coming = begun_with(None, offer, today)
    return begun | {"from": coming["from"], "until": coming["until"], "harvest_day": ""}


def contracts_for(contracts: Iterable[Json], today: date) -> list[Json]:
    """Return the contracts under which something can still be offered."""
    day = today.isoformat()
    return [each for each in contracts if each["season_until"] >= day and each["remaining_g"] > 0]


def ending(certificates: Json) -> list[Json]:
    """Return the certificates that offers need and that end soon."""
    return [each for each in certificates["items"] if each["kind"] in KINDS]


def _pack(offer: Json) -> str:
    return "" if offer["pack_size_g"] is None else typed_kg(offer["pack_size_g"])
