"""Routes of disputes."""

from typing import Annotated

from fastapi import Path, Query, Response

from services.procurement.answers import Items, cut
from services.procurement.disputes import queries, usecases
from services.procurement.disputes.domain import Side, Status
from services.procurement.disputes.schemas import DecisionIn, DisputeRead, StatementIn
from services.procurement.orders.domain import SCHOOL_TIME
from shared.fields import Code, Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/disputes", tags=["disputes"])

DisputeId = Annotated[Id, Path(examples=["5f0c5a0e-5d5c-5c5f-8a53-2f2f6d0f7a10"])]


@router.get("")
async def list_disputes(
    uow: UoW,
    page: Page,
    status: Status | None = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    canteen_id: Annotated[Id | None, Query(examples=["school-520628-001"])] = None,
    cooperative_id: Annotated[Id | None, Query(examples=["coop-520628-001"])] = None,
    late: Annotated[bool, Query(description="only those that should be decided by now")] = False,
) -> Items[DisputeRead]:
    """List what is held back or was, and how it was decided."""
    wanted = {"county_code": county_code, "canteen_id": canteen_id, "cooperative_id": cooperative_id}
    wanted["status"] = None if status is None else status.value
    late_on = uow.now.astimezone(SCHOOL_TIME).date() if late else None
    found, after = cut(page, await queries.page(uow.session, page, wanted, late_on), lambda one: one.dispute_id)
    return Items(items=[DisputeRead.of(one) for one in found], next=after)


@router.get("/{dispute_id}")
async def read_dispute(dispute_id: DisputeId, uow: UoW, response: Response) -> DisputeRead:
    """Show a dispute; its version is the ETag."""
    dispute = await usecases.dispute_of(uow, dispute_id)
    response.headers["ETag"] = f'"{dispute.version}"'
    return DisputeRead.of(dispute)


@router.put("/{dispute_id}/statements/{side}")
async def state_view(
    dispute_id: DisputeId,
    side: Annotated[Side, Path(examples=["school"])],
    body: StatementIn,
    uow: UoW,
    expected: ExpectedVersion,
) -> DisputeRead:
    """Take down what the school or the cooperative says to a dispute, while it is open."""
    return DisputeRead.of(await usecases.state(uow, dispute_id, side, body.text, expected))


@router.post("/{dispute_id}/decision")
async def decide(dispute_id: DisputeId, body: DecisionIn, uow: UoW, expected: ExpectedVersion) -> DisputeRead:
    """Decide a dispute: the line is paid as weighed, as ordered, or an amount in between. It is decided once."""
    decided = await usecases.decide(
        uow, dispute_id, body.decision, body.amount_fen, body.decided_by, body.reason, expected
    )
    return DisputeRead.of(decided)
