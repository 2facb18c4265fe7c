"""What a menu's foods cost its county, by hand: the statements written out, the rules of prices those of nutrition."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from benchmarks.bare_once import Refused
from services.nutrition.market.domain import (
    SERVING_G,
    Due,
    PriceSource,
    Quote,
    Supply,
    contract_price,
    quote_of_supplies,
    share_of_week,
)

_MARKET = "SELECT food_code, reference_price_fen_per_kg FROM food WHERE food_code = ANY($1::text[])"
_WORTHS = "SELECT 1 FROM price_round WHERE county_code = $1 AND week_start = $2 AND final LIMIT 1"
_OFFERS = (
    "SELECT o.offer_id, o.contract_id, o.food_code, o.price_fen_per_kg, o.quantity_g, o.available_from, "
    "o.available_until, o.poor_share_permille, coalesce(c.county_code, o.county_code) = $1 AS local "
    "FROM offer o LEFT JOIN cooperative c USING (cooperative_id) WHERE o.county_code = $1 "
    "AND o.available_until >= $2 AND o.available_from <= $3 AND NOT o.withdrawn AND o.quantity_g > 0"
)
_CONTRACTS = (
    "SELECT k.contract_id, k.cooperative_id, k.food_code, (k.deliveries ->> $4)::bigint AS delivers_g, k.remaining_g, "
    "k.price_fen_per_kg, k.difference_permille, k.floor_at_market_mean, k.poor_share_permille, "
    "coalesce(c.county_code, k.county_code) = $1 AS local FROM contract k LEFT JOIN cooperative c USING "
    "(cooperative_id) WHERE k.county_code = $1 AND k.season_until >= $2 AND k.season_from <= $3 AND k.open "
    "AND k.deliveries ->> $4 IS NOT NULL"
)
_ASKED = (
    "SELECT l.food_code, sum(l.quantity_g)::bigint AS grams FROM menu m JOIN demand_line l USING (menu_id) "
    "WHERE m.week_start = $1 AND m.county_code = $2 GROUP BY l.food_code"
)
_PUPILS = "SELECT coalesce(sum(pupils), 0)::bigint FROM canteen WHERE county_code = $1"

Overrides = Mapping[str, Mapping[str, Any]]


async def prices(
    connection: Any, county: str, week: date, foods: Collection[str], overrides: Overrides
) -> dict[str, list[int | str]]:
    """Return price, source and shares of foods, as a menu keeps them."""
    known = {
        row["food_code"]: row["reference_price_fen_per_kg"] for row in await connection.fetch(_MARKET, sorted(foods))
    }
    market = {food: overrides.get(food, {}).get("reference_price_fen_per_kg", price) for food, price in known.items()}
    if await connection.fetchval(_WORTHS, county, week):
        raise Refused("planned-together")
    supplies = await _supplies(connection, county, week, market)
    asked = {row["food_code"]: row["grams"] for row in await connection.fetch(_ASKED, week, county)}
    need_g = SERVING_G * await connection.fetchval(_PUPILS, county)
    found: dict[str, list[int | str]] = {}
    for food, price in sorted(market.items()):
        quote = quote_of_supplies(supplies.get(food, ()), asked.get(food, 0), need_g)
        if quote is not None:
            found[food] = _row(quote)
        elif price is not None:
            found[food] = [price, PriceSource.REFERENCE.value, 0, 0]
    return found


def _row(quote: Quote) -> list[int | str]:
    return [quote.price_fen_per_kg, quote.source.value, quote.local_permille, quote.poor_permille]


async def _supplies(
    connection: Any, county: str, week: date, market: Mapping[str, int | None]
) -> dict[str, list[Supply]]:
    found: dict[str, list[Supply]] = defaultdict(list)
    offered: dict[str, int] = defaultdict(int)
    within = (county, week, week + timedelta(days=6))
    for row in await connection.fetch(_OFFERS, *within):
        grams = share_of_week(row["quantity_g"], row["available_from"], row["available_until"], week)
        of = (row["offer_id"], row["food_code"], row["price_fen_per_kg"], grams, row["local"])
        found[row["food_code"]].append(Supply(*of, row["poor_share_permille"]))
        if row["contract_id"] is not None:
            offered[row["contract_id"]] += grams
    for row in await connection.fetch(_CONTRACTS, *within, f"{week}"):
        values = dict(row)
        due = Due(
            **values | {"offered_g": offered[row["contract_id"]], "poor_permille": values.pop("poor_share_permille")}
        )
        price = contract_price(due, market.get(due.food_code))
        if price is not None and due.to_come_g and due.food_code in market:
            of = (due.contract_id, due.food_code, price, due.to_come_g, due.local)
            found[due.food_code].append(Supply(*of, due.poor_permille, PriceSource.CONTRACT))
    return found


async def overrides_of(connection: Any, county: str) -> dict[str, dict[str, Any]]:
    """Return what a county says of foods, by food and field."""
    said = "SELECT food_code, field, value FROM food_override WHERE county_code = $1 AND NOT removed"
    found: dict[str, dict[str, Any]] = {}
    for row in await connection.fetch(said, county):
        found.setdefault(row["food_code"], {})[row["field"]] = json.loads(row["value"])
    return found
