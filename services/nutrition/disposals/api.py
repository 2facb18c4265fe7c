"""Routes of the disposals."""

from services.nutrition.disposals import usecases
from services.nutrition.disposals.schemas import DisposalRead, DisposalsInput
from services.nutrition.pages import Listed, listed
from shared.fields import Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/canteens/{canteen_id}/disposals", tags=["stocks"])


@router.post("", status_code=201)
async def dispose(canteen_id: Id, body: DisposalsInput, uow: UoW) -> list[DisposalRead]:
    """Take food out of the store that nobody will eat: past its day, recalled, or spoilt; all or nothing."""
    return await usecases.dispose(uow, canteen_id, body)


@router.get("")
async def list_disposals(canteen_id: Id, page: Page, uow: UoW) -> Listed[DisposalRead]:
    """List what a canteen disposed of, first to last."""
    return listed(page, await usecases.list_disposals(uow, page, canteen_id), lambda one: one.disposal_id)
