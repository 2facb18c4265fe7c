"""Rules of events: everything told once, in order, and with its effect once in every group."""

from collections.abc import Collection

from tests.faults.checker.groups import GROUPS, TOPICS
from tests.faults.checker.rules import Findings, differs, rule
from tests.faults.checker.state import State, merged, streamed

_BACKBONE = "docs/architecture.md, What the backbone promises"

_HEARD = """
SELECT event_id, min(topic || '/' || partition || '@' || offset) FROM record
WHERE fault IS NULL AND type IN ({types}) GROUP BY event_id ORDER BY event_id
"""
_VOID = "SELECT 1 FROM void WHERE event_id = ?"
_FALLING = """
WITH first AS (
    SELECT topic, object, version, event_id, min(offset) AS offset FROM record
    WHERE fault IS NULL AND version IS NOT NULL GROUP BY topic, object, version, event_id
), stepped AS (
    SELECT *, lag(version) OVER (PARTITION BY topic, object ORDER BY offset) AS before FROM first
)
SELECT topic || ' ' || object, version, before FROM stepped WHERE version < before
"""
_SCATTERED = """
SELECT topic || ' ' || key, group_concat(DISTINCT partition) FROM record WHERE fault IS NULL
GROUP BY topic, key HAVING count(DISTINCT partition) > 1
"""
_TWICE = """
SELECT type || ' ' || object || ' ' || coalesce(version, ''), count(DISTINCT event_id) FROM record
WHERE fault IS NULL AND object IS NOT NULL GROUP BY type, object, version HAVING count(DISTINCT event_id) > 1
"""
_CHANGED = """
SELECT event_id, count(DISTINCT topic || ' ' || key || ' ' || type || ' ' || coalesce(object, '') || ' '
    || coalesce(version, '')) AS meanings FROM record
WHERE fault IS NULL GROUP BY event_id HAVING meanings > 1
"""


@rule(_BACKBONE)
async def every_event_has_its_effect_in_each_group(state: State) -> Findings:
    """What a group handles and what is in its topics are the same events: none passed over, none made up."""
    # What topics have forgotten since may still be remembered in an inbox.
    whole = not any(first for (first,) in state.noted("SELECT first FROM topic"))
    for group, types in GROUPS.items():
        heard = state.noted(_HEARD.format(types=_quoted(types)))
        inbox = state.sorted(group, "SELECT event_id FROM inbox")
        async for told, handled in merged(streamed(heard), inbox):
            if handled is None and told is not None:
                yield f"{group}: event {told[0]}", differs("not handled", f"handled, as it is at {told[1]}")
            elif told is None and handled is not None and whole and not list(state.noted(_VOID, handled[0])):
                yield f"{group}: event {handled[0]}", differs("handled", "in any topic the group reads")


@rule("docs/architecture.md, Handlers see each event in order per key within a topic")
async def versions_of_an_object_never_fall(state: State) -> Findings:
    """Within a topic an object's versions are told in order; a batch told again changes nothing of that."""
    for subject, version, before in state.noted(_FALLING):
        yield subject, differs(f"version {version} first told after {before}", "rising versions")


@rule("shared/messaging/bus.py, Records of one key go to one partition")
async def a_key_stays_in_its_partition(state: State) -> Findings:
    """All records of a key of a topic are in one partition: elsewhere they have no order."""
    for subject, partitions in state.noted(_SCATTERED):
        yield subject, differs(f"in partitions {partitions}", "in one")


@rule(_BACKBONE)
async def nothing_is_told_by_two_events(state: State) -> Findings:
    """A version of an object is told by one event, however often that one is published."""
    for subject, count in state.noted(_TWICE):
        yield subject, differs(f"told by {count} events", "by 1")


@rule("shared/messaging/envelope.py, Envelope: an event with its id")
async def an_event_means_one_thing(state: State) -> Findings:
    """Records with the same event id are the same event: topic, key, type, object and version."""
    for event_id, meanings in state.noted(_CHANGED):
        yield f"event {event_id}", differs(f"{meanings} meanings", "1")


@rule("docs/operations.md, Dead letters")
async def poison_is_buried_and_nothing_else(state: State) -> Findings:
    """A group's dead letters are the poison in its topics, each once: nothing good is given up, nothing bad is lost.

    What says that it is of a type the group does not handle is passed over unread.
    """
    for group, topics in TOPICS.items():
        names, types = (_quoted(each) for each in (topics, GROUPS[group]))
        poison = (
            "SELECT topic || '/' || partition || '@' || offset AS place, fault FROM record"
            f" WHERE fault IS NOT NULL AND topic IN ({names}) AND (type IS NULL OR type IN ({types})) ORDER BY place"
        )
        letters = state.sorted(
            group, "SELECT topic || '/' || partition || '@' || \"offset\" AS place, error FROM dead_letter"
        )
        async for bad, letter in merged(streamed(state.noted(poison)), letters):
            if bad is None and letter is not None:
                yield f"{group}: record {letter[0]}", differs(f"buried ({letter[1][:200]})", "handled")
            elif letter is None and bad is not None:
                yield f"{group}: record {bad[0]}", differs("not buried", f"buried, as it is {bad[1]}")


def _quoted(names: Collection[str]) -> str:
    return ", ".join(f"'{each}'" for each in sorted(names))
