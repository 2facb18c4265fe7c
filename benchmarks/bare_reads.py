"""What people look up all day by hand: Starlette and asyncpg, the same rows, the same answers as the services give.

`DSN=… PORT=… WEEK_CLOCK=… python -m benchmarks.bare_reads` serves it. `benchmarks.rest` compares the answers.

In its favour: it does not ask who asks, and no policy narrows what it reads.
"""

import json
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.bare import serve
from benchmarks.bare_once import now, plain
from shared.quantities import divide

_ORDERS = (
    "SELECT order_id, version, canteen_id, cooperative_id, county_code, delivery_day, answer_by, placed_at, status, "
    "answer, answer_reason, answered_at, closing_reason, dispatched_at, dispatch_reason "
    "FROM purchase_order WHERE cooperative_id = $1 ORDER BY order_id LIMIT $2"
)
_LINES = (
    "SELECT order_id, line_id, food_code, offer_id, temperature_class, price_fen_per_kg, promised_g, ordered_g, "
    "confirmed_g, dispatched_g, received_g, accepted_g, short_reason "
    "FROM order_line WHERE order_id = ANY($1::text[]) ORDER BY order_id, place"
)
_PRICES = (
    "SELECT DISTINCT ON (food_code) food_code, price_fen_per_kg, day, region_code, source, verified "
    "FROM reference_price WHERE food_code = ANY($1::text[]) AND region_code = ANY($2::text[]) AND day <= $3 "
    "ORDER BY food_code, day > $3 - 28 DESC, CASE WHEN day > $3 - 28 THEN length(region_code) END DESC, day DESC, "
    "length(region_code) DESC"
)
_MENUS = (
    "SELECT menu_id, canteen_id, county_code, week_start, version, status, from_day, published_at FROM menu "
    "WHERE canteen_id = $1 AND week_start = $2 ORDER BY menu_id LIMIT 100"
)
_MEALS = (
    "SELECT day, meal, headcount, headcounts, dishes FROM menu_meal WHERE menu_id = $1 AND version = $2 "
    "ORDER BY day, CASE meal WHEN 'breakfast' THEN 1 WHEN 'lunch' THEN 2 ELSE 3 END"
)
_SERVED = (
    "SELECT day, meal, meal_id FROM served_meal WHERE canteen_id = $1 AND day BETWEEN $2 AND $3 AND menu_id = $4 "
    "AND headcount > 0"
)
_JSON = {"content-type": "application/json"}
_SCHOOL_TIME = timedelta(hours=8)


async def list_orders(request: Request) -> Response:
    """List a cooperative's orders with their lines, what the public market pays beside each."""
    asked = request.query_params
    async with request.app.state.pool.acquire() as connection, connection.transaction(readonly=True):
        orders = [dict(row) for row in await connection.fetch(_ORDERS, asked["cooperative_id"], int(asked["limit"]))]
        lines: dict[str, list[dict[str, Any]]] = {order["order_id"]: [] for order in orders}
        for row in await connection.fetch(_LINES, list(lines)):
            order_id, *values = row.items()
            lines[order_id[1]].append(dict(values))
        await _price(connection, orders, lines)
    items = [order | {"lines": lines[order["order_id"]]} for order in orders]
    return _answer(items, "order_id", int(asked["limit"]))


async def _price(connection: Any, orders: list[dict[str, Any]], lines: dict[str, list[dict[str, Any]]]) -> None:
    today = (now() + _SCHOOL_TIME).date()
    together: dict[tuple[str, date], list[dict[str, Any]]] = {}
    for order in orders:
        place = order["county_code"], min(order["delivery_day"], today)
        together.setdefault(place, []).extend(lines[order["order_id"]])
    for (county, day), priced in together.items():
        foods = list({line["food_code"] for line in priced})
        found = await connection.fetch(_PRICES, foods, [county, county[:4], county[:2]], day)
        prices = {row["food_code"]: row for row in found}
        for line in priced:
            line["reference"] = _reference(prices.get(line["food_code"]), line["price_fen_per_kg"])


def _reference(row: Any, price: int) -> dict[str, Any] | None:
    if row is None:
        return None
    market = row["price_fen_per_kg"]
    return {
        "reference_price_fen_per_kg": market,
        "day": row["day"],
        "region_code": row["region_code"],
        "source": row["source"],
        "verified": row["verified"],
        "difference_permille": divide((price - market) * 1000, market),
    }


async def read_week(request: Request) -> Response:
    """Show the menus of a canteen's week with their meals."""
    canteen_id, monday = request.query_params["canteen_id"], date.fromisoformat(request.query_params["week_start"])
    async with request.app.state.pool.acquire() as connection, connection.transaction(readonly=True):
        menus = [dict(row) for row in await connection.fetch(_MENUS, canteen_id, monday)]
        for menu in menus:
            within = (monday, monday + timedelta(days=6))
            served = await connection.fetch(_SERVED, canteen_id, *within, menu["menu_id"])
            recorded = {(row["day"], row["meal"]): row["meal_id"] for row in served}
            meals = await connection.fetch(_MEALS, menu["menu_id"], menu["version"])
            menu["days"] = [_meal(row, recorded) for row in meals]
            if menu["status"] == "published":
                whole = bool(meals) and all(meal["meal_id"] for meal in menu["days"])
                menu["status"] = "served" if whole else "published" if menu["version"] == 1 else "amended"
    return _answer(menus, "menu_id", 100)


def _meal(row: Any, recorded: dict[tuple[date, str], str]) -> dict[str, Any]:
    return {
        "day": row["day"],
        "meal": row["meal"],
        "headcount": row["headcount"],
        "headcounts": json.loads(row["headcounts"]),
        "dishes": [{"dish_code": code, "version": version} for code, version in json.loads(row["dishes"])],
        "meal_id": recorded.get((row["day"], row["meal"])),
    }


def _answer(items: list[dict[str, Any]], key: str, limit: int) -> Response:
    told = {"items": items, "next": items[-1][key] if len(items) == limit else None}
    return Response(json.dumps(told, default=plain), 200, _JSON)


if __name__ == "__main__":
    serve(Route("/orders", list_orders), Route("/menus", read_week))
