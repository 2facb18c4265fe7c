"""Routes that are one unit of work each, with `Idempotency-Key`, committed before the response starts.

The route class opens the unit of work around the whole handler and commits it once the response object exists: a commit
that fails is answered as the failure it is, and a stored answer is stored in the transaction that made it true.
"""

import hashlib
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema
from starlette.routing import Match
from starlette.types import Scope

from shared import idempotency
from shared.audit.recording import Recording
from shared.auth.guard import Admitted, Guard
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork

_READING = {"GET", "HEAD", "OPTIONS"}
_MAX_KEY = 200


class Preview(Exception):
    """Raised by a handler that has tried everything: its answer is given, what was done is undone, nobody is told."""

    def __init__(self, answer: BaseModel) -> None:
        super().__init__("preview")
        self.answer = answer


Handle = Callable[[Request], Coroutine[Any, Any, Response]]
_judge: ContextVar[Callable[[dict[str, Any]], Awaitable[None]]] = ContextVar("judge")
"""Judges the values that the handler of the present request is to be called with."""


class GuardedRoute(APIRoute):
    """A route that keeps its service's table of rules: the token and the role are looked at before the body is read,
    the tenants before the handler runs."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, _judged(endpoint), **options)
        self._beginning = path.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether a request is for this route: a service has a hundred, and most begin otherwise."""
        if not scope["path"].startswith(self._beginning) and not scope.get("root_path"):
            return Match.NONE, {}
        return super().matches(scope)

    def get_route_handler(self) -> Handle:
        """Return what answers a request that the service's guard admits."""
        handle = self.unguarded()

        async def guarded(request: Request) -> Response:
            service = request.app.state.service
            guard: Guard = service.guard
            admitted = await guard.admit(request.method, self.path_format, request.scope["headers"])
            service.rates.count_subject(admitted.principal)
            if admitted.rule.counted:
                service.rates.count_stranger(request.client.host if request.client else "", str(admitted.rule))
            request.state.principal, request.state.scope = admitted.principal, admitted.scope
            token = _judge.set(_judge_of(request, guard, admitted))
            try:
                return await handle(request)
            finally:
                _judge.reset(token)

        return guarded

    def unguarded(self) -> Handle:
        """Return the handler FastAPI made."""
        return super().get_route_handler()


def _judged(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Return a handler that runs when the tenants of what it is called with have been judged."""
    if not inspect.iscoroutinefunction(endpoint):
        raise TypeError(f"{endpoint.__name__} is no coroutine function, so it cannot be guarded")

    @wraps(endpoint)
    async def judged(**values: Any) -> Any:
        await _judge.get()(values)
        return await endpoint(**values)

    return judged


def _judge_of(request: Request, guard: Guard, admitted: Admitted) -> Callable[[dict[str, Any]], Awaitable[None]]:
    @asynccontextmanager
    async def opened() -> AsyncIterator[UnitOfWork]:
        """Return the request's unit of work; where it has none, one for this question."""
        if (uow := getattr(request.state, "uow", None)) is not None:
            yield uow
        else:
            async with request.app.state.service.begin(read_only=True) as own:
                yield own

    async def judge(values: dict[str, Any]) -> None:
        await guard.judge(admitted, values, opened)

    return judge


class UnitOfWorkRoute(GuardedRoute):
    """A route whose handler runs in one unit of work; GET and HEAD get a read-only one."""

    def unguarded(self) -> Handle:
        """Return the handler FastAPI made, wrapped in a unit of work."""
        answer = super().unguarded()

        async def act(request: Request) -> Response:
            audited, uow = request.app.state.service.definition.audited, request.state.uow
            recording = audited and await Recording.begin(audited, self.path_format, request, uow)
            response = await answer(request)
            if recording is not None:
                await recording.finish(request, response, uow)
            return response

        async def in_unit_of_work(request: Request) -> Response:
            read_only = request.method in _READING
            handle = answer if read_only else act
            try:
                opened = request.app.state.service.begin(read_only=read_only, scope=request.state.scope)
                async with opened as uow:
                    request.state.uow = uow
                    uow.principal = request.state.principal
                    key = None if read_only else request.headers.get("idempotency-key")
                    try:
                        return await handle(request) if key is None else await _once(key, request, uow, handle)
                    except Preview:
                        await uow.session.flush()  # what the database refuses is said in a preview, too
                        raise
            except Preview as tried:
                return JSONResponse(tried.answer.model_dump(mode="json"))

        return in_unit_of_work


async def _once(key: str, request: Request, uow: UnitOfWork, handle: Handle) -> Response:
    if not 1 <= len(key) <= _MAX_KEY or not key.isprintable():
        raise DomainError("idempotency-key", f"1 to {_MAX_KEY} printable characters", field="Idempotency-Key")
    # Another's answer is nobody's to fetch by its key.
    whose = "" if uow.principal is None else f" {uow.principal.subject}"
    scope = f"{request.method}{whose} {request.scope['path']}"[:300]
    body_hash = hashlib.sha256(await request.body()).hexdigest()
    stored = await idempotency.claim(uow, key, scope, body_hash)
    if stored is not None:
        return Response(stored.body, stored.status, headers={**stored.headers, "idempotency-replayed": "true"})
    response = await handle(request)
    headers = {name: value for name, value in response.headers.items() if name in ("content-type", "etag", "location")}
    await idempotency.keep(uow, key, scope, idempotency.Stored(response.status_code, headers, bytes(response.body)))
    return response


def service_router(**options: Any) -> APIRouter:
    """Return an APIRouter whose routes are units of work (`tags=[…]`, `prefix=…` as usual)."""
    return APIRouter(route_class=UnitOfWorkRoute, **options)


def guarded_router(**options: Any) -> APIRouter:
    """Return an APIRouter whose routes are guarded but open units of work by themselves, as those that stream do."""
    return APIRouter(route_class=GuardedRoute, **options)


async def _unit_of_work(request: Request) -> UnitOfWork:
    uow: UnitOfWork = request.state.uow
    return uow


UoW = Annotated[UnitOfWork, Depends(_unit_of_work)]


async def _expected_version(if_match: Annotated[str | None, Header()] = None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise DomainError("if-match", 'If-Match carries the version, e.g. "3"', field="If-Match")
    return int(text)


ExpectedVersion = Annotated[int | None, Depends(_expected_version)]
"""The version of `If-Match`, None when the caller does not mind."""


def _be_strict(part: Any) -> None:
    if isinstance(part, dict):
        if part.get("type") in ("int", "float", "bool"):
            part["strict"] = True
        for inner in part.values():
            _be_strict(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            _be_strict(inner)


class Input(BaseModel):
    """Base of request bodies: unknown fields are refused, and `true` or `"5"` is not taken for a number."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Make numbers and truth values strict; days and enums stay text, as JSON has no other way to write them."""
        schema = handler(source)
        _be_strict(schema)
        return schema


class Paging(BaseModel):
    """Cursor pagination: up to `limit` rows after the row whose id is `after`, ordered by id."""

    limit: int = Field(default=100, ge=1, le=1000)
    after: str | None = Field(default=None, max_length=128, pattern=r"^[^\x00]*$")


async def _paging(
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    after: Annotated[str | None, Query(max_length=128, pattern=r"^[^\x00]*$")] = None,
) -> Paging:
    return Paging(limit=limit, after=after)


Page = Annotated[Paging, Depends(_paging)]
