"""Routes of offers."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.farmers.offers import queries, usecases
from services.farmers.offers.domain import Offer, OfferStatus
from services.farmers.offers.schemas import NewOffer, OfferIn, OfferPage, OfferRead, OfferRows, OffersImported, TermsIn
from services.farmers.offers.sheet import read_sheet
from services.farmers.paging import next_after
from shared.bulk import Imported, parse
from shared.fields import Code, Day, Id
from shared.routing import ExpectedVersion, Page, Preview, UoW, service_router
from shared.tabular import csv_body, csv_of, sheet_imported

router = service_router(prefix="/offers", tags=["offers"])

CSV_EXAMPLE = """\
offer_id,cooperative_id,food_code,available_from,available_until,quantity_g,price_fen_per_kg,shelf_life_days,\
minimum_lot_g,harvest_day,pack_size_g,contract_id
,coop-520628-001,napa_cabbage,2026-11-30,2026-12-06,284500,154,20,1000,2026-11-29,500,
off-520628-00002,coop-520628-001,egg,2026-11-30,2026-12-06,60000,1100,30,5000,,,
"""
OfferId = Annotated[Id, Path()]


@router.put("")
async def import_offers(uow: UoW, body: OfferRows) -> Imported:
    """Publish many offers, or amend them."""
    good, refused = parse(OfferIn, body)
    done = await usecases.import_offers(uow, [(index, row.proposal()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.post("/import", openapi_extra={"requestBody": {"required": True, "content": csv_body(CSV_EXAMPLE)}})
async def import_sheet(
    request: Request,
    uow: UoW,
    cooperative_id: Annotated[Id | None, Query(description="whose offers they are; others' are refused")] = None,
    preview: Annotated[bool, Query(description="try it: nothing is kept, nobody is told")] = False,
) -> OffersImported:
    """Publish or amend offers from a CSV file: UTF-8 or GBK, a header, up to 5,000 lines.

    Columns are the fields of OfferRow in any order, a blank cell says nothing. What is good is taken, what is not is
    named by its row in the file. The same file again changes nothing.
    """
    sheet = read_sheet(await csv_of(request)).of_cooperative(cooperative_id)
    done = await usecases.import_offers(uow, sheet.rows)
    refused = sorted([*sheet.refused, *done.refused], key=lambda refusal: refusal.index)
    answer = OffersImported(preview=preview, **sheet_imported(done, refused, sheet.warned).model_dump())
    if preview:
        raise Preview(answer)
    return answer


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
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    food_code: Annotated[Code | None, Query()] = None,
    status: Annotated[OfferStatus | None, Query()] = None,
    until_from: Annotated[Day | None, Query(description="first last day: what ended before it is left out")] = None,
) -> OfferPage:
    """List offers, ordered by id."""
    wanted = {"cooperative_id": cooperative_id, "food_code": food_code, "status": status}
    offers = await queries.page(uow.session, page, wanted, county_code, until_from)
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
