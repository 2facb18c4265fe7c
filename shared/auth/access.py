"""The table of a service's rules: for every route who may call it, and how its tenants are found (decision 43).

access = Access(
    county_of={Kind.CANTEEN: queries.counties_of_canteens},
    rules=[
        rule("GET /orders", {Role.CANTEEN, Role.OFFICIAL}, within(canteen="canteen_id", county="county_code")),
        rule("GET /orders/{order_id}", {Role.CANTEEN, Role.CLERK}, objects("order", queries.tenants_of, "order_id")),
    ],
)
"""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shared.auth.principal import SCOPE, Kind, Role, Tenants

if TYPE_CHECKING:
    from shared.unit_of_work import UnitOfWork

Values = Mapping[str, Any]
"""What a handler is called with, by the name of its parameter."""
Finder = Callable[["UnitOfWork", Sequence[str]], Awaitable[Mapping[str, Tenants]]]
"""Finds the tenants of objects by id, in one statement; what does not exist is left out."""
CountiesOf = Callable[["UnitOfWork", Sequence[str]], Awaitable[Mapping[str, str]]]
"""Finds the counties of tenants by id, in one statement; what does not exist is left out."""
READING = frozenset({"GET", "HEAD"})
_ROUTE = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/[^\s?]*)")


def read(values: Any, path: str) -> list[Any]:
    """Return what stands at a dotted path of parameters, attributes and keys; `rows[]` goes through a list.

    What is missing on the way is None.
    """
    found = [values]
    for step in path.split("."):
        name = step.removesuffix("[]")
        found = [each.get(name) if isinstance(each, Mapping) else getattr(each, name, None) for each in found]
        if step.endswith("[]"):
            found = [one for each in found for one in (each if isinstance(each, list | tuple) else ())]
    return found


@dataclass(frozen=True, slots=True)
class Named:
    """The tenants are named by the caller: in the path, the query, the body, or each row of a body (`base`)."""

    names: Mapping[Kind, str]
    base: str | None = None

    @property
    def paths(self) -> list[str]:
        """Where it looks, as paths that begin with a parameter of the handler."""
        return list(self.names.values()) if self.base is None else [self.base]

    def claimed(self, values: Values) -> list[dict[Kind, Any]]:
        """Return what the caller named, once or for each row or item of a list; what it left out is None."""
        if self.base is not None:
            places = read(values, f"{self.base}[]")
        elif any("[]" in name for name in self.names.values()):
            ((kind, name),) = self.names.items()
            return [{kind: each} for each in read(values, name) or [None]]
        else:
            places = [values]
        return [{kind: read(place, name)[0] for kind, name in self.names.items()} for place in places]


@dataclass(frozen=True, slots=True)
class Objects:
    """The tenants are those of objects named by id, as the service's database says."""

    what: str
    find: Finder
    path: str
    lasting: bool = True
    may_be_new: bool = False
    optional: bool = False

    @property
    def paths(self) -> list[str]:
        """Where it looks, as paths that begin with a parameter of the handler."""
        return [self.path]

    def may_lack(self, *, reading: bool) -> bool:
        """Whether a request may name none: a body's list may be empty, a question must ask of something."""
        return self.optional or ("[]" in self.path and not reading)

    def ids(self, values: Values) -> list[str]:
        """Return the ids that the caller named."""
        return list(dict.fromkeys(each for each in read(values, self.path) if isinstance(each, str)))


@dataclass(frozen=True, slots=True)
class Province:
    """Facts of the whole province: they are no tenant's."""


@dataclass(frozen=True, slots=True)
class WholeProvince(Province):
    """Facts of the whole province, for those only whom nothing less than the province bounds."""


Source = Named | Objects
PROVINCE = Province()
WHOLE_PROVINCE = WholeProvince()


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may call a route: the roles, and the sources of its tenants, all of which must be the caller's.

    Without a source it is about facts of the whole province, `whole_province` for those of the province only;
    `open_to_all` needs no token.
    """

    method: str
    path: str
    roles: frozenset[Role]
    of: tuple[Source, ...]
    open_to_all: bool = False
    whole_province: bool = False
    counted: bool = False
    """Whether strangers may send but so many a minute (`CLOUD_STRANGER_PER_MINUTE`): what they send is kept."""
    crosses: str | None = None
    """Why its handler acts as the system on PostgreSQL, once the rule let a request through (decision 52)."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def within(
    *, county: str | None = None, canteen: str | None = None, cooperative: str | None = None, driver: str | None = None
) -> Named:
    """Tenants named in the path, the query or the body: `within(canteen="canteen_id", county="body.county_code")`.

    Whoever is bound by a kind must name one of its own; the county may be told from a canteen's or cooperative's. Of
    one kind there may be a list: `within(canteen="canteen_ids[]")`.
    """
    return Named(_names(county, canteen, cooperative, driver))


def rows(
    base: str,
    *,
    county: str | None = None,
    canteen: str | None = None,
    cooperative: str | None = None,
    driver: str | None = None,
) -> Named:
    """Tenants named by each row of a body: `rows("rows.rows", canteen="canteen_id")`; one foreign row refuses all."""
    return Named(_names(county, canteen, cooperative, driver), base)


def objects(
    what: str, find: Finder, path: str, *, lasting: bool = True, may_be_new: bool = False, optional: bool = False
) -> Objects:
    """Tenants of objects: `objects("order", queries.tenants_of, "order_id")`, or `"body.order_ids[]"` for several.

    What is another's is answered as if it did not exist: 404, `unknown-<what>`. Not `lasting`: they may change (a
    trip's driver), and are looked up each time. `may_be_new`: an unknown id is let through, to be created. `optional`:
    the request need not name any.
    """
    return Objects(what, find, path, lasting, may_be_new, optional)


def rule(route: str, roles: Collection[Role], *of: Source | Province, crosses: str | None = None) -> Rule:
    """Return the rule of a route, `"GET /orders/{order_id}"`, for the roles given and `of` whom it is.

    `of` is `PROVINCE`, `WHOLE_PROVINCE` or one or more of `within`, `rows` and `objects`: all of them must be the
    caller's. The system may do everything and the auditor read everything; they need not be named. `crosses`: why what
    it does touches other tenants' rows by its nature.
    """
    if not of:
        raise ValueError(f"{route}: say of whom it is; of nobody is PROVINCE")
    method, path = _parts(route)
    always = {Role.SYSTEM, Role.AUDITOR} if method in READING else {Role.SYSTEM}
    sources = tuple(each for each in of if not isinstance(each, Province))
    whole = any(isinstance(each, WholeProvince) for each in of)
    return Rule(method, path, frozenset(roles) | always, sources, whole_province=whole, crosses=crosses)


def open_to_all(route: str, *, counted: bool = False) -> Rule:
    """Return the rule of a route that needs no token; `counted` where what anybody sends is kept."""
    return Rule(*_parts(route), frozenset(), (), open_to_all=True, counted=counted)


@dataclass(frozen=True)
class Access:
    """A service's table: a rule for every route, and where the county of its canteens and cooperatives is known."""

    rules: Sequence[Rule]
    county_of: Mapping[Kind, CountiesOf] = field(default_factory=dict)

    @cached_property
    def by_route(self) -> Mapping[tuple[str, str], Rule]:
        """The rules by method and path."""
        return {(each.method, each.path): each for each in self.rules}

    def check(self, routes: Mapping[tuple[str, str], Collection[str]], service: str) -> None:
        """Refuse a table that does not fit its service's routes. Raises ValueError naming each fault."""
        if faults := self.faults(routes):
            raise ValueError(f"the table of services/{service}/access.py is wrong:\n" + "\n".join(faults))

    def faults(self, routes: Mapping[tuple[str, str], Collection[str]]) -> list[str]:
        """Return what is wrong with the table for these routes and the names of their handlers' parameters."""
        named = [(each.method, each.path) for each in self.rules]
        found = [f"{m} {p}: two rules" for m, p in sorted({each for each in named if named.count(each) > 1})]
        found += [f"{method} {path}: no rule" for method, path in sorted(routes.keys() - self.by_route.keys())]
        for each in self.rules:
            if (parameters := routes.get((each.method, each.path))) is None:
                found.append(f"{each}: a rule without a route")
            else:
                found += [f"{each}: {fault}" for fault in self._faults_of(each, parameters)]
        return found

    def _faults_of(self, each: Rule, parameters: Collection[str]) -> list[str]:
        firsts = {path.split(".")[0].removesuffix("[]") for source in each.of for path in source.paths}
        found = [f"the handler has no parameter {first}" for first in sorted(firsts - set(parameters))]
        bounds = {kind for role in each.roles if (kind := SCOPE[role]) is not None}
        if each.whole_province:
            found += [f"who is bound by a {kind} is never of the whole province" for kind in bounds - {Kind.COUNTY}]
        for source in each.of:
            if isinstance(source, Named):
                told = set(source.names) | ({Kind.COUNTY} if self.county_of.keys() & source.names.keys() else set())
                found += [f"nothing tells the {kind} that bounds a role" for kind in sorted(bounds - told)]
        return found


def _parts(route: str) -> tuple[str, str]:
    match = _ROUTE.fullmatch(route)
    if match is None:
        raise ValueError(f"a route is a method and a path, not {route!r}")
    return match[1], match[2]


def _names(county: str | None, canteen: str | None, cooperative: str | None, driver: str | None) -> dict[Kind, str]:
    given = {Kind.COUNTY: county, Kind.CANTEEN: canteen, Kind.COOPERATIVE: cooperative, Kind.DRIVER: driver}
    names = {kind: name for kind, name in given.items() if name is not None}
    if not names or (len(names) > 1 and any("[]" in name for name in names.values())):
        raise ValueError("name at least one kind of tenant, and only one where it is a list")
    return names
