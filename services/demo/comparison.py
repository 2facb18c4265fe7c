"""The planner's week beside the week of the templates: judged by the same standard, at the same prices.

Both are judged before anything is published, when all that is on offer is still to be had.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.demo.calls import body_of, items
from services.demo.menus import Menus, School

FIGURES = ("cost_fen", "budget_fen", "poor_fen", "lost_points")
Sums = dict[str, float]


async def compare(menus: Menus, schools: Sequence[School], file: Path) -> None:
    """Write how both weeks fare, a child and school day on average; what is written already stands."""
    if read(file):
        return
    nutrition, week = menus.nutrition, {"week_start": menus.monday.isoformat()}
    holidays = await menus.holidays()
    plans = {plan["canteen_id"]: plan async for plan in items(nutrition, "/menu-plans", status="planned", **week)}
    sums: dict[str, Sums] = {"plan": dict.fromkeys(FIGURES, 0.0), "template": dict.fromkeys(FIGURES, 0.0)}
    gaps: list[float] = []
    heads = 0

    async def one(school: School) -> None:
        nonlocal heads
        plan = body_of(await nutrition.get(f"/menu-plans/{plans[school.canteen_id]['plan_id']}"))
        answer = plan["answer"]
        if answer["gap"] is not None:
            gaps.append(answer["gap"])
        heads += answer["heads"]
        weeks = {"plan": _meals(answer["menus"][0]), "template": menus.template(school, holidays[school.county_code])}
        for name, days in weeks.items():
            asked = {"canteen_id": school.canteen_id, "days": days, **week}
            _add(sums[name], body_of(await nutrition.post("/menu-analyses", json=asked)), answer["heads"])

    await menus.crew.every([school for school in schools if school.canteen_id in plans], one)
    figures = {"menus_planned": len(plans), "plan_gap": sum(gaps) / len(gaps) if gaps else None}
    _write(file, figures | _means(sums, heads))


def _meals(menu: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a planned menu as an analysis asks for it."""
    return [
        {"day": day["day"], "meal": meal["meal"], "dish_codes": [dish["dish_code"] for dish in meal["dishes"]]}
        for day in menu["days"]
        for meal in day["meals"]
    ]


def _add(sums: Sums, analysis: dict[str, Any], heads: int) -> None:
    days = analysis["days"]
    for name in ("cost_fen", "budget_fen", "poor_fen"):
        sums[name] += heads * sum(day[name] for day in days) / len(days)
    sums["lost_points"] += heads * (1000 - analysis["score"])


def _means(sums: dict[str, Sums], heads: int) -> dict[str, float]:
    """Return each week's figures: fen and lost points are means over the children, shares 0–1 of what is spent."""
    figures = {}
    for name, of in sums.items():
        figures[f"{name}_cost_fen"] = of["cost_fen"] / max(1, heads)
        figures[f"{name}_shortfall"] = of["lost_points"] / max(1, heads)
        figures[f"{name}_poor_share"] = of["poor_fen"] / max(1.0, of["cost_fen"])
    return figures | {"budget_fen": sums["plan"]["budget_fen"] / max(1, heads)}


def _write(file: Path, figures: dict[str, Any]) -> None:
    # Written aside and renamed: whatever kills us, the file is whole.
    fresh = file.with_suffix(".new")
    fresh.write_text(json.dumps({name: _rounded(value) for name, value in figures.items()}))
    fresh.replace(file)


def _rounded(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def read(file: Path) -> dict[str, Any]:
    """Return what was written, nothing if nothing was."""
    figures: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return figures
