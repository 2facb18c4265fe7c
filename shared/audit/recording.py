"""Recording a changing request: its objects are read before the handler and after it, in the request's unit of work."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from fastapi import Request, Response
from sqlalchemy import Column, Table

from shared.audit import queries
from shared.audit.domain import Act, Change, Row, differences
from shared.auth.principal import Principal
from shared.ids import new_id
from shared.unit_of_work import UnitOfWork

_LONGEST_ANSWER = 100_000
_LONGEST_ID = 300
_MOST = 2**63
_NOBODY = Principal("", frozenset())
"""Who asked where no token is needed."""
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """What the changing requests of a service change.

    `objects`: the table behind the paths that begin so; the longest beginning counts. None: the path itself says what
    becomes of its object, which is not read. `passed_over`: routes whose requests are no acts of a person, with the
    reason ("POST /points": "…").
    """

    objects: Mapping[str, Table | None] = field(default_factory=dict)
    passed_over: Mapping[str, str] = field(default_factory=dict)

    def table_of(self, path: str) -> Table | None:
        """Return the table of the objects a path (a route's template) is about, None when none is named."""
        parts = path.split("/")
        for length in range(len(parts), 1, -1):
            beginning = "/".join(parts[:length])
            if beginning in self.objects:
                return self.objects[beginning]
        return None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, from where, by which route: what an act says of its request."""

    who: Principal
    address: str
    action: str
    parameters: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> Self:
        """Return who sent a request."""
        return cls(
            getattr(request.state, "principal", None) or _NOBODY,
            request.client.host if request.client else "",
            f"{request.method} {request.scope['route'].path_format}",
            {name: str(value) for name, value in request.path_params.items()},
        )


@asynccontextmanager
async def recorded(
    uow: UnitOfWork, asker: Asker, table: Table, objects: Iterable[Mapping[str, Any]]
) -> AsyncIterator[None]:
    """Record what becomes of these objects meanwhile as an act: for routes that open units of work by themselves."""
    keys = _keys(table, objects)
    before = await queries.rows_of(uow.session, table, keys)
    yield
    await _add(uow, asker, differences(table.name, before, await queries.rows_of(uow.session, table, keys)))


async def _add(uow: UnitOfWork, asker: Asker, changes: Iterable[Change]) -> None:
    await queries.add(uow, act_of(uow, asker.who, asker.address, asker.action, asker.parameters, changes))


class Recording:
    """One changing request on its way: begun before its handler, finished after it."""

    def __init__(self, asker: Asker, table: Table | None) -> None:
        self._asker = asker
        self._table = table
        self._keys: set[Key] = set()
        self._before: dict[str, Row] = {}

    @classmethod
    async def begin(cls, audited: Audited, path: str, request: Request, uow: UnitOfWork) -> Self | None:
        """Read what the request is about, `path` being its route's template; None for one that is no act."""
        asker = Asker.of(request)
        if asker.action in audited.passed_over:
            return None
        recording = cls(asker, audited.table_of(path))
        await recording._read_before(request, uow)
        return recording

    async def _read_before(self, request: Request, uow: UnitOfWork) -> None:
        if self._table is None:
            return
        self._keys |= _keys(self._table, [request.path_params])
        if not self._keys:
            self._keys |= _keys(self._table, [{**said, **request.path_params} for said in await _said(request)])
        self._before = await queries.rows_of(uow.session, self._table, self._keys)

    async def finish(self, request: Request, response: Response, uow: UnitOfWork) -> None:
        """Write the act, with what became of the objects."""
        changes: list[Change] = []
        if self._table is not None:
            self._keys |= _keys(self._table, [{**_told(response), **request.path_params}])
            after = await queries.rows_of(uow.session, self._table, self._keys)
            changes = differences(self._table.name, self._before, after)
        await _add(uow, self._asker, changes)


def act_of(
    uow: UnitOfWork,
    who: Principal,
    address: str,
    action: str,
    parameters: Mapping[str, str],
    changes: Iterable[Change],
) -> Act:
    """Return what somebody does now; routes that are no unit of work add it themselves."""
    return Act(
        act_id=new_id(),
        at=uow.now,
        subject=who.subject,
        client_id=who.client_id or "",
        roles=tuple(sorted(who.roles)),
        address=address,
        action=action,
        parameters=parameters,
        changes=tuple(changes),
    )


def _keys(table: Table, objects: Iterable[Mapping[str, Any]]) -> set[Key]:
    """Return the primary keys these objects name as a whole."""
    own = list(table.primary_key)
    keys = {tuple(_typed(column, each.get(column.name)) for column in own) for each in objects}
    return {key for key in keys if None not in key}


async def _said(request: Request) -> list[Mapping[str, Any]]:
    """Return the objects a body speaks of: its rows, or itself; nothing where it is none that is read as JSON."""
    if "json" not in request.headers.get("content-type", ""):
        return []
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return []
    rows = body.get("rows", [body]) if isinstance(body, dict) else []
    return [row for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict)]


def _told(response: Response) -> Mapping[str, Any]:
    body = bytes(getattr(response, "body", b""))  # what is streamed has none
    if not 0 < len(body) <= _LONGEST_ANSWER or "json" not in response.headers.get("content-type", ""):
        return {}
    answer = json.loads(body)
    return answer if isinstance(answer, dict) else {}


def _typed(column: Column[Any], value: object) -> Any:
    """Return a part of a key as its column knows it, None when it cannot be one: the handler refuses nonsense."""
    kind = column.type.python_type
    if kind is int:
        return value if type(value) is int and abs(value) < _MOST else None
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or len(value) > _LONGEST_ID:
        return None
    if kind is not date:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
