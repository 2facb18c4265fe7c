"""A run in figures: one JSON object."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy.engine import make_url

from shared.events import PARTITIONS, all_topics
from tests.faults.breaking import Happened
from tests.faults.checker import DOUBLED, LOST
from tests.faults.evidence import Evidence, Violation
from tests.faults.journal import Command, read, told
from tests.faults.watch import Outage, Watch


async def figures_of(
    evidence: Evidence, happened: Sequence[Happened], watch: Watch, violations: Sequence[Violation]
) -> dict[str, Any]:
    """Return what a run came to."""
    known = list(told(_without_bodies(evidence.journal)).values())
    rules = Counter(violation.rule for violation in violations)
    return {
        "commands_acknowledged": sum(one.acknowledged for one in known),
        "commands_refused": sum(one.refused for one in known),
        "commands_unknown": sum(one.unknown for one in known),
        "sendings": sum(1 for _ in read(evidence.journal)),
        "acknowledged_by_kind": dict(sorted(Counter(one.kind for one in known if one.acknowledged).items())),
        "faults": len(happened),
        "faults_by_kind": dict(sorted(Counter(one.kind for one in happened).items())),
        "events_published": await _published(evidence.bootstrap),
        "events_consumed": await _consumed(evidence),
        "lost": sum(rules[rule] for rule in LOST),
        "doubled": sum(rules[rule] for rule in DOUBLED),
        "violations": len(violations),
        "violations_by_rule": dict(sorted(rules.items())),
        "longest_unavailable_s": _longest_unavailable(happened, watch.outages),
        "faults_alone": sum(one.alone for one in happened),
        "longest_recovery_s": _recovery(happened, max),
        "median_recovery_s": _recovery(happened, median),
        "peak_memory_mb": {name: round(max(seen)) for name, seen in watch.memory_mb.items()},
        "memory_growth_mb": {name: _growth(seen) for name, seen in watch.memory_mb.items()},
    }


def _without_bodies(journal: Path) -> Iterator[Command]:
    """Give a journal's lines without what they said: a long run's would take gigabytes of memory."""
    return (replace(line, body=None, answer=None) for line in read(journal))


def _longest_unavailable(happened: Sequence[Happened], outages: Sequence[Outage]) -> dict[str, float]:
    """Return by kind of fault how long one of its services did not answer at most; of faults that came alone."""
    longest: dict[str, float] = {}
    for one in happened:
        if not one.alone:
            continue
        until_s = max(one.recovered_s, one.healed_s)
        during = [o for o in outages if o.service in one.services and one.injected_s <= o.began_s <= until_s]
        seconds = max((outage.ended_s - outage.began_s for outage in during), default=0.0)
        longest[one.kind] = round(max(longest.get(one.kind, 0.0), seconds), 1)
    return dict(sorted(longest.items()))


def _recovery(happened: Sequence[Happened], of: Callable[[Sequence[float]], float]) -> dict[str, float]:
    """Return by kind of fault how long after mending began its services kept up again; of those alone."""
    took: dict[str, list[float]] = defaultdict(list)
    for one in happened:
        if one.alone and one.recovered_s:
            took[one.kind].append(one.recovered_s - one.mending_s)
    return {kind: round(of(seconds), 1) for kind, seconds in sorted(took.items())}


def _growth(seen: Sequence[float]) -> int:
    """Return how much the middle of the second half lies above the middle of the first, in MiB."""
    half = len(seen) // 2
    if not half:
        return 0
    first, second = sorted(seen[:half]), sorted(seen[half:])
    return round(second[len(second) // 2] - first[len(first) // 2])


async def _published(bootstrap: str) -> int:
    """Return how many records lie in the topics of events."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(topic, partition) for topic in all_topics() for partition in range(PARTITIONS)]
        return sum((await consumer.end_offsets(places)).values())
    finally:
        await consumer.stop()


async def _consumed(evidence: Evidence) -> int:
    """Return how many events had their effect, over all services."""
    consumed = 0
    for url in evidence.databases.values():
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(plain)
        try:
            consumed += await connection.fetchval("SELECT count(*) FROM inbox")
        finally:
            await connection.close()
    return consumed
