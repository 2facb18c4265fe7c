"""A menu published by hand: Starlette and asyncpg, the same rows in one transaction as services/nutrition writes.

`DSN=… PORT=… WEEK_CLOCK=… python -m benchmarks.bare_menus` serves it. What a menu is made of is reckoned by the
service's own rules (plan, cover, prices, budgets), which are long and pure; around them is nothing but statements
written out. In its favour: it refuses less. `benchmarks.rest` compares the rows afterwards.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from benchmarks.bare import serve
from benchmarks.bare_once import Refused, once, plain, tell
from benchmarks.bare_prices import Overrides, overrides_of, prices
from services.nutrition.canteens.domain import Canteen, Profile
from services.nutrition.closures.domain import served
from services.nutrition.days import DayKind
from services.nutrition.dishes.domain import Ingredient, PortionRule, Recipe, portions_of
from services.nutrition.enrolment.domain import enrolled_on
from services.nutrition.funding.domain import Amount, Payer, budget_of
from services.nutrition.menus.demand import Line, Need, cover, plan
from services.nutrition.menus.domain import Planned, Wish, check_open, check_wishes
from services.nutrition.stocks.domain import Free, free_lots
from shared.fields import AgeBand, Meal, Sex, TemperatureClass
from shared.ids import new_id

_CANTEEN = (
    "SELECT county_code, breakfast, lunch, dinner, budget_fen_per_pupil_day FROM canteen WHERE canteen_id = $1 "
    "FOR NO KEY UPDATE"
)
_HEADS = "SELECT age_band, sex, pupils FROM canteen_headcount WHERE canteen_id = $1 AND pupils > 0"
_CALENDAR = "SELECT day, kind FROM holiday WHERE county_code = $1 AND day BETWEEN $2 AND $3"
_CLOSED = "SELECT day, breakfast, lunch, dinner FROM closure WHERE canteen_id = $1 AND day BETWEEN $2 AND $3"
_RECIPES = (
    "SELECT d.dish_code, d.version, d.category, d.portion_rule, d.portion_permille, i.food_code, i.portion_mg, "
    "f.edible_permille, f.temperature_class, f.canteen_ban FROM dish d "
    "JOIN dish_ingredient i USING (dish_code, version) JOIN food f USING (food_code) "
    "WHERE d.dish_code = ANY($1::text[]) ORDER BY d.dish_code, i.food_code"
)
_STOCK = (
    "SELECT s.food_code, s.use_by, sum(s.came_g - s.used_g)::bigint AS grams FROM stock_lot s "
    "WHERE s.canteen_id = $1 AND s.food_code = ANY($2::text[]) AND s.came_g > s.used_g AND s.use_by >= $3 "
    "AND NOT EXISTS (SELECT FROM recalled_lot r WHERE r.lot_id = s.lot_id) GROUP BY s.food_code, s.use_by"
)
_HELD = (
    "SELECT food_code, sum(reserved_g)::bigint AS grams FROM demand_line "
    "WHERE canteen_id = $1 AND delivery_day >= $2 AND reserved_g > 0 GROUP BY food_code"
)
_HISTORY = "SELECT valid_from, pupils FROM enrolment WHERE canteen_id = $1 ORDER BY valid_from"
_COUNTS = (
    "SELECT class_code, valid_from, pupils FROM funding_count WHERE canteen_id = $1 AND valid_from <= $2 "
    "ORDER BY class_code, valid_from"
)
_AMOUNTS = (
    "SELECT class_code, valid_from, valid_until, amount_fen_per_pupil_day, breakfast, lunch, dinner "
    "FROM funding_amount WHERE class_code = ANY($1::text[]) ORDER BY class_code, valid_from"
)
_ADD = (
    "INSERT INTO menu (menu_id, canteen_id, county_code, week_start, version, status, published_at) "
    "VALUES ($1, $2, $3, $4, 1, 'published', $5) ON CONFLICT DO NOTHING RETURNING 1"
)
_ADD_VERSION = (
    "INSERT INTO menu_version (menu_id, version, change, reason, told_at, demand, prices) "
    "VALUES ($1, 1, 'published', '', $2, $3, $4)"
)
_ADD_MEALS = (
    "INSERT INTO menu_meal (menu_id, version, day, meal, headcount, headcounts, dishes, planned_g) "
    "SELECT $1, 1, * FROM unnest($2::date[], $3::text[], $4::int[], $5::json[], $6::json[], $7::json[])"
)
_ADD_LINES = (
    "INSERT INTO demand_line (menu_id, canteen_id, delivery_day, food_code, temperature_class, gross_g, from_stock_g, "
    "quantity_g, accepted_g, used_g, left_g, reserved_g) SELECT $1, $2, d, f, t, g, s, q, 0, 0, g, s "
    "FROM unnest($3::date[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[]) AS n (d, f, t, g, s, q)"
)
_BOUGHT = ("edible_permille", "temperature_class", "canteen_ban")
_SCHOOL_TIME = timedelta(hours=8)
_RESERVED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Week:
    """What a canteen is and what it serves in a week."""

    profile: Profile
    calendar: Mapping[date, DayKind]
    still_served: Mapping[date, tuple[Meal, ...]]


async def publish(connection: Any, _request: Request, said: dict[str, Any], now: datetime) -> tuple[int, bytes]:
    """Publish a canteen's menu of a week."""
    canteen_id, monday = said["canteen_id"], date.fromisoformat(said["week_start"])
    week = await _week(connection, canteen_id, monday)
    profile, overrides = week.profile, await overrides_of(connection, week.profile.county_code)
    canteen = Canteen(canteen_id, profile.county_code, frozenset(profile.meals), profile.enrolled)
    wishes = [
        Wish(place, date.fromisoformat(one["day"]), Meal(one["meal"]), tuple(one["dish_codes"]))
        for place, one in enumerate(said["days"])
    ]
    check_wishes(monday, wishes, canteen, week.calendar, now)
    check_open(wishes, week.still_served)
    meals, needs = plan(wishes, canteen, await _recipes(connection, wishes, overrides))
    today = (now + _SCHOOL_TIME).date()
    lines = cover(needs, await _free(connection, canteen_id, needs, today))
    head = {"menu_id": new_id(), "canteen_id": canteen_id, "county_code": profile.county_code, "week_start": monday}
    if await connection.fetchval(_ADD, *head.values(), now) is None:
        raise Refused("menu-exists")
    foods = {food for meal in meals for food in meal.planned_g}
    told = await prices(connection, profile.county_code, monday, foods, overrides)
    demand = [_demand(line) for line in lines]
    await _write(connection, head, meals, lines, (json.dumps(demand, default=plain), json.dumps(told)), now)
    budget = await _budget(connection, week, meals)
    data = head | {"version": 1, "demand": demand, "budget": budget, "published_at": now}
    await tell(connection, "nutrition.menu.v1", "MenuPublished", canteen_id, data, now)
    answer = head | {"version": 1, "status": "published", "from_day": None, "published_at": now, "demand": demand}
    return 201, json.dumps(answer, default=plain).encode()


async def _week(connection: Any, canteen_id: str, monday: date) -> _Week:
    row = await connection.fetchrow(_CANTEEN, canteen_id)
    if row is None:
        raise Refused("not-found")
    within = (monday, monday + timedelta(days=6))
    heads = {(AgeBand(band), Sex(sex)): n for band, sex, n in await connection.fetch(_HEADS, canteen_id)}
    closed = await connection.fetch(_CLOSED, canteen_id, *within)
    profile = Profile(
        canteen_id=canteen_id,
        county_code=row["county_code"],
        meals=_meals(row),
        heads=heads,
        standard_id="",
        diets=(),
        equipment={},
        flat_fen_per_pupil_day=row["budget_fen_per_pupil_day"],
    )
    days = await connection.fetch(_CALENDAR, row["county_code"], *within)
    return _Week(profile, {day: DayKind(kind) for day, kind in days}, {one["day"]: _meals(one) for one in closed})


def _meals(row: Any) -> tuple[Meal, ...]:
    return tuple(meal for meal in Meal if row[meal.value])


async def _recipes(connection: Any, wishes: Sequence[Wish], overrides: Overrides) -> dict[str, Recipe]:
    codes = sorted({code for wish in wishes for code in wish.dish_codes})
    parts: dict[str, list[Ingredient]] = {}
    heads: dict[str, Any] = {}
    for row in await connection.fetch(_RECIPES, codes):
        said = overrides.get(row["food_code"], {})
        edible, travels, banned = (said.get(name, row[name]) for name in _BOUGHT)
        travels = None if travels is None else TemperatureClass(travels)
        one = Ingredient(row["food_code"], row["portion_mg"], edible, travels, banned)
        parts.setdefault(row["dish_code"], []).append(one)
        heads[row["dish_code"]] = row
    return {code: _recipe(heads[code], tuple(own)) for code, own in parts.items()}


def _recipe(row: Any, parts: tuple[Ingredient, ...]) -> Recipe:
    given = None if row["portion_permille"] is None else json.loads(row["portion_permille"])
    bands = given and {band: int(given[band]) for band in AgeBand}
    portions = portions_of(PortionRule(row["portion_rule"]), bands)
    return Recipe(row["dish_code"], row["version"], parts, row["category"], portions)


async def _free(connection: Any, canteen_id: str, needs: Sequence[Need], today: date) -> dict[str, list[Free]]:
    usable: dict[str, list[Free]] = {}
    for row in await connection.fetch(_STOCK, canteen_id, sorted({need.food_code for need in needs}), today):
        usable.setdefault(row["food_code"], []).append(Free(row["use_by"], row["grams"]))
    if not usable:
        return {}
    held = {row["food_code"]: row["grams"] for row in await connection.fetch(_HELD, canteen_id, today - _RESERVED)}
    return {food: free_lots(lots, held.get(food, 0)) for food, lots in usable.items()}


def _demand(line: Line) -> dict[str, Any]:
    return {
        "food_code": line.food_code,
        "delivery_day": line.delivery_day,
        "temperature_class": line.temperature_class,
        "gross_g": line.gross_g,
        "from_stock_g": line.from_stock_g,
        "quantity_g": line.quantity_g,
    }


async def _write(
    connection: Any,
    head: dict[str, Any],
    meals: Sequence[Planned],
    lines: Sequence[Line],
    told: tuple[str, str],
    now: datetime,
) -> None:
    await connection.execute(_ADD_VERSION, head["menu_id"], now, *told)
    rows = [
        (
            meal.day,
            meal.meal,
            meal.headcount,
            json.dumps(dict(meal.headcounts)),
            json.dumps(meal.dishes),
            json.dumps(dict(meal.planned_g)),
        )
        for meal in meals
    ]
    await connection.execute(_ADD_MEALS, head["menu_id"], *map(list, zip(*rows, strict=True)))
    wanted = [tuple(_demand(line).values()) for line in lines]
    food, day, travels, *grams = map(list, zip(*wanted, strict=True))
    await connection.execute(_ADD_LINES, head["menu_id"], head["canteen_id"], day, food, travels, *grams)


async def _budget(connection: Any, week: _Week, meals: Sequence[Planned]) -> list[dict[str, Any]]:
    profile, days = week.profile, sorted({meal.day for meal in meals})
    history = [(day, pupils) for day, pupils in await connection.fetch(_HISTORY, profile.canteen_id)]
    counted: dict[str, list[tuple[date, int]]] = {}
    for code, since, pupils in await connection.fetch(_COUNTS, profile.canteen_id, days[-1]):
        counted.setdefault(code, []).append((since, pupils))
    paid: dict[str, list[Amount]] = {}
    for row in await connection.fetch(_AMOUNTS, list(counted)) if counted else ():
        amount = (row["valid_from"], row["valid_until"], row["amount_fen_per_pupil_day"], frozenset(_meals(row)))
        paid.setdefault(row["class_code"], []).append(Amount(*amount))
    payers = [Payer(code, paid.get(code, []), pupils) for code, pupils in counted.items()]
    told = []
    for day in days:
        there = served(profile.meals, day, week.calendar, week.still_served)
        budget = budget_of(profile, day, enrolled_on(day, history, profile.pupils), there, payers)
        told.append(
            {"day": day, "budget_fen": sum(budget.by_meal.get(meal.meal, 0) for meal in meals if meal.day == day)}
        )
    return told


if __name__ == "__main__":
    serve(Route("/menus", once(publish), methods=["POST"]))
