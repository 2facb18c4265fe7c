"""Acts get their place in the chain within a second, so that no request waits for another; and it is verified."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.audit import domain, queries
from shared.audit.domain import Broken, Link
from shared.database import Database, Session
from shared.errors import NotFound
from shared.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from shared.service import Service

AT_ONCE = 1_000
"""So many acts are linked in one unit of work, or verified with one statement."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of verifying links: how many hold, up to which, the first that is broken, whether more follow."""

    links: int
    last: Link | None
    broken: Broken | None
    more: bool

    @property
    def words(self) -> str:
        """What came of it, for people."""
        if self.broken is not None:
            of = f" (act {self.broken.act_id})" if self.broken.act_id else ""
            return f"link {self.broken.number}{of} is broken: {self.broken.rule}, {self.broken.detail}"
        head = f", the last is {self.last.hash}" if self.last else ""
        return f"{self.links:,} links hold{head}"


async def link_waiting(service: "Service") -> int:
    """Put the acts that wait into the chain; returns how many. Safe at any moment and on every replica."""
    done, linked = 0, AT_ONCE
    while linked == AT_ONCE:
        async with service.begin() as uow:
            linked = await link(uow)
        done += linked
    return done


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


async def verify(session: Session, after: int, limit: int) -> Verified:
    """Compute up to `limit` links anew, behind link `after`, which is taken as it is.

    Behind the last link it is also looked for acts past the chain. Raises NotFound for a link there is not.
    """
    last = await queries.link_at(session, after) if after else None
    if after and last is None:
        raise NotFound("link", after, field="after")
    checked = 0
    while checked < limit:
        size = min(AT_ONCE, limit - checked)
        batch = await queries.links_after(session, after + checked, size)
        acts = await queries.acts_of(session, [each.act_id for each in batch])
        broken = domain.check(last, batch, acts)
        if broken is not None:
            return Verified(broken.number - after - 1, last, broken, more=False)
        checked += len(batch)
        last = batch[-1] if batch else last
        if len(batch) < size:
            return Verified(checked, last, await _past_the_chain(session, after + checked), more=False)
    return Verified(checked, last, None, more=True)


async def _past_the_chain(session: Session, number: int) -> Broken | None:
    act_id = await queries.forgotten(session)
    return None if act_id is None else Broken(number + 1, act_id, "past-the-chain", "it was written and has no link")


async def verify_all(database: Database) -> Verified:
    """Verify a whole chain from its first link on, a stretch at a time."""
    number, last = 0, None
    while True:
        async with database.transaction(read_only=True) as session:
            verified = await verify(session, number, AT_ONCE)
        number += verified.links
        last = verified.last or last
        if not verified.more:
            return Verified(number, last, verified.broken, more=False)
