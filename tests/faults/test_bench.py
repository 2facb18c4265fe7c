"""Everything breaks once while a county lives; nothing is lost, nothing is doubled, and every promise is kept."""

import json

from tests.faults.bench import Plan, carry_out
from tests.faults.load import Size
from tests.faults.schedule import each_once
from tools.servers.system import temporary_directory

PLAN = Plan(seed=20261126, size=Size(schools=6, cooperatives=2, days=2, part_s=12.0), per_second=40.0)
"""What a failure is run again with."""
COMMANDS = {"menu", "amend", "source", "accept", "lot", "dispatch", "plan", "load", "arrive", "points", "receipt"}


async def test_whatever_breaks_nothing_is_lost_and_nothing_doubled() -> None:
    """Every kind of fault comes once under load: what was acknowledged is in effect exactly once, all books agree."""
    with temporary_directory("faults") as folder:
        result = await carry_out(PLAN, folder)
    figures = result.figures
    assert result.violations == [], json.dumps(figures)
    assert figures["faults"] == len(each_once(PLAN.seed))
    assert figures["acknowledged_by_kind"].keys() >= COMMANDS, figures
