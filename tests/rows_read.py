"""How many rows PostgreSQL touches for a statement: it is counted, so it is the same on every machine."""

from sqlalchemy import text

from shared.database import Session

_READ = text(
    "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class "
    "WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace"
)


async def rows_read(session: Session) -> int:
    """Return how many rows and entries of indexes the connection has read of our tables; subtract what it said before.

    Rows are counted where a table is read from end to end, entries where it is an index that is read.
    """
    return int(await session.scalar(_READ))
