"""The week's report: what was published, ordered, delivered, paid, and that nothing was lost on the way."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table as Grid
from sqlalchemy import func, select

from services.demo import money, planting, serving
from services.demo.calls import body_of, items
from services.together import Together
from shared.messaging.tables import dead_letter, inbox

_ROWS = (
    ("schools", "schools", "{:,}"),
    ("menus_planned", "menus made by the planner", "{:,}"),
    ("plan_gap", "  proved within, on average", "%"),
    ("budget_fen", "  to spend a child and day", "¥"),
    ("plan_cost_fen", "  cost a child and day, planned", "¥"),
    ("template_cost_fen", "  cost a child and day, by the templates", "¥"),
    ("plan_shortfall", "  short of the standard, planned (points of 1,000)", "{:.0f}"),
    ("template_shortfall", "  short of the standard, by the templates", "{:.0f}"),
    ("plan_poor_share", "  to poor households, planned", "%"),
    ("template_poor_share", "  to poor households, by the templates", "%"),
    ("menus_published", "menus published", "{:,}"),
    ("demand_lines", "demand lines (school × food × day)", "{:,}"),
    ("demand_g", "demand, as bought", "kg"),
    ("allocated_g", "of it ordered and confirmed", "kg"),
    ("unmet_g", "of it offered by nobody", "kg"),
    ("orders_placed", "orders placed", "{:,}"),
    ("orders_confirmed", "orders confirmed by cooperatives", "{:,}"),
    ("lines_short", "lines short", "{:,}"),
    ("trips", "trips driven", "{:,}"),
    ("receipts", "receipts signed by two people", "{:,}"),
    ("received_g", "weighed at the gate", "kg"),
    ("accepted_g", "accepted", "kg"),
    ("meals_served", "meals served", "{:,}"),
    ("temperatures_measured", "pots measured before serving", "{:,}"),
    ("temperatures_not_hot", "  of them below 60 °C, heated again", "{:,}"),
    ("samples_kept", "48-hour samples kept", "{:,}"),
    ("samples_discarded", "  of them discarded after their time", "{:,}"),
    ("meals_logged", "meals a leader ate along and wrote of", "{:,}"),
    ("leftovers_g", "left over", "kg"),
    ("votes", "votes of pupils", "{:,}"),
    ("mean_points", "  points they gave, of 5", "{:.2f}"),
    ("problems_reported", "problems reported", "{:,}"),
    ("problems_closed", "  of them answered and closed", "{:,}"),
    ("spend_fen", "spent on food", "¥"),
    ("poor_household_share", "of it to poor households", "%"),
    ("cooperatives_paid_fen", "paid to cooperatives", "¥"),
    ("households_paid", "households paid by their cooperatives", "{:,}"),
    ("households_paid_fen", "  paid to them", "¥"),
    ("households_waiting", "households that wait, their cooperative being paid", "{:,}"),
    ("households_waiting_fen", "  they wait for", "¥"),
    ("waiting_up_to_7_days_fen", "    up to 7 days", "¥"),
    ("waiting_8_to_15_days_fen", "    8 to 15 days", "¥"),
    ("waiting_16_to_30_days_fen", "    16 to 30 days", "¥"),
    ("waiting_longer_fen", "    longer", "¥"),
    ("ledger_sum_fen", "sum over the ledger (must be 0)", "¥"),
    ("events_published", "events published", "{:,}"),
    ("events_consumed", "events handled", "{:,}"),
    ("dead_letters", "dead letters", "{:,}"),
    ("seconds", "seconds", "{:.1f}"),
)


async def gather(together: Together, county_code: str, monday: date) -> dict[str, Any]:
    """Return the week's figures (g, fen, share 0–1), read through the REST API and the backbone's own tables."""
    clients = await together.clients()
    query = {"county_code": county_code, "week_start": monday.isoformat()}
    week = body_of(await clients["procurement"].get("/reports/week", params=query))
    nutrition, logistics = clients["nutrition"], clients["logistics"]
    canteens = [c["canteen_id"] async for c in items(nutrition, "/canteens")]
    trips = [trip async for trip in items(logistics, "/trips", county_code=county_code)]
    receipts = [receipt async for receipt in items(logistics, "/receipts")]
    meals = [meal async for meal in items(nutrition, "/meals")]
    figures: dict[str, Any] = {
        "schools": len(canteens),
        "menus_published": week["menus"],
        "trips": len(trips),
        "receipts": len(receipts),
    }
    figures["meals_served"] = sum(meal["headcount"] for meal in meals)
    figures |= await serving.figures(nutrition)
    figures |= {name: week[name] for name, *_ in _ROWS if name in week} | await _backbone(together)
    figures |= await money.figures(clients, county_code)
    return figures | {"still_wanted": await planting.still_wanted(clients["farmers"], county_code)}


async def _backbone(together: Together) -> dict[str, int]:
    consumed = dead = 0
    for service in together.services.values():
        async with service.begin(read_only=True) as uow:
            consumed += await uow.session.scalar(select(func.count()).select_from(inbox))
            dead += await uow.session.scalar(select(func.count()).select_from(dead_letter))
    return {"events_published": together.bus.stored(), "events_consumed": consumed, "dead_letters": dead}


def show(console: Console, figures: dict[str, Any]) -> None:
    """Print the report as people read it: kg and ¥."""
    grid = Grid(title="The week", show_header=False)
    for name, label, unit in _ROWS:
        if figures.get(name) is not None:
            grid.add_row(label, _written(figures[name], unit))
    console.print(grid)
    if figures.get("still_wanted"):
        _show_wanted(console, figures["still_wanted"])


def _show_wanted(console: Console, foods: Sequence[Mapping[str, Any]]) -> None:
    """Print what villages may sow, as it hangs on the cooperative's wall."""
    grid = Grid("food", "still wanted", "to sow", "from the week of", title="Still wanted this term")
    for food in foods:
        mu = f"{food['mu_hundredths'] / 100:,.1f} mu"
        grid.add_row(food["food_code"], _written(food["wanted_g"], "kg"), mu, str(food["next_sowing_week"]))
    console.print(grid)


def _written(value: float, unit: str) -> str:
    if unit == "kg":
        return f"{value / 1000:,.1f} kg"
    if unit == "¥":
        return f"¥{value / 100:,.2f}"
    return f"{value * 100:.1f} %" if unit == "%" else unit.format(value)
