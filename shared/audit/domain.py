"""What an act is, what it changed, and the chain of acts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from shared.chain import end_of, following, hash_of

Row = Mapping[str, Any]
"""The columns of an object as JSON knows them."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an act did to one object: the columns that differ, None where the object was not there."""

    kind: str
    object_id: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, when (UTC), from where; `action` is the method and path of the route, with its parameters."""

    act_id: str
    at: datetime
    subject: str
    client_id: str
    roles: tuple[str, ...]
    address: str
    action: str
    parameters: Mapping[str, str]
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An act's place in its service's chain."""

    number: int
    act_id: str
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold, and the rule it breaks."""

    number: int
    act_id: str
    rule: str
    detail: str


def plain(value: Any) -> Any:
    """Return a column's value as JSON writes and reads it back."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def differences(kind: str, before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """Return what became of the objects of a kind, by id: made, changed (only what differs) or gone."""
    changes = []
    for object_id in sorted({*before, *after}):
        was, now = before.get(object_id), after.get(object_id)
        if was is not None and now is not None:
            names = [name for name in now if was[name] != now[name]]
            was, now = {name: was[name] for name in names}, {name: now[name] for name in names}
        if was or now:
            changes.append(Change(kind, object_id, was, now))
    return changes


def _written(act: Act) -> list[object]:
    return [
        act.act_id,
        plain(act.at),
        act.subject,
        act.client_id,
        list(act.roles),
        act.address,
        act.action,
        dict(act.parameters),
        [[change.kind, change.object_id, change.before, change.after] for change in act.changes],
    ]


def chained(last: Link | None, acts: Iterable[Act]) -> list[Link]:
    """Return the links that put acts behind the last one."""
    acts = list(acts)
    placed = following(last, (_written(act) for act in acts))
    return [Link(number, act.act_id, hashed) for act, (number, hashed) in zip(acts, placed, strict=True)]


def check(last: Link | None, links: Sequence[Link], acts: Mapping[str, Act]) -> Broken | None:
    """Return the first of these links that does not hold behind `last`, None when all of them do."""
    number, previous = end_of(last)
    for link in links:
        number += 1
        if link.number != number:
            return Broken(number, "", "link-missing", f"after link {number - 1} comes link {link.number}")
        act = acts.get(link.act_id)
        if act is None:
            return Broken(number, link.act_id, "act-missing", "what it covers is not there any more")
        if hash_of(previous, number, _written(act)) != link.hash:
            return Broken(number, link.act_id, "hash-differs", "the act, or a link before it, is not what was linked")
        previous = link.hash
    return None
