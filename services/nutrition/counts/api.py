"""Routes of the counts."""

from services.nutrition.counts import usecases
from services.nutrition.counts.schemas import CountRead, CountsInput
from services.nutrition.pages import Listed, listed
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/canteens/{canteen_id}/stock-counts", tags=["stocks"])


@router.post("", status_code=201)
async def count_lots(canteen_id: Id, body: CountsInput, uow: UoW) -> list[CountRead]:
    """Correct what the books say of single lots to what was counted, with the reason; all or nothing.

    The lot's day stays what it was. A later correction of a receipt or meal from before the count changes it no more.
    """
    return await usecases.count_lots(uow, canteen_id, body)


@router.get("")
async def list_counts(canteen_id: Id, page: Page, uow: UoW, food_code: Code | None = None) -> Listed[CountRead]:
    """List what was counted in a canteen's store and what the books had said, first to last."""
    return listed(page, await usecases.list_counts(uow, page, canteen_id, food_code), lambda one: one.count_id)
