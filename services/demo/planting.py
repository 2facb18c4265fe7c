"""The standing menu of the term: what it will need comes back to the villages as what is still wanted."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import httpx

from services.demo.calls import body_of, items
from services.demo.menus import AT_MOST, School

MOST_WEEKS = 4
"""Weeks that come round again: different templates of the county, as far as there are any."""
TERM_WEEKS = 20
SHOWN = 5
"""Foods of the report."""


async def keep_cycles(nutrition: httpx.AsyncClient, county_code: str, schools: Sequence[School], monday: date) -> None:
    """The county's nutritionist keeps a cycle for all its schools from a Monday on, for the rest of the term."""
    known = {cycle["group_id"] async for cycle in items(nutrition, "/cycles", county_code=county_code)}
    span = {"starts_on": monday.isoformat(), "ends_on": (monday + timedelta(weeks=TERM_WEEKS, days=-1)).isoformat()}
    for number, start in enumerate(range(0, len(schools), AT_MOST), start=1):
        some = schools[start : start + AT_MOST]
        group = {
            "group_id": f"grp-{county_code}-{number}",
            "county_code": county_code,
            "name_zh": f"全县食堂第{number}片（虚构）",
            "name_en": f"The county's canteens, part {number} (fictional)",
            "canteen_ids": [school.canteen_id for school in some],
        }
        if group["group_id"] not in known:
            body_of(await nutrition.put("/canteen-groups", json={"rows": [group]}))
            said = {"group_id": group["group_id"], "name": "standing menu of the term", "weeks": _weeks(some), **span}
            body_of(await nutrition.post("/cycles", json=said))


def _weeks(schools: Sequence[School]) -> list[dict[str, Any]]:
    """Return the first templates of the schools that differ, each a week that comes round again."""
    weeks: list[dict[str, Any]] = []
    for school in schools:
        meals = [
            {"weekday": day, "meal": meal, "dish_codes": dishes}
            for day, of_day in sorted(school.template.items())
            for meal, dishes in of_day.items()
        ]
        if {"meals": meals} not in weeks:
            weeks.append({"meals": meals})
    return weeks[:MOST_WEEKS]


async def still_wanted(farmers: httpx.AsyncClient, county_code: str) -> list[dict[str, Any]]:
    """Return the foods most is to be sown of: g wanted, 1/100 mu, and the week in which sowing begins."""
    found = [one async for one in items(farmers, "/planting-guidance", county_code=county_code)]
    sown = sorted((one for one in found if one["mu_hundredths"]), key=lambda one: (-one["wanted_g"], one["food_code"]))
    shown = ("food_code", "wanted_g", "mu_hundredths", "next_sowing_week")
    return [{name: one[name] for name in shown} for one in sown[:SHOWN]]
