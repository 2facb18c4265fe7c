"""Every page of the portal is asked by everybody, rightly and with nonsense, while all services are there with a county
in them: nothing fails, what is refused is refused with a page, and nobody is shown or changes what is another's.

What is sent comes from the pages themselves: their addresses, and the forms that stand on them, filled in with what is
there or with what makes no sense. `make test` draws the same few each time; `make fuzz` draws many, by a seed that it
prints.
"""

import asyncio
import itertools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from html import unescape
from importlib import import_module
from pathlib import Path
from re import findall
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from starlette.routing import compile_path

from shared.auth.access import Rule
from shared.auth.principal import Principal, Role
from shared.messaging.embedded import EmbeddedBus
from shared.rates import Rates
from tests import builders as b
from tests.api.portal.browser import HTML, forms_in
from tests.api.portal.county import County as PortalAndIssuer
from tests.api.portal.county import settings_in
from tests.api.routes import Route, routes_of
from tests.api.test_nonsense import NASTY
from tests.conftest import SERVICES
from tests.journeys.county import County
from tests.portal.figures import lived, pages_of
from tests.sessions import SignedIn
from tests.world import World, ok

CASES = 3
"""Requests of each route: the first as its page would send it, others with nonsense in them."""


def owning(county: str, canteen: str, cooperative: str, driver: str) -> Principal:
    """Return somebody without a role whose own are these."""
    cooks, growers = frozenset({canteen}), frozenset({cooperative})
    return Principal("somebody", frozenset(), frozenset({county}), cooks, growers, frozenset({driver}))


ELSEWHERE = owning("520627", "sch-9", "coop-9", "drv-9")
SCRIPT = '"><script>ours()</script>'
TEXTS = [str(value) for value in NASTY if isinstance(value, str | int | float)] + [
    SCRIPT,
    "{{7*7}}",
    "//evil.test",
    "http://[",
]
PHOTOS = {"empty": b"", "broken": b"\xff\xd8\xff\xe0 no photo", "no photo": b"x" * 100_000}
KINDS = ("application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain")
ENDLESS, OPERATIONS = "GET /board/stream", ("GET /livez", "GET /readyz", "GET /metrics")
NAMES = {
    *("第1小学（虚构）", "Primary School 1 (fictional)", "云雾坡合作社（虚构）", "Yunwupo Cooperative (fictional)"),
    *(f"虚构-{number}" for number in (1, 2)),
    *(f"hh-{name}-{number}" for name in "ab" for number in (1, 2, 3)),
}
"""What nobody elsewhere is to read: who delivers to whom, by what, from whose fields."""
LIMITS = ("subject_per_minute", "address_per_minute", "stranger_per_minute")
Values = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """A request of a page; its `repr` is what a failure shows."""

    method: str
    address: str
    form: Values | None = None
    photo: str | None = None
    raw: tuple[str, bytes] | None = None
    headers: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def sent(self) -> dict[str, Any]:
        """What httpx is to send."""
        headers = {"Accept": HTML["Accept"].encode(), **self.headers}
        if self.raw is not None:
            return {"content": self.raw[1], "headers": {**headers, "Content-Type": self.raw[0].encode()}}
        files = None if self.photo is None else {"photo": ("photo.jpg", PHOTOS[self.photo], "image/jpeg")}
        return {"data": self.form, "files": files, "headers": headers}


class Seen:
    """What pages show: values of what is there, by the parameter of an address that names it, and forms by route."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._routes = [(rule.method, rule.path, compile_path(rule.path)[0]) for rule in rules]
        self.values: dict[str, list[str]] = {}
        self.forms: dict[str, list[Values]] = {}

    def look_at(self, page: httpx.Response) -> None:
        """Take in the addresses and the forms of a page, and its own address."""
        for address in {str(page.request.url), *map(unescape, findall(r'(?:href|action)="(/[^"]*)"', page.text))}:
            self._learn("GET", address)
        for form in forms_in(page):
            if route := self._learn("POST", form.action):
                self.forms.setdefault(route, []).append(form.fields)

    def _learn(self, method: str, address: str) -> str | None:
        parts = urlsplit(address)
        for way, path, pattern in self._routes:
            if way == method and (found := pattern.fullmatch(parts.path)):
                for name, value in (*found.groupdict().items(), *parse_qsl(parts.query)):
                    known = self.values.setdefault(name, [])
                    known += [value] if value not in known else []
                return path
        return None


def requests_of(route: Route, seen: Seen) -> st.SearchStrategy[Asked]:
    """Return requests of a route: as a page would send them, or with some of it spoilt."""
    inside = [each["name"] for each in route.parameters if each["in"] == "path"]
    asked = [each["name"] for each in route.parameters if each["in"] == "query"]
    forms = seen.forms.get(route.path) or [{"reason": "other", "kg": "1"}]

    @st.composite
    def request(draw: st.DrawFn) -> Asked:
        spoilt = draw(st.booleans())

        def one(name: str) -> str:
            right = seen.values.get(name) or ["1"]
            return draw(st.sampled_from(TEXTS if spoilt and draw(st.integers(0, 2)) == 2 else right))

        parts = {name: one(name) for name in inside}
        assume(all(part.strip(".") and "/" not in part and "\\" not in part for part in parts.values()))
        path = route.path
        for name, value in parts.items():
            path = path.replace(f"{{{name}}}", _quoted(value))
        query = {name: one(name) for name in asked if draw(st.booleans())}
        address = f"{path}?{urlencode(query, errors='surrogatepass')}" if query else path
        headers = draw(_headers()) if spoilt else {}
        if route.method == "GET":
            return Asked("GET", address, headers=headers)
        filled = st.sampled_from(["", "1", "2026-12-07", "other"])
        form = {name: value or draw(filled) for name, value in draw(st.sampled_from(forms)).items()}
        photo = draw(st.none() | st.sampled_from(sorted(PHOTOS))) if spoilt else None
        if spoilt and draw(st.integers(0, 4)) == 4:
            kind, content = draw(st.sampled_from(KINDS)), draw(st.sampled_from([b"", b"\xff=%ff&&=", b"--x\r\n\r\n"]))
            return Asked("POST", address, raw=(kind, content), headers=headers)
        return Asked("POST", address, draw(_spoilt(form)) if spoilt else form, photo, headers=headers)

    return request()


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="") or "%00"


@st.composite
def _spoilt(draw: st.DrawFn, form: Values) -> Values:
    """Put nonsense into a field or two, leave some out, add one that nobody knows."""
    text = st.sampled_from([each for each in TEXTS if each.isprintable() or each.isspace()])
    for name in draw(st.lists(st.sampled_from(sorted(form)), max_size=3)) if form else ():
        if draw(st.booleans()):
            form[name] = draw(text)
        else:
            form.pop(name, None)
    return form | draw(
        st.dictionaries(st.sampled_from(["x", "_key", "_page", "role", "canteen_id", ""]), text, max_size=2)
    )


@st.composite
def _headers(draw: st.DrawFn) -> dict[str, bytes]:
    """What a browser, a part of a page or an outbox says of itself, and what none of them would say."""
    others = {
        "HX-Request": [b"true"],
        "HX-Current-URL": [b"/planner", b"https://evil.test/\xff", b"http://["],
        "Referer": [b"http://portal/planner?x=1", b"http://[", b"\xe9"],
        "Accept": [b"application/json", b"text/html", b"*/*", b"\xff"],
        "Accept-Language": [b"en", b"zh-Hant;q=0.1, *", b";;q=x", b"\xff"],
        "Cookie": [b"kept=x; lang=xx", b"\xff=\xff", b"; ;"],
    }
    names = draw(st.lists(st.sampled_from(sorted(others)), max_size=2, unique=True))
    return {name: draw(st.sampled_from(others[name])) for name in names}


@dataclass(frozen=True)
class Asking:
    """Who asks, and what is theirs to get: the statuses where the table says them, and whether anything is theirs."""

    who: Principal | None
    statuses: tuple[int, ...] = ()
    owns: bool = True


def people_of(rule: Rule, owner: Principal) -> Iterator[list[Asking]]:
    """Return, without end, who asks with the next request: nobody, somebody without the role, a stranger, an owner."""
    mine = itertools.cycle(sorted(rule.roles - {Role.SYSTEM, Role.AUDITOR} or rule.roles or {Role.CANTEEN}))
    wrong = itertools.cycle(sorted(set(Role) - rule.roles))
    while True:
        role, other = next(mine), next(wrong)
        owning = Asking(replace(owner, subject=f"{role}-of-it", roles=frozenset({role})))
        if rule.open_to_all:
            yield [Asking(None), owning]
        else:
            stranger = Asking(replace(ELSEWHERE, subject=f"{role}-elsewhere", roles=frozenset({role})), owns=False)
            refused = Asking(replace(owner, subject=f"{other}-of-it", roles=frozenset({other})), (403,), owns=False)
            yield [Asking(None, (303, 401), owns=False), refused, stranger, owning]


class Doors:
    """A portal with all its services behind it, asked from another thread than the one it runs in."""

    def __init__(self, world: World, private: frozenset[str], databases: list[sqlite3.Connection]) -> None:
        self._world, self._private, self._databases = world, private, databases
        self._loop = asyncio.get_running_loop()
        for service in world.services.values():
            service.rates = Rates(service.settings.model_copy(update=dict.fromkeys(LIMITS, 10**9)))

    def ask(self, asked: Asked, asking: Asking) -> None:
        """Ask as somebody, and hold the answer against what may come of it."""
        before = self._seen()
        client = self._world.client("portal", as_=asking.who)
        work = client.request(asked.method, asked.address, **asked.sent)
        answer = asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)
        told = f"{asked}\nas {asking.who}: {answer.status_code} {answer.text[:2000]}"
        assert answer.status_code < 500, told
        assert not asking.statuses or answer.status_code in asking.statuses, told
        assert SCRIPT not in answer.text, told
        if answer.status_code >= 400 and not asked.address.startswith("/static/"):
            self._is_told(asked, answer, told)
        if not asking.owns:
            named = {asked.address, *(asked.form or {}).values()}
            shown = [each for each in self._private if each in answer.text and not any(each in one for one in named)]
            assert shown == [], f"{shown} {told}"
            assert self._seen() == before, f"something has changed: {told}"
        if asked.address.startswith("/sign-out") and isinstance(client.auth, SignedIn):
            client.auth.begin_anew()

    def _is_told(self, asked: Asked, answer: httpx.Response, told: str) -> None:
        """A person is told why by a page, a part of a page by a part, an outbox and a program by a problem."""
        accepted, in_part = asked.headers.get("Accept", b"text/html"), "HX-Request" in asked.headers
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.status_code == 401 and in_part and accepted != b"application/json":
            assert answer.headers.get("hx-redirect", "").startswith("/sign-in"), told
        elif accepted == b"text/html" or (in_part and accepted != b"application/json"):
            assert kind == "text/html", told
            assert in_part or answer.text.rstrip().endswith("</html>"), told
        else:  # what a page shows again with its faults it shows to everybody
            assert kind in ("application/problem+json", "text/html"), told

    def _seen(self) -> list[int]:
        """What changes with every commit of the services behind."""
        return [each.execute("PRAGMA data_version").fetchone()[0] for each in self._databases]


def ask_all(doors: Doors, route: Route, rule: Rule, seen: Seen, owner: Principal) -> None:
    """Ask a route as its pages do, and with nonsense."""
    drawn = settings.default
    assert drawn is not None
    people = people_of(rule, owner)

    @settings(
        max_examples=CASES if drawn.derandomize else drawn.max_examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests_of(route, seen))
    def each(asked: Asked) -> None:
        for asking in next(people):
            doors.ask(asked, asking)

    each()


async def look_around(world: World, rules: Sequence[Rule], found: dict[str, str]) -> Seen:
    """Look at every page as whom it is for."""
    seen = Seen(rules)
    for page in pages_of(found).values():
        answer = await world.client("portal", as_=page.who).get(page.address, headers=HTML)
        assert answer.status_code in (200, 303), f"{page.address}: {answer.status_code}"
        seen.look_at(answer)
    return seen


async def test_every_page_for_everybody(tmp_path: Path) -> None:
    """No 5xx, a page for every refusal, nothing of another's shown or changed, no text of a form run as a script."""
    names = [*SERVICES, "portal", "identity"]
    definitions = [import_module(f"services.{name}.main").definition for name in names]
    bus = EmbeddedBus(tmp_path / "bus.sqlite")
    async with World(definitions, bus, dict.fromkeys(names, settings_in(tmp_path))) as world:
        await PortalAndIssuer(world).settle_in()
        county = County(world)
        await county.set_up()
        found = await lived(county)
        access = world.services["portal"].definition.access
        assert access is not None
        seen = await look_around(world, access.rules, found)
        owner = owning(b.COUNTY, found["canteen"], found["cooperative"], "drv-1")
        private = frozenset(NAMES | (set(found.values()) - {found["canteen"], found["cooperative"]}))
        document = await ok(await world.client("portal").get("/openapi.json"))
        routes = [each for each in routes_of(document) if str(each) not in {ENDLESS, *OPERATIONS}]
        assert {str(each) for each in routes} == {str(each) for each in access.rules} - {ENDLESS}
        with ExitStack() as stack:
            files = [tmp_path / f"{name}.sqlite" for name in SERVICES]
            opened = [stack.enter_context(closing(sqlite3.connect(each, check_same_thread=False))) for each in files]
            doors = Doors(world, private, opened)
            for route in routes:
                rule = access.by_route[route.method, route.path]
                await asyncio.to_thread(ask_all, doors, route, rule, seen, owner)
        await world.settle()
        for name in SERVICES:
            assert f'dead_letters{{service="{name}"}} 0.0' in (await world.client(name).get("/metrics")).text
