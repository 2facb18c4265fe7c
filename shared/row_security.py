"""Row-level security on PostgreSQL: policies for tables whose rows are tenants' (decision 52). For migrations.

Policies hold for the owner of the tables, too, which a service is. SQLite has nothing of the kind.
"""

from collections.abc import Sequence

from alembic import op

from shared.auth.principal import Kind
from shared.auth.scope import SETTINGS, SYSTEM

POLICY, READING, WRITING = "of_tenant", "read", "written"
_EVERYTHING = f"(SELECT nullif(current_setting('{SYSTEM}', true), '')) IS NOT NULL"
"""Whether the transaction is the system's: looked up once a statement, and expected to be so by the planner."""


def own(kind: Kind, column: str) -> str:
    """Return the condition that a column names a tenant of the transaction's scope."""
    setting = f"string_to_array(current_setting('{SETTINGS[kind]}', true), E'\\x1f')"
    return f"{column} = ANY ((SELECT {setting})::text[])"


def of(
    table: str,
    *,
    county: str | None = None,
    canteen: str | None = None,
    cooperative: str | None = None,
    driver: str | None = None,
    located: Sequence[str] = (),
) -> str:
    """Return the condition that a row is a tenant's by these columns; `located` canteens and cooperatives (the tables
    that say so are called so) are their counties', too."""
    columns = {Kind.COUNTY: county, Kind.CANTEEN: canteen, Kind.COOPERATIVE: cooperative, Kind.DRIVER: driver}
    named = {kind: f"{table}.{column}" for kind, column in columns.items() if column is not None}
    arms = [own(kind, column) for kind, column in named.items()]
    for place in located:
        # Names of tables and columns are those of the steps.
        there = f"SELECT place.{place}_id FROM {place} place WHERE {own(Kind.COUNTY, 'place.county_code')}"  # noqa: S608
        arms.append(f"{named[Kind(place)]} IN ({there})")
    return " OR ".join(arms)


def part_of(table: str, whole: str, column: str, *, where: str = "true") -> str:
    """Return the condition that the row of `whole` to which a row belongs, by an indexed column both have, may be seen.

    OFFSET keeps the planner from reading all that may be seen of `whole` first, for a few rows that ask.
    """
    return f"EXISTS (SELECT FROM {whole} WHERE {whole}.{column} = {table}.{column} AND ({where}) OFFSET 0)"


def protect(table: str, *arms: str, read: str | None = None) -> None:
    """Let the rows of a table be seen and changed by the system, and by those of whom one of the conditions is true.

    `read`: another condition by which they are seen, besides.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {POLICY} ON {table} USING ({' OR '.join([_EVERYTHING, *arms])})")
    if read is not None:
        op.execute(f"CREATE POLICY {READING} ON {table} FOR SELECT USING ({read})")


def protect_trail() -> None:
    """Let anybody add to the audit trail, and nobody but the system read it."""
    for table in ("audit_act", "audit_waiting", "audit_change", "audit_link"):
        protect(table)
        if op.get_bind().dialect.name == "postgresql" and table != "audit_link":
            op.execute(f"CREATE POLICY {WRITING} ON {table} FOR INSERT WITH CHECK (true)")


def expose(table: str) -> None:
    """Take the policies of a table back."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for policy in (POLICY, READING, WRITING):
        op.execute(f"DROP POLICY IF EXISTS {policy} ON {table}")
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
