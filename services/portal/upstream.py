"""What pages ask the services: with the token of whoever signed in, within seconds, tried again where that is safe.

    async def list_orders(request: Request, services: Asking) -> HTMLResponse:
        told = await services.parts(
            orders=services.get("farmers", "/orders", {"cooperative_id": mine}),
            trips=services.get("logistics", "/trips", {"cooperative_id": mine}),
        )

Each part is the answer's JSON, or `Away` where its service is down or slow: the page says so there, and shows the rest.
What a service refuses is raised as `Refused`, which names the rule and the field.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any
from weakref import WeakKeyDictionary

import httpx
from fastapi import Depends, Request

from services.portal.inprocess import FORWARDED
from shared.errors import DomainError, NotFound, Unauthorized
from shared.messaging.envelope import traceparent
from shared.service import Service
from shared.settings import Settings
from shared.tracing import UNTRACED, Tracing, carried

CONNECT_S, READ_S = 2.0, 8.0
DEADLINE_S = 8.0
"""How long a person waits for an answer that is read, all tries together."""
SILENT_S = 40.0
"""How long a stream may say nothing: services tell every 15 s that they are there."""
TRIES = 3
_PASSING = {502, 503, 504}
"""Statuses that may be over with the next try."""
_MOST_ITEMS = 2_000
_PATH = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+")
"""A path of names and ids. Pages put into it what stands in their own address and forms."""
SERVICES = ("nutrition", "farmers", "procurement", "logistics", "identity")
Query = Mapping[str, Any]


class Refused(DomainError):
    """A service refuses: `status`, `rule`, `field` and `detail` are its own, `errors` name each field that is wrong."""

    def __init__(self, service: str, status: int, told: Mapping[str, Any]) -> None:
        super().__init__(str(told.get("rule", "refused")), str(told.get("detail", "")), field=told.get("field"))
        self.service = service
        self.status = status
        self.title = str(told.get("title", self.title))
        self.errors: list[Mapping[str, Any]] = list(told.get("errors", ()))


class Away(DomainError):
    """A service is down, too slow, or fails. Whether what was asked of it took place is not known."""

    status = 503
    title = "Unavailable"

    def __init__(self, service: str) -> None:
        super().__init__("service-away", f"{service} does not answer at this moment")
        self.service = service


class Upstream:
    """The services, asked by one person for one request of theirs."""

    def __init__(
        self,
        clients: Mapping[str, httpx.AsyncClient],
        token: str | None,
        address: str = "",
        tracing: Tracing = UNTRACED,
    ) -> None:
        """`address`: from where the person asks, for services that name us in `CLOUD_PROXIES`."""
        self._clients = clients
        self._tracing = tracing
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._headers |= {FORWARDED: address} if address else {}

    async def get(self, service: str, path: str, query: Query | None = None) -> Any:
        """Return the JSON of an answer; what is None in the query is left out.

        Raises Refused, Away, Unauthorized, and NotFound for what cannot be a thing's name.
        """
        return _json(service, await self.read(service, path, query))

    async def read(self, service: str, path: str, query: Query | None = None) -> httpx.Response:
        """Return an answer as it is (a file, a header), asked for thrice within the deadline. Raises as `get`."""
        _check(path)
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._tried(service, path, _said(query))
        except TimeoutError as error:
            raise Away(service) from error

    async def items(self, service: str, path: str, query: Query | None = None, most: int = _MOST_ITEMS) -> list[Any]:
        """Return a list to its end, page by page; for lists that are small. Raises as `get`, and Away beyond `most`."""
        found: list[Any] = []
        after: str | None = None
        while True:
            page = await self.get(service, path, {"limit": 500, **(query or {}), "after": after})
            found += page["items"]
            after = page.get("next")
            if after is None:
                return found
            if len(found) >= most:
                raise Away(service)

    @asynccontextmanager
    async def stream(
        self, service: str, path: str, query: Query | None = None, *, last: str | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Hold a stream of events open, going on after the `last` that came. Raises as `get`, also while it is read."""
        _check(path)
        headers = self._headers | {"Accept": "text/event-stream"} | ({} if last is None else {"Last-Event-ID": last})
        timeout = httpx.Timeout(SILENT_S, connect=CONNECT_S)
        try:
            opened = self._client(service).stream(
                "GET", path, params=_said(query), headers=headers | carried(), timeout=timeout
            )
            async with opened as answer:
                if not answer.is_success:
                    await answer.aread()
                yield _checked(service, answer)
        except httpx.HTTPError as error:
            raise Away(service) from error

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        json: Any = None,
        *,
        key: str | None = None,
        version: int | None = None,
        query: Query | None = None,
        content: bytes | None = None,
        media_type: str | None = None,
    ) -> Any:
        """Change something, asked once; returns the answer's JSON, None where there is none. Raises as `get`.

        `key` is the form's (`Idempotency-Key`), `version` the one that was shown (`If-Match`).
        """
        _check(path)
        headers = dict(self._headers)
        headers |= {} if key is None else {"Idempotency-Key": key}
        headers |= {} if version is None else {"If-Match": f'"{version}"'}
        headers |= {} if media_type is None else {"Content-Type": media_type}
        body = {"content": content} if content is not None else {} if json is None else {"json": json}
        try:
            async with asyncio.timeout(CONNECT_S + READ_S):
                answer = await self._ask(method, service, path, params=_said(query), headers=headers, **body)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Away(service) from error
        return _json(service, _checked(service, answer))

    async def post(self, service: str, path: str, json: Any = None, *, key: str, **more: Any) -> Any:
        """Post once, by the form's key: sent again with it, nothing happens twice. Raises as `get`."""
        return await self.send("POST", service, path, json, key=key, **more)

    async def put(self, service: str, path: str, json: Any, **more: Any) -> Any:
        """Put. Raises as `get`, and Refused (412 `stale-version`) where `version` is no longer the present one."""
        return await self.send("PUT", service, path, json, **more)

    async def parts(self, **asked: Awaitable[Any]) -> dict[str, Any]:
        """Ask several at once; each part is its answer, or Away. Raises what is no part's own matter: Refused."""
        answers = await asyncio.gather(*asked.values(), return_exceptions=True)
        for each in answers:
            if isinstance(each, BaseException) and not isinstance(each, Away):
                raise each
        return dict(zip(asked, answers, strict=True))

    async def _ask(
        self, method: str, service: str, path: str, headers: Mapping[str, str], **more: Any
    ) -> httpx.Response:
        """Ask once, as a part of the present trace."""
        about = {"http.request.method": method, "peer.service": service}
        with self._tracing.span("client", f"{method} {service}", traceparent.get(), about) as span:
            answer = await self._client(service).request(method, path, headers={**headers, **carried()}, **more)
            span.note(http__response__status_code=answer.status_code)
            if answer.status_code >= 500:
                span.fail(str(answer.status_code))
            return answer

    def _client(self, service: str) -> httpx.AsyncClient:
        """Return the client of a service. Raises Away where this set-up has no such service."""
        if service not in self._clients:
            raise Away(service)
        return self._clients[service]

    async def _tried(self, service: str, path: str, query: dict[str, Any]) -> httpx.Response:
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(random.uniform(0.05, 0.15) * 3**attempt)  # noqa: S311 (only to spread the tries)
            try:
                answer = await self._ask("GET", service, path, params=query, headers=self._headers)
            except httpx.ReadTimeout:
                break  # It has had its time; another try would be no faster.
            except httpx.HTTPError:
                continue
            if answer.status_code not in _PASSING:
                return _checked(service, answer)
        raise Away(service)


def _check(path: str) -> None:
    """Raise NotFound for a path that could lead elsewhere (`..`, `?`): nothing has such a name."""
    if not _PATH.fullmatch(path):
        raise NotFound("page", path[:200])


def _said(query: Query | None) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if value is not None}


def _checked(service: str, answer: httpx.Response) -> httpx.Response:
    """Return an answer that is one. Raises Refused, Away, Unauthorized."""
    if answer.is_success:
        return answer
    if answer.status_code == 401:
        raise Unauthorized("session-over", "the services take this token no more")
    if answer.status_code >= 500 or "json" not in answer.headers.get("content-type", ""):
        raise Away(service)
    raise Refused(service, answer.status_code, answer.json())


def _json(service: str, answer: httpx.Response) -> Any:
    if answer.status_code == 204 or not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as error:
        raise Away(service) from error


_clients: WeakKeyDictionary[Service, dict[str, httpx.AsyncClient]] = WeakKeyDictionary()


def connect(portal: Service, transports: Mapping[str, httpx.AsyncBaseTransport]) -> None:
    """Let a portal reach the services of its own process; without this it reaches them at `CLOUD_SERVICE_URL`."""
    _clients[portal] = {
        name: httpx.AsyncClient(transport=transport, base_url=f"http://{name}", timeout=_patience())
        for name, transport in transports.items()
    }


def clients_of(portal: Service) -> dict[str, httpx.AsyncClient]:
    """Return one client of each service, kept for all requests."""
    if portal not in _clients:
        where = {name: _url_of(portal.settings, name) for name in SERVICES}
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=50)
        _clients[portal] = {
            name: httpx.AsyncClient(base_url=url, timeout=_patience(), limits=limits) for name, url in where.items()
        }
    return _clients[portal]


def _patience() -> httpx.Timeout:
    return httpx.Timeout(READ_S, connect=CONNECT_S)


def _url_of(settings: Settings, service: str) -> str:
    named = dict(part.split("=", 1) for part in settings.service_url.split(",") if "=" in part)
    return named.get(service, settings.service_url).replace("{service}", service)


async def _upstream(request: Request) -> Upstream:
    person = getattr(request.state, "person", None)
    address = request.client.host if request.client else ""
    portal: Service = request.app.state.service
    return Upstream(clients_of(portal), None if person is None else person.token, address, portal.tracing)


Asking = Annotated[Upstream, Depends(_upstream)]
