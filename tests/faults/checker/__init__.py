"""The independent checker: it says what is wrong with what a run left behind.

It knows what clients were answered, and what the databases and Kafka hold in the end; nothing of how services work.
Each rule reads tables and topics as they are, and works out for itself what they should say (decision 54).
"""

from collections.abc import Collection

from tests.faults.checker import chains, commands, copies, demand, events, ledger, orders, rest
from tests.faults.checker.rules import RULES, violations
from tests.faults.checker.state import opened
from tests.faults.evidence import Evidence, Violation

LOST = frozenset(
    {"every_event_has_its_effect_in_each_group", "what_was_answered_is_kept", "what_was_acknowledged_is_in_effect"}
)
DOUBLED = frozenset({"every_command_is_one_act", "nothing_is_told_by_two_events", "a_receipt_is_booked_once"})
"""Rules that break when something was lost, and when something happened twice."""

__all__ = [
    "DOUBLED",
    "LOST",
    "RULES",
    "chains",
    "check",
    "commands",
    "copies",
    "demand",
    "events",
    "ledger",
    "orders",
    "rest",
]


async def check(evidence: Evidence, void: Collection[str] = ()) -> list[Violation]:
    """Return every promise that was not kept, at most a hundred for each rule.

    `void` are the ids of events that are to have no effect: they were told after a backup that was restored.
    """
    async with opened(evidence, void) as state:
        return await violations(state)
