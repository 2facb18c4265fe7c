"""The board of a week with its rail, whether it is a draft's or a menu's: what both pages are told."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request

from services.portal.asking import day_of
from services.portal.planner import asking, views
from services.portal.planner.rail import daily_rows, rail_of
from services.portal.upstream import Away, Upstream

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Board:
    """A week as it is shown: `context` is for the template, the rest for whoever shows more."""

    around: asking.Around
    told: Mapping[str, Any]
    context: dict[str, Any]


async def board_of(
    request: Request,
    services: Upstream,
    thing: Told,
    meals: Sequence[Told],
    where: str,
    day: str | None,
    **more: Awaitable[Any],
) -> Board:
    """Return the board of a draft or a menu (`thing`) that nutrition has at `where`; `more` may ask for `lifts`.

    Raises Refused, Away.
    """
    canteen_id, monday = thing["canteen_id"], thing["week_start"]
    analysis = asking.or_none(services.get("nutrition", f"{where}/analysis"))
    around, told = await asking.around(request, services, canteen_id, monday, analysis=analysis, **more)
    names = around.names
    await asking.name_all(services, names, asking.codes_of(meals), canteen_id)
    away = told["analysis"] if isinstance(told["analysis"], Away) else None
    judged = None if away else told["analysis"]
    lifts = told.get("lifts")
    today = day_of(request)
    week = views.columns(meals, date.fromisoformat(monday), today, names, around.served, around.forecast, judged)
    foods = set() if judged is None else {*judged["unpriced"], *judged["out_of_season"]}
    context = {
        "week": week,
        "shown": views.day_shown(week, day),
        "school": names.own(around.canteen),
        "state": views.STATES[thing["status"]],
        "beside": views.beside(monday),
        "rail": rail_of(judged, None if isinstance(lifts, Away) else lifts, names),
        "daily": daily_rows(judged),
        "away": away,
        "foods": await asking.food_names(request, services, foods),
    }
    return Board(around, told, context)
