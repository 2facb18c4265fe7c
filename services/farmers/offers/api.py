"""Routes of offers."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Response

from services.farmers.offers import queries, usecases
from services.farmers.offers.domain import Offer, OfferStatus
from services.farmers.offers.schemas import NewOffer, OfferIn, OfferPage, OfferRead, OfferRows, TermsIn
from services.farmers.paging import next_after
from shared.bulk import Imported, parse
from shared.fields import Code, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/offers", tags=["offers"])

OfferId = Annotated[Id, Path()]


@router.put("")
async def import_offers(uow: UoW, body: OfferRows) -> Imported:
    """Publish many offers, or amend them."""
    good, refused = parse(OfferIn, body)
    done = await usecases.import_offers(uow, [(index, row.proposal()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.post("", status_code=201)
async def publish_offer(uow: UoW, body: NewOffer, response: Response) -> OfferRead:
    """Publish one offer; its id is made here."""
    offer = await usecases.publish_offer(uow, body.proposal())
    response.headers["Location"] = f"/offers/{offer.offer_id}"
    return await _tagged(uow, offer, response)


@router.put("/{offer_id}")
async def amend_offer(
    uow: UoW, offer_id: OfferId, body: TermsIn, expected: ExpectedVersion, response: Response
) -> OfferRead:
    """Amend an offer, never below what is promised from it; If-Match carries the version that was read."""
    return await _tagged(uow, await usecases.amend_offer(uow, offer_id, body.terms(), expected), response)


@router.post("/{offer_id}/withdraw")
async def withdraw_offer(uow: UoW, offer_id: OfferId, expected: ExpectedVersion, response: Response) -> OfferRead:
    """Withdraw an offer; what is promised from it stands."""
    return await _tagged(uow, await usecases.withdraw_offer(uow, offer_id, expected), response)


@router.get("")
async def list_offers(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    food_code: Annotated[Code | None, Query()] = None,
    status: Annotated[OfferStatus | None, Query()] = None,
) -> OfferPage:
    """List offers, ordered by id."""
    offers = await queries.page(uow.session, page, cooperative_id, food_code, status)
    items = await _shown(uow, offers)
    return OfferPage(items=items, next=next_after(page, [item.offer_id for item in items]))


@router.get("/{offer_id}")
async def get_offer(uow: UoW, offer_id: OfferId, response: Response) -> OfferRead:
    """Return one offer; its version is the ETag."""
    return await _tagged(uow, await queries.one(uow.session, offer_id), response)


async def _tagged(uow: UoW, offer: Offer, response: Response) -> OfferRead:
    response.headers["ETag"] = f'"{offer.version}"'
    return (await _shown(uow, [offer]))[0]


async def _shown(uow: UoW, offers: Sequence[Offer]) -> list[OfferRead]:
    found = await usecases.references(uow, offers)
    return [OfferRead.of(offer, found.get(offer.offer_id)) for offer in offers]
