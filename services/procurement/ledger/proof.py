"""The proof of the whole ledger, for whoever has its database and trusts nobody: `python -m services verify-ledger`."""

from dataclasses import dataclass

from services.procurement.ledger import links, queries, sealing
from services.procurement.ledger.chain import Broken, Link
from shared.chain import Verified, verify_whole
from shared.database import Database, Session, database_of
from shared.settings import Settings

_STEP = 10_000


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of proving one thing, in words."""

    text: str
    holds: bool


async def prove(settings: Settings, county_code: str | None) -> list[Proof]:
    """Verify the chain of every county (or of one), and that all entries sum to zero; nothing is changed."""
    database = database_of(settings, "procurement")
    try:
        return await prove_in(database, county_code)
    finally:
        await database.close()


async def prove_in(database: Database, county_code: str | None) -> list[Proof]:
    """Verify the chains in a database."""
    async with database.transaction(read_only=True) as session:
        heads = await links.heads(session, county_code)
        entries, sum_fen = await queries.ledger_sum(session)
    proofs = [await _prove_chain(database, head.county_code) for head in heads]
    if county_code is not None and not heads:
        proofs.append(Proof(f"{county_code}: nothing was ever booked", holds=False))
    return [*proofs, Proof(f"{entries:,} entries sum to {sum_fen} fen", holds=sum_fen == 0)]


async def _prove_chain(database: Database, county_code: str) -> Proof:
    async def some(session: Session, after: int) -> Verified[Link, Broken]:
        return await sealing.verify(session, county_code, after, _STEP)

    verified = await verify_whole(database, some)
    if verified.broken is not None:
        return Proof(f"{county_code}: {_words(verified.broken)}", holds=False)
    head = f", the last is {verified.last.hash}" if verified.last else ""
    return Proof(f"{county_code}: {verified.links:,} links hold{head}", holds=True)


def _words(broken: Broken) -> str:
    of = f" (transaction {broken.transaction_id})" if broken.transaction_id else ""
    return f"link {broken.number}{of} is broken: {broken.rule}, {broken.detail}"
