"""What the pages of offers ask the services."""

from datetime import date, timedelta
from typing import Any

from fastapi import Request

from services.portal.asking import day_of
from services.portal.harvest.views import product
from services.portal.naming import names_of
from services.portal.offers import views
from services.portal.rendering import page_of
from services.portal.upstream import Away, Refused, Upstream

BACK = timedelta(days=120)
"""Offers that ended longer ago are not looked at any more."""
NO_GAPS: views.Json = {"items": []}


async def offers_of(services: Upstream, mine: str, now: date) -> list[views.Json]:
    """Return a cooperative's offers, open or not, that end from four months ago on."""
    query = {"cooperative_id": mine, "until_from": (now - BACK).isoformat()}
    return await services.items("farmers", "/offers", query)


async def choices(request: Request, services: Upstream, mine: str, now: date) -> dict[str, Any]:
    """Return what could be offered: what was offered before, and everything that is farmed around. Raises Away."""
    told = await services.parts(
        offers=offers_of(services, mine, now), foods=services.items("nutrition", "/foods", {"farmed": "true"})
    )
    if isinstance(told["offers"], Away):
        raise told["offers"]
    codes, language = views.own_codes(told["offers"]), page_of(request).language
    names, foods = await names_of(services, foods=codes), told["foods"]
    groups = foods if isinstance(foods, Away) else views.groups_of(foods, language)
    return {"mine": mine, "own": [product(code, names, language) for code in codes], "groups": groups}


async def new_offer(request: Request, services: Upstream, mine: str, food_code: str) -> dict[str, Any]:
    """Return what the form of a new offer needs; only what nobody answers to is left out. Raises Refused: no food."""
    now, language = day_of(request), page_of(request).language
    told = await services.parts(
        known=services.get("nutrition", f"/foods/{food_code}"),
        offers=offers_of(services, mine, now),
        contracts=services.items(
            "farmers", "/contracts", {"cooperative_id": mine, "food_code": food_code, "status": "open"}
        ),
        market=_market(services, mine, food_code),
        wanted_g=_wanted(services, mine, food_code),
    )
    there = {name: None if isinstance(part, Away) else part for name, part in told.items()}
    known, before = there["known"], [each for each in there["offers"] or () if each["food_code"] == food_code]
    names = {"foods": {} if known is None else {food_code: {"zh": known["name_zh"], "en": known["name_en"]}}}
    return {
        "mine": mine,
        "known": known,
        "product": product(food_code, names, language),
        "last": max(before, key=lambda each: each["published_at"], default=None),
        "contracts": views.contracts_for(there["contracts"] or (), now),
        "market_fen": there["market"],
        "wanted_g": there["wanted_g"],
    }


async def one_offer(request: Request, services: Upstream, offer: views.Json) -> dict[str, Any]:
    """Return what the page of an offer needs."""
    mine, code = offer["cooperative_id"], offer["food_code"]
    told = await services.parts(
        gaps=services.get("farmers", f"/cooperatives/{mine}/certificate-gaps"),
        names=names_of(services, foods=[code]),
    )
    gaps = NO_GAPS if isinstance(told["gaps"], Away) else told["gaps"]
    lacks = views.lacks_of(gaps).get(code, [])
    card = views.card_of(offer, lacks, told["names"], page_of(request).language, day_of(request))
    return {"mine": mine, "card": card, "gaps": told["gaps"], "market_fen": card.market_fen, "stale": False}


async def _market(services: Upstream, mine: str, food_code: str) -> int | None:
    """Return what a food costs on the public market around, in fen per kg; None where nobody knows."""
    county = (await services.get("farmers", f"/cooperatives/{mine}"))["county_code"]
    prices = await services.items("farmers", "/reference-prices", {"county_code": county})
    return next((each["price_fen_per_kg"] for each in prices if each["food_code"] == food_code), None)


async def _wanted(services: Upstream, mine: str, food_code: str) -> int | None:
    """Return how much of a food schools still want in the coming weeks; None where nothing was published yet."""
    try:
        told = await services.get("farmers", f"/cooperatives/{mine}/still-wanted")
    except Refused as refused:
        if refused.status != 404:
            raise
        return None
    return next((each["wanted_g"] for each in told["items"] if each["food_code"] == food_code), None)
