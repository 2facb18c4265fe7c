"""What forms of offers say: the terms of an offer, a certificate."""

from datetime import date
from typing import Any

from services.portal.forms import Fields
from services.portal.languages import N_
from services.portal.offers.views import KINDS
from services.portal.upstream import Upstream

NAMES = {
    "available_from": "from",
    "available_until": "until",
    "quantity_g": "quantity",
    "price_fen_per_kg": "price",
    "shelf_life_days": "shelf_life",
    "minimum_lot_g": "minimum",
    "pack_size_g": "pack",
    "contract_id": "contract",
}
"""The fields of a page by those of an offer."""
_MOST_FEN, _MOST_DAYS = 1_000_000, 3650


def terms_of(fields: Fields, food_code: str, contract_id: str | None) -> dict[str, Any]:
    """Return the terms of an offer; under a contract the price may be left out, and is None then."""
    priced = contract_id is None or bool(fields.values.get("price", "").strip())
    return {
        "food_code": food_code,
        "contract_id": contract_id,
        "quantity_g": fields.kg("quantity"),
        "price_fen_per_kg": fields.fen("price", least_fen=1, most_fen=_MOST_FEN) if priced else None,
        "available_from": fields.day("from").isoformat(),
        "available_until": fields.day("until").isoformat(),
        "shelf_life_days": fields.whole("shelf_life", least=1, most=_MOST_DAYS),
        "minimum_lot_g": fields.kg("minimum"),
        "pack_size_g": fields.kg("pack") if _said(fields, "pack") else None,
        "harvest_day": fields.day("harvest_day").isoformat() if _said(fields, "harvest_day") else None,
    }


async def priced(services: Upstream, terms: dict[str, Any]) -> dict[str, Any]:
    """Return terms with their price: under a contract, where none was typed, the contract's. Raises Refused, Away."""
    if terms["price_fen_per_kg"] is not None:
        return terms
    where = f"/contracts/{terms['contract_id']}/price"
    told = await services.get("farmers", where, {"day": terms["available_from"]})
    return terms | {"price_fen_per_kg": told["price_fen_per_kg"]}


def certificate_of(fields: Fields, cooperative_id: str) -> dict[str, Any]:
    """Return the certificate that a form describes; the same form sent twice is the same certificate."""
    food = fields.text("food", longest=64, needed=False)
    issued, expires = fields.day("issued_on"), fields.day("expires_on")
    _check_period(fields, issued, expires)
    only = fields.one_of("covers", frozenset({"food", "all"} if food else {"all"}))
    return {
        "certificate_id": fields.key,
        "cooperative_id": cooperative_id,
        "kind": fields.one_of("kind", KINDS),
        "number": fields.text("number", longest=64),
        "issued_by": fields.text("issued_by", longest=200),
        "issued_on": issued.isoformat(),
        "expires_on": expires.isoformat(),
        "food_codes": [food] if only == "food" else [],
    }


def _check_period(fields: Fields, issued: date, expires: date) -> None:
    if not fields.faults.keys() & {"issued_on", "expires_on"} and expires < issued:
        fields.faults["expires_on"] = N_("It ends before it begins.")


def _said(fields: Fields, name: str) -> bool:
    return bool(fields.values.get(name, "").strip())
