"""What a user or a machine client may do: roles, and whose things are theirs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints

from shared.auth.principal import SCOPE, Kind, Role
from shared.errors import DomainError
from shared.fields import Id

MACHINES = frozenset({Role.DEVICE, Role.SYSTEM})
"""Roles of programs; no person signs in as one."""
CLAIM = {
    Kind.COUNTY: "counties",
    Kind.CANTEEN: "canteens",
    Kind.COOPERATIVE: "cooperatives",
    Kind.DRIVER: "drivers",
}
"""What a token, a row and a request call those whose things are somebody's."""

CountyOrProvince = Annotated[str, StringConstraints(pattern=r"^([a-zA-Z0-9][a-zA-Z0-9_-]{0,63}|\*)$")]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]
Counties = Annotated[list[CountyOrProvince], Field(max_length=200, description="codes; `*` is the whole province")]
Ids = Annotated[list[Id], Field(max_length=500)]


@dataclass(frozen=True, slots=True)
class Rights:
    """Roles and tenants, each sorted and named once."""

    roles: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    canteens: tuple[str, ...] = ()
    cooperatives: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: Any) -> Self:
        """Return the rights that stand in a row or a request."""
        return cls(**{name: tuple(sorted(set(getattr(source, name)))) for name in cls.__slots__})

    def claims(self) -> dict[str, list[str]]:
        """Return the claims of a token, which are also the columns of a row."""
        return {name: list(values) for name, values in asdict(self).items()}


def check(rights: Rights, *, machine: bool) -> Rights:
    """Return the rights if they make sense: a role that is tied to somebody's things names them.

    Raises DomainError.
    """
    for name in rights.roles:
        role = Role(name)
        if role in MACHINES and not machine:
            raise DomainError("role-of-machines", f"{role} is a role of programs, not of people", field="roles")
        kind = SCOPE[role]
        if kind is not None and not getattr(rights, CLAIM[kind]):
            raise DomainError("role-without-tenant", f"a {role} needs {CLAIM[kind]}", field=CLAIM[kind])
    return rights


def is_administrator(roles: Sequence[str]) -> bool:
    """Whether these roles may administer users."""
    return Role.ADMINISTRATOR in roles
