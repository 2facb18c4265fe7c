"""A service's guard: it admits a request by token and role before its body is read, and judges its tenants before the
handler runs."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from shared.auth.access import READING, Access, Finder, Named, Objects, Rule, Values
from shared.auth.principal import Kind, Principal, Tenants
from shared.auth.scope import Scope, scope_of
from shared.auth.tokens import Verifier, bearer
from shared.errors import Forbidden, NotFound

if TYPE_CHECKING:
    from shared.unit_of_work import UnitOfWork

REMEMBERED = 50_000
"""Objects and tenants whose owners a process remembers."""


class Opened(Protocol):
    """Gives the unit of work of a request, which may have to be opened for it."""

    def __call__(self) -> AbstractAsyncContextManager["UnitOfWork"]:
        """Return it."""
        ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that may be read: its rule, and who asks (None where a route is open to all)."""

    rule: Rule
    principal: Principal | None

    @property
    def scope(self) -> Scope | None:
        """Whose rows it may see and change, None where nothing bounds it or what it does crosses tenants."""
        if self.principal is None or self.rule.crosses is not None:
            return None
        return scope_of(self.principal, self.principal.bounds(self.rule.roles))


class _Remembered:
    """The owners of things by id, found in one statement and kept; the oldest are forgotten.

    Kept by who asked: of a thing of several owners somebody may see but his own.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Finder, Scope | None, str], Tenants] = OrderedDict()

    async def find(self, find: Finder, uow: "UnitOfWork", ids: Iterable[str]) -> dict[str, Tenants]:
        """Return the owners of those ids that exist."""
        wanted, who = set(ids), uow.scope
        found = {each: self._kept[find, who, each] for each in wanted if (find, who, each) in self._kept}
        if missing := sorted(wanted - found.keys()):
            new = await find(uow, missing)
            for each, owner in new.items():
                self._kept[find, who, each] = owner
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)
            found |= new
        return found


class Guard:
    """Keeps one service's table of rules."""

    def __init__(self, access: Access, verifier: Verifier) -> None:
        self.access = access
        self.verifier = verifier
        self._remembered = _Remembered()

    def begin(self) -> None:
        """Fetch the issuers' keys beside the first requests."""
        for trust in self.verifier.trusts.values():
            trust.keys.refresh_in_time()

    @property
    def ready(self) -> bool:
        """Whether every issuer's keys are known."""
        return all(trust.keys.known for trust in self.verifier.trusts.values())

    async def close(self) -> None:
        """End what is under way."""
        await self.verifier.close()

    async def admit(self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]]) -> Admitted:
        """Admit a request by its token and role. Raises Unauthorized or Forbidden."""
        rule = self.access.by_route[method, path]
        if rule.open_to_all:
            return Admitted(rule, None)
        principal = await self.verifier.principal(bearer(headers))
        if not rule.roles & principal.roles:
            allowed = ", ".join(sorted(rule.roles))
            raise Forbidden("role-not-allowed", f"{rule} is for: {allowed}", field="Authorization")
        if rule.whole_province and principal.bounds(rule.roles) is not None:
            raise Forbidden("province-only", f"{rule} is for those of the whole province", field="Authorization")
        return Admitted(rule, principal)

    async def judge(self, admitted: Admitted, values: Values, opened: Opened) -> None:
        """Judge whose a request's things are. Raises Forbidden for tenants it names, NotFound for things of others."""
        rule, principal = admitted.rule, admitted.principal
        if principal is None or (bounds := principal.bounds(rule.roles)) is None:
            return
        reading = rule.method in READING
        judging = _Judging(principal, bounds, self.access, self._remembered, opened, reading)
        for source in rule.of:
            if isinstance(source, Named):
                await judging.named(source, values)
            else:
                await judging.objects(source, values)


@dataclass(frozen=True, slots=True)
class _Judging:
    principal: Principal
    bounds: frozenset[Kind]
    access: Access
    remembered: _Remembered
    opened: Opened
    reading: bool

    async def named(self, source: Named, values: Values) -> None:
        """Judge the tenants that the caller named; each row must be its own in one of its roles."""
        left = [claim for claim in source.claimed(values) if not self._by_own_ids(claim)]
        by_county = Kind.COUNTY in self.bounds
        counties = await self._located(left) if by_county else {}
        for claim in left:
            if not by_county or not self._in_own_counties(claim, counties):
                self._refuse(source, claim)

    def _by_own_ids(self, claim: Mapping[Kind, Any]) -> bool:
        """Whether a tenant below the county is named that is its own."""
        kinds = self.bounds - {Kind.COUNTY}
        return any(isinstance(claim.get(kind), str) and claim[kind] in self.principal.own(kind) for kind in kinds)

    async def _located(self, claims: Sequence[Mapping[Kind, Any]]) -> dict[tuple[Kind, str], str]:
        """Return the counties of the tenants named, by one statement for each kind; of none where nobody needs them."""
        found: dict[tuple[Kind, str], str] = {}
        asked = [claim for claim in claims if not (self.reading and claim.get(Kind.COUNTY) is not None)]
        for kind, find in self.access.county_of.items():
            ids = {claim[kind] for claim in asked if isinstance(claim.get(kind), str)}
            if ids:
                async with self.opened() as uow:
                    counties = await find(uow, sorted(ids))
                found |= {(kind, each): county for each, county in counties.items()}
        return found

    def _in_own_counties(self, claim: Mapping[Kind, Any], counties: Mapping[tuple[Kind, str], str]) -> bool:
        """Whether all that is named lies in its counties. A question about an own county is answered without more."""
        county = claim.get(Kind.COUNTY)
        if county is not None and not (isinstance(county, str) and county in self.principal.counties):
            return False
        if county is not None and self.reading:
            return True
        named = [(kind, claim[kind]) for kind in self.access.county_of if claim.get(kind) is not None]
        for kind, each in named:
            if not isinstance(each, str) or counties.get((kind, each)) not in self.principal.counties:
                raise NotFound(kind, each)
        return county is not None or bool(named)

    def _refuse(self, source: Named, claim: Mapping[Kind, Any]) -> None:
        asked = {kind: name for kind, name in source.names.items() if kind in self.bounds} or source.names
        kind, name = next(iter(asked.items()))
        field = name if source.base is None else f"{source.base}[].{name}"
        if all(claim.get(each) is None for each in asked):
            raise Forbidden("tenant-not-named", f"name the {kind} that is asked for: {field}", field=field)
        raise Forbidden("other-tenant", f"another {kind} than one of yours", field=field)

    async def objects(self, source: Objects, values: Values) -> None:
        """Judge things by their owners; what is another's does not exist for the caller."""
        if not (ids := source.ids(values)):
            if source.may_lack(reading=self.reading):
                return
            raise Forbidden("tenant-not-named", f"name the {source.what} that is asked for", field=source.path)
        async with self.opened() as uow:
            find: Finder = source.find
            if source.may_be_new:
                async with uow.as_system():  # what is another's is not new
                    found: Mapping[str, Tenants] = await find(uow, ids)
            elif source.lasting and Kind.COUNTY not in self.bounds:
                found = await self.remembered.find(find, uow, ids)
            else:
                found = await find(uow, ids)
            for each in ids:
                if each not in found and source.may_be_new:
                    continue
                if each not in found or not await self._owns(found[each], uow):
                    raise NotFound(source.what, each)

    async def _owns(self, tenants: Tenants, uow: "UnitOfWork") -> bool:
        if any(tenants.ids(kind) & self.principal.own(kind) for kind in self.bounds):
            return True
        if Kind.COUNTY not in self.bounds or tenants.county is not None:
            return False
        for kind, find in self.access.county_of.items():
            counties = await find(uow, sorted(tenants.ids(kind)))
            if self.principal.counties & set(counties.values()):
                return True
        return False
