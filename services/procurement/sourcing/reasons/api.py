"""Routes that say why: for the cooperative that got nothing, and for whoever audits a run."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.answers import Items, cut
from services.procurement.sourcing.reasons import usecases
from services.procurement.sourcing.reasons.schemas import LineReasonRead, NewestReasons, OfferReasonRead
from shared.fields import Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/sourcing-runs/{run_id}", tags=["sourcing"])

RunId = Annotated[Id, Path(examples=["01935e3a-7c00-7000-8000-000000000001"])]
CooperativeId = Annotated[Id | None, Query(examples=["coop-520628-0001"])]
CanteenId = Annotated[Id | None, Query(examples=["sch-520628-0001"])]


@router.get("/offers")
async def list_offers(
    run_id: RunId, uow: UoW, page: Page, cooperative_id: CooperativeId = None
) -> Items[OfferReasonRead]:
    """Say of every offer a run looked at, or of a cooperative's, what it got, and why not more."""
    found, after = cut(
        page, await usecases.offers_page(uow, run_id, page, cooperative_id), lambda each: str(each[0].offer_id)
    )
    return Items(items=[OfferReasonRead.of(*each) for each in found], next=after)


@router.get("/offers/{offer_id}")
async def read_offer(run_id: RunId, offer_id: Id, uow: UoW) -> OfferReasonRead:
    """Say what an offer got in a run, what kept it from more, and what would have changed that."""
    return OfferReasonRead.of(*await usecases.offer(uow, run_id, offer_id))


@router.get("/lines")
async def list_lines(run_id: RunId, uow: UoW, page: Page, canteen_id: CanteenId = None) -> Items[LineReasonRead]:
    """Say of every demand line of a run, or of a canteen's, what it got, and what bound it."""
    found, after = cut(
        page, await usecases.lines_page(uow, run_id, page, canteen_id), lambda each: str(each[0].demand_id)
    )
    return Items(items=[LineReasonRead.of(*each) for each in found], next=after)


@router.get("/lines/{demand_id}")
async def read_line(run_id: RunId, demand_id: Id, uow: UoW) -> LineReasonRead:
    """Say what a demand line got in a run, and what bound it."""
    return LineReasonRead.of(*await usecases.line(uow, run_id, demand_id))


of_cooperatives = service_router(prefix="/offer-reasons", tags=["sourcing"])


@of_cooperatives.get("")
async def list_newest(
    uow: UoW,
    cooperative_id: Annotated[Id, Query(examples=["coop-520628-0001"])],
    from_day: Annotated[Day | None, Query(description="this week's Monday, if left out")] = None,
) -> NewestReasons:
    """Say of a cooperative's offers what the newest run of each week got them, and why not more."""
    return NewestReasons.of(await usecases.newest(uow, cooperative_id, from_day))
