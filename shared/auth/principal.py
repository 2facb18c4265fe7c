"""Who calls (`Principal`), as what (`Role`), and whose something is (`Tenants`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

EVERYWHERE = "*"
"""As a county: the whole province."""


class Kind(StrEnum):
    """The kinds of tenants. The value is the name of the claim's ids in a path, a query and a body, without `_id`."""

    COUNTY = "county"
    CANTEEN = "canteen"
    COOPERATIVE = "cooperative"
    DRIVER = "driver"


class Role(StrEnum):
    """What somebody is; `SCOPE` says which tenants bound it."""

    CANTEEN = "canteen"
    CLERK = "clerk"
    DRIVER = "driver"
    NUTRITIONIST = "nutritionist"
    DISPATCHER = "dispatcher"
    OFFICIAL = "official"
    ADMINISTRATOR = "administrator"
    DEVICE = "device"
    AUDITOR = "auditor"
    SYSTEM = "system"


SCOPE: dict[Role, Kind | None] = {
    Role.CANTEEN: Kind.CANTEEN,
    Role.CLERK: Kind.COOPERATIVE,
    Role.DRIVER: Kind.DRIVER,
    Role.NUTRITIONIST: Kind.COUNTY,
    Role.DISPATCHER: Kind.COUNTY,
    Role.OFFICIAL: Kind.COUNTY,
    Role.ADMINISTRATOR: Kind.COUNTY,
    Role.DEVICE: Kind.COUNTY,
    Role.AUDITOR: None,
    Role.SYSTEM: None,
}
"""The kind of tenant that bounds a role: a clerk by its cooperatives, an official by its counties; None: unbounded."""

Ids = str | frozenset[str] | None
Said = TypeVar("Said", str, str | None)
_SIGNATURE = 64
"""Characters of a subject that are kept as who did something."""


@dataclass(frozen=True, slots=True)
class Tenants:
    """Whose an object is: the ids of each kind, one, several (a trip goes to many canteens), or None where it has none.

    Any of them may see it. The county may be left out where the table knows the county of its canteen or cooperative.
    """

    county: Ids = None
    canteen: Ids = None
    cooperative: Ids = None
    driver: Ids = None

    def ids(self, kind: Kind) -> frozenset[str]:
        """Return the ids of one kind."""
        found: Ids = getattr(self, kind)
        return frozenset() if found is None else frozenset({found}) if isinstance(found, str) else found


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls, as a verified token says: its subject, its roles, the tenants that are its own."""

    subject: str
    roles: frozenset[Role]
    counties: frozenset[str] = frozenset()
    canteens: frozenset[str] = frozenset()
    cooperatives: frozenset[str] = frozenset()
    drivers: frozenset[str] = frozenset()
    client_id: str | None = None
    expires_at: float = float("inf")
    """Seconds since 1970."""

    def own(self, kind: Kind) -> frozenset[str]:
        """Return the tenants of one kind that are its own."""
        if kind is Kind.COUNTY:
            return self.counties
        if kind is Kind.CANTEEN:
            return self.canteens
        return self.cooperatives if kind is Kind.COOPERATIVE else self.drivers

    @property
    def only_county(self) -> str | None:
        """The county of who has just one; None for the province's, and for those of several or none."""
        if EVERYWHERE in self.counties or len(self.counties) != 1:
            return None
        return next(iter(self.counties))

    def bounds(self, allowed: Iterable[Role]) -> frozenset[Kind] | None:
        """Return the kinds of tenants that bound what it may do in the allowed roles it has; None: nothing does."""
        kinds = {SCOPE[role] for role in allowed if role in self.roles}
        if None in kinds or (Kind.COUNTY in kinds and EVERYWHERE in self.counties):
            return None
        return frozenset(kind for kind in kinds if kind is not None)


def signed_by(principal: Principal | None, said: Said) -> Said:
    """Return who did something: whose token it was, and only for a machine whom it names."""
    if principal is None or Role.SYSTEM in principal.roles:
        return said
    return principal.subject[:_SIGNATURE]


def only_audits(principal: Principal | None) -> bool:
    """Whether somebody looks at what was done, and has nothing to do with the people themselves."""
    return principal is not None and principal.roles <= {Role.AUDITOR}
