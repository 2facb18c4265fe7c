"""What can happen to EPCIS documents: the trace graph is told in one, and taken from one."""

import hashlib
from datetime import date, timedelta

from services.logistics.epcis import queries, storing
from services.logistics.epcis.capturing import new_of
from services.logistics.epcis.queries import Scope
from services.logistics.epcis.reading import Told, read
from services.logistics.epcis.schemas import CONTEXT, Body, Captured, EpcisDocument, Event
from services.logistics.epcis.writing import events_of
from services.logistics.recalls import usecases as recalls
from services.logistics.tracing import queries as tracing
from shared.errors import AlreadyDone, DomainError, NotFound
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork

LONGEST = timedelta(days=31)
MOST = 200
"""Lots, orders and meals of a page: with up to five events each it can be taken as it is, of 2,000 events and 2 MB."""


async def scope_of(
    uow: UnitOfWork, lot_id: str | None, canteen_id: str | None, day: date | None, first: date | None, last: date | None
) -> Scope:
    """Return what a question is about: a lot, a school's day, or a period of up to 31 days; exactly one of them."""
    given = [lot_id is not None, canteen_id is not None or day is not None, first is not None or last is not None]
    if sum(given) != 1:
        raise DomainError("one-question", "ask by lot, by school and day, or by period", field="lot_id")
    if lot_id is not None:
        if await tracing.lot_by_id(uow, lot_id) is None:
            raise NotFound("lot", lot_id, field="lot_id")
        return queries.of_lot(lot_id)
    if given[1]:
        if canteen_id is None or day is None:
            missing = "canteen_id" if canteen_id is None else "day"
            raise DomainError("needed", "ask by school and day", field=missing)
        return queries.of_school(canteen_id, day)
    if first is None or last is None:
        raise DomainError("needed", "a period has a first and a last day", field="from" if first is None else "until")
    if not first <= last <= first + LONGEST:
        raise DomainError("period", f"a period has up to {LONGEST.days} days", field="until")
    return queries.of_period(first, last)


async def tell(uow: UnitOfWork, scope: Scope, page: Paging) -> tuple[EpcisDocument, str | None]:
    """Return a page of what a question is about as a document, and after what the next page begins.

    A page has up to `limit` lots, orders and meals, and never more than others can take; the events of one stand
    together.
    """
    after, limit = _cursor(page.after), min(page.limit, MOST)
    ids = await queries.ids_of(uow, scope, after, limit + 1)
    here = ids[:limit]
    by_kind = {kind: [each for of, each in here if of == kind] for kind in queries.KINDS}
    graph = await queries.graph_of(uow, **by_kind)
    document = EpcisDocument(context=CONTEXT, creation_date=uow.now, epcis_body=Body(event_list=events_of(graph)))
    return document, ":".join(here[-1]) if len(ids) > len(here) else None


def _cursor(after: str | None) -> tuple[str, str] | None:
    if after is None:
        return None
    kind, _, key = after.partition(":")
    if kind not in queries.KINDS:
        raise DomainError("cursor", "continue with what the answer before gave", field="after")
    return kind, key


async def capture(uow: UnitOfWork, document: EpcisDocument) -> Captured:
    """Take a document's events, all or none; those taken before say nothing new. Others are told of recalls only.

    A lot made of a recalled one is recalled with it.
    """
    fresh, digests = await _not_taken(uow, document.epcis_body.event_list)
    told = read(fresh)
    orders = told.orders.keys() | told.packed.keys() | told.weighed.keys() | told.unpacked.keys()
    known = await queries.graph_of(uow, lots=told.lots, orders=orders, meals=told.meals)
    waiting = await storing.unpacked(uow, orders)
    new = new_of(told, known, await tracing.known_lots(uow, _named(told)), waiting)
    await storing.save(uow, new)
    await storing.keep_captured(uow, digests)
    await recalls.follow(uow, {each for lot in new.lots.values() for each, _ in lot.parents})
    return Captured(taken=len(fresh), known=len(document.epcis_body.event_list) - len(fresh))


async def _not_taken(uow: UnitOfWork, events: list[Event]) -> tuple[list[tuple[str, Event]], dict[str, str]]:
    before = await storing.captured_before(uow, {event.event_id for event in events}) if events else {}
    fresh: list[tuple[str, Event]] = []
    digests: dict[str, str] = {}
    for number, event in enumerate(events):
        place = f"epcisBody.eventList.{number}"
        digest = hashlib.sha256(event.model_dump_json().encode()).hexdigest()
        taken = before.get(event.event_id) or digests.get(event.event_id)
        if taken is None:
            fresh.append((place, event))
            digests[event.event_id] = digest
        elif taken != digest:
            raise AlreadyDone("event-differs", "another event has this id", field=f"{place}.eventID")
    return fresh, digests


def _named(told: Told) -> set[str]:
    return {
        *(each for lot in told.lots.values() for each, _ in lot.parents),
        *(each.lot_id for shares in told.packed.values() for each in shares),
        *(each.lot_id for meal in told.meals.values() for each in meal.used if each.lot_id is not None),
    }
