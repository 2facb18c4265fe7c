"""Acts get their place in the chain within a second, so that no request waits for another; and it is verified."""

from collections.abc import Sequence

from shared import chain
from shared.audit import domain, queries
from shared.audit.domain import Broken, Link
from shared.chain import Verified
from shared.claiming import in_batches
from shared.database import Database, Session
from shared.errors import NotFound
from shared.service import Service
from shared.unit_of_work import UnitOfWork

AT_ONCE = 1_000
"""So many acts are linked in one unit of work, or verified with one statement."""


async def link_waiting(service: Service) -> int:
    """Put the acts that wait into the chain; returns how many. Safe at any moment and on every replica."""
    async with service.begin(read_only=True) as uow:
        if not await queries.waiting_longest(uow.session, 1):
            return 0
    return await in_batches(service, link, AT_ONCE)


async def link(uow: UnitOfWork) -> int:
    """Put the acts that wait longest behind the last link; returns how many, 0 when somebody else is doing it."""
    if not await queries.is_alone(uow):
        return 0
    waiting = await queries.waiting_longest(uow.session, AT_ONCE)
    if waiting:
        acts = await queries.acts_of(uow.session, waiting.values())
        last = await queries.last_link(uow.session)
        made = domain.chained(last, [acts[act_id] for act_id in waiting.values()])
        await queries.add_links(uow.session, made, waiting, uow.now)
    return len(waiting)


async def verify(session: Session, after: int, limit: int) -> Verified[Link, Broken]:
    """Compute up to `limit` links anew, behind link `after`, which is taken as it is.

    Behind the last link it is also looked for acts past the chain. Raises NotFound for a link there is not.
    """
    last = await queries.link_at(session, after) if after else None
    if after and last is None:
        raise NotFound("link", after, field="after")

    async def read(number: int, size: int) -> list[Link]:
        return await queries.links_after(session, number, size)

    async def check(before: Link | None, batch: Sequence[Link]) -> Broken | None:
        return domain.check(before, batch, await queries.acts_of(session, [each.act_id for each in batch]))

    async def past(number: int) -> Broken | None:
        act_id = await queries.forgotten(session)
        return (
            None if act_id is None else Broken(number + 1, act_id, "past-the-chain", "it was written and has no link")
        )

    return await chain.verify(last, limit, AT_ONCE, read, check, past)


async def verify_all(database: Database) -> Verified[Link, Broken]:
    """Verify a whole chain from its first link on, a stretch at a time."""

    async def some(session: Session, after: int) -> Verified[Link, Broken]:
        return await verify(session, after, AT_ONCE)

    return await chain.verify_whole(database, some)


async def check_kept(database: Database, number: int, hashed: str) -> Broken | None:
    """Return why a link is not what somebody else kept of it, None where it is: the only proof after a restore."""
    async with database.transaction(read_only=True) as session:
        link, last = await queries.link_at(session, number), await queries.last_link(session)
    if link is None:
        end = last.number if last else 0
        return Broken(number, "", "link-missing", f"the chain ends with link {end}: what was done after it is lost")
    if link.hash != hashed.lower():
        return Broken(number, link.act_id, "not-as-kept", "the chain was made anew: its hash was another")
    return None


def words_of(verified: Verified[Link, Broken]) -> str:
    """Return what came of verifying, for people."""
    if verified.broken is not None:
        of = f" (act {verified.broken.act_id})" if verified.broken.act_id else ""
        return f"link {verified.broken.number}{of} is broken: {verified.broken.rule}, {verified.broken.detail}"
    head = f", the last is {verified.last.hash}" if verified.last else ""
    return f"{verified.links:,} links hold{head}"
