"""Whose rows a transaction may see and change: what PostgreSQL's row-level security is told (decision 52)."""

from dataclasses import dataclass, fields
from functools import lru_cache

from shared.auth.principal import Kind, Principal

SYSTEM = "cloud.system"
"""The setting of those who act for the whole system: events, jobs, commands, and people whom nothing bounds."""
SETTINGS = {
    Kind.COUNTY: "cloud.counties",
    Kind.CANTEEN: "cloud.canteens",
    Kind.COOPERATIVE: "cloud.cooperatives",
    Kind.DRIVER: "cloud.drivers",
}
"""The settings of those who are bound by tenants, by kind: their ids, parted by `BETWEEN`."""
BETWEEN = "\x1f"
WIDE = f"SET LOCAL {SYSTEM} = 'yes'"
"""Makes the present transaction the system's."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The tenants whose rows somebody may see and change, by kind."""

    county: frozenset[str] = frozenset()
    canteen: frozenset[str] = frozenset()
    cooperative: frozenset[str] = frozenset()
    driver: frozenset[str] = frozenset()


def scope_of(principal: Principal, bounds: frozenset[Kind] | None) -> Scope | None:
    """Return the scope of somebody in the roles that are bounded so, None for the system and whom nothing bounds."""
    return None if bounds is None else Scope(**{str(kind): principal.own(kind) for kind in bounds})


@lru_cache(4096)
def narrowing(scope: Scope) -> str:
    """Return the statements that let the present transaction see what is a scope's, and nothing else."""
    said = [f"SET LOCAL {SYSTEM} = ''"]
    for field in fields(scope):
        # What cannot be an id of ours is nobody's.
        ids = sorted(each for each in getattr(scope, field.name) if each.isprintable())
        if ids:
            said.append(f"SET LOCAL {SETTINGS[Kind(field.name)]} = {_quoted(BETWEEN.join(ids))}")
    return "; ".join(said)


def _quoted(text: str) -> str:
    """Return a text as an SQL literal; connections have `standard_conforming_strings`."""
    return "'" + text.replace("'", "''") + "'"
