"""What can happen to webhooks: a cooperative sets them up, facts are told to them, dead messages are replayed."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.orders import queries as orders
from services.farmers.webhooks import domain, journal, queries
from services.farmers.webhooks.addresses import require_url
from services.farmers.webhooks.domain import ENDPOINT_OFF, TEST, Endpoint, Fact, Fate, Status
from services.farmers.webhooks.signing import new_secret
from shared.errors import NotFound
from shared.ids import new_id
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

REPLAYED_AT_ONCE = 1_000


async def register(
    uow: UnitOfWork, sealer: Sealer, cooperative_id: str, url: str, kinds: Collection[str], *, loopback: bool
) -> Endpoint:
    """Let a cooperative's own system be told of these kinds; its secret is to be fetched. Raises DomainError.

    Whatever changes at this moment is either done before, and seen by who reads afterwards, or told.
    """
    require_url(url, loopback=loopback)
    if not await cooperatives.lock(uow.session, uow.dialect, [cooperative_id], alone=True):
        raise NotFound("cooperative", cooperative_id)
    domain.require_new(url, await queries.of_cooperative(uow.session, cooperative_id))
    new = Endpoint(
        endpoint_id=new_id(),
        cooperative_id=cooperative_id,
        url=url,
        kinds=tuple(sorted(kinds)),
        version=1,
        status=Status.ACTIVE,
        status_reason=None,
        status_since=uow.now,
        created_at=uow.now,
    )
    await queries.insert_endpoint(uow.session, new)
    await queries.insert_secret(uow.session, sealer, new.endpoint_id, new_secret(), uow.now, uow.now)
    await orders.be_heard(uow.session, cooperative_id)
    return new


async def listeners(uow: UnitOfWork, cooperative_ids: Collection[str]) -> set[str]:
    """Return those of the cooperatives that have an endpoint; none gets its first while this unit of work lasts.

    Whoever has something new to tell of cooperatives it does not lock asks this before anything else is locked.
    """
    await cooperatives.keep(uow.session, uow.dialect, cooperative_ids)
    return await queries.heard(uow.session, uow.dialect, cooperative_ids)


async def change(
    uow: UnitOfWork, endpoint_id: str, url: str, kinds: Collection[str], expected: int | None, *, loopback: bool
) -> Endpoint:
    """Send elsewhere, or of other kinds. Raises DomainError, StaleVersion."""
    require_url(url, loopback=loopback)
    cooperative_id = (await queries.one(uow.session, endpoint_id)).cooperative_id
    await cooperatives.lock(uow.session, uow.dialect, [cooperative_id])
    present = await queries.one(uow.session, endpoint_id, for_update=True)
    domain.require_version(present, expected)
    others = [each for each in await queries.of_cooperative(uow.session, cooperative_id) if each.url != present.url]
    if url != present.url:
        domain.require_new(url, others)
    changed = domain.change(present, url, list(kinds))
    await queries.save(uow.session, changed)
    return changed


async def pause(uow: UnitOfWork, endpoint_id: str) -> Endpoint:
    """Keep messages waiting until it is resumed."""
    paused = domain.pause(await queries.one(uow.session, endpoint_id, for_update=True), uow.now)
    await queries.save(uow.session, paused)
    return paused


async def resume(uow: UnitOfWork, endpoint_id: str) -> Endpoint:
    """Send again to an endpoint that was paused or off."""
    resumed = domain.resume(await queries.one(uow.session, endpoint_id, for_update=True), uow.now)
    await queries.save(uow.session, resumed)
    return resumed


async def remove(uow: UnitOfWork, endpoint_id: str) -> None:
    """Forget an endpoint with its secrets and messages. Raises NotFound."""
    await queries.one(uow.session, endpoint_id, for_update=True)
    await journal.remove_all(uow.session, endpoint_id)
    await queries.remove(uow.session, endpoint_id)


async def rotate(uow: UnitOfWork, sealer: Sealer, endpoint_id: str, overlap: timedelta) -> Endpoint:
    """Sign with a new secret, too; those before stay valid for the overlap, by none they end at once."""
    endpoint = await queries.one(uow.session, endpoint_id, for_update=True)
    if overlap:
        valid = await queries.secrets_of(uow.session, [endpoint_id], uow.now)
        domain.require_room(len(valid.get(endpoint_id, ())))
    await queries.insert_secret(uow.session, sealer, endpoint_id, new_secret(), uow.now, uow.now + overlap)
    return endpoint


async def show_secret(uow: UnitOfWork, sealer: Sealer, endpoint_id: str) -> str:
    """Return the newest secret of an endpoint, once. Raises Conflict when it was shown before."""
    await queries.one(uow.session, endpoint_id)
    newest = (await queries.secrets_of(uow.session, [endpoint_id], uow.now))[endpoint_id][0]
    await queries.note_shown(uow.session, newest, uow.now)
    return newest.opened(sealer)


async def test(uow: UnitOfWork, endpoint_id: str) -> str:
    """Write a message that says nothing but that it came; returns its id. Raises Conflict unless it is active."""
    endpoint = await queries.one(uow.session, endpoint_id, for_update=True)
    domain.require_active(endpoint)
    said = Fact(TEST, endpoint.cooperative_id, endpoint_id, lambda: {"endpoint_id": endpoint_id})
    row = _delivery(endpoint_id, endpoint.status, said, uow.now)
    await journal.insert_deliveries(uow.session, [row])
    return str(row["delivery_id"])


async def replay(uow: UnitOfWork, endpoint_id: str, ids: Collection[str] | None) -> int:
    """Let dead messages be sent anew, under their ids; without ids the oldest thousand. Returns how many."""
    domain.require_active(await queries.one(uow.session, endpoint_id, for_update=True))
    return await journal.replay(uow.session, endpoint_id, ids, uow.now, REPLAYED_AT_ONCE)


async def tell(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Write a message of each fact for every endpoint that wants to hear of it, in the unit of work of the fact."""
    if not facts:
        return
    listening = await queries.listening(uow.session, uow.dialect, {fact.cooperative_id for fact in facts})
    rows = [
        _delivery(endpoint.endpoint_id, endpoint.status, fact, uow.now)
        for fact in facts
        for endpoint in listening.get(fact.cooperative_id, ())
        if fact.kind in endpoint.kinds
    ]
    await journal.insert_deliveries(uow.session, rows)


def _delivery(endpoint_id: str, status: str, fact: Fact, now: datetime) -> dict[str, object]:
    said = {"type": fact.kind, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": fact.data()}
    off = status == Status.OFF
    return {
        "delivery_id": new_id(),
        "endpoint_id": endpoint_id,
        "kind": fact.kind,
        "about": fact.about,
        "body": json.dumps(said, ensure_ascii=False, separators=(",", ":")),
        "status": Fate.DEAD.value if off else Fate.WAITING.value,
        "reason": ENDPOINT_OFF if off else None,
        "attempts": 0,
        "earlier_attempts": 0,
        "next_at": None if off else now,
        "created_at": now,
        "finished_at": now if off else None,
    }
