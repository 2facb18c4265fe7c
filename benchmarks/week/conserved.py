"""What must be true of a week however large it was: no gram and no fen more or less than there were."""

from datetime import date
from typing import Any

from benchmarks.week.cloud import Cloud
from services.demo.calls import body_of
from shared.messaging.bus import SERVICES


class NotConserved(Exception):
    """Something was lost or doubled."""


async def conserved(running: Cloud, monday: date) -> dict[str, Any]:
    """Return the week's sums (g, fen) when they agree. Raises NotConserved naming those that do not."""
    week = body_of(await running.clients["procurement"].get("/reports/week", params={"week_start": f"{monday}"}))
    dead = {name: (await running.metrics(name))["dead_letters"] for name in SERVICES}
    holds = {
        "demand + surplus = allocated + unmet": week["demand_g"] + week["surplus_g"]
        == week["allocated_g"] + week["unmet_g"],
        "accepted ≤ received ≤ allocated": week["accepted_g"] <= week["received_g"] <= week["allocated_g"],
        "the ledger sums to 0": week["ledger_sum_fen"] == 0,
        "food was paid for": 0 < week["poor_household_fen"] < week["spend_fen"],
        "no dead letters": not any(dead.values()),
    }
    if broken := [rule for rule, kept in holds.items() if not kept]:
        raise NotConserved(f"{broken}: {week}, dead letters {dead}")
    told = (
        "menus",
        "demand_lines",
        "demand_g",
        "allocated_g",
        "unmet_g",
        "orders_confirmed",
        "accepted_g",
        "spend_fen",
    )
    return {name: week[name] for name in told} | {"rules": list(holds)}
