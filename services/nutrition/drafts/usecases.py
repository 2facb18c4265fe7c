"""What can happen to drafts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.nutrition.attendance import usecases as attendance
from services.nutrition.canteens import queries as canteens
from services.nutrition.drafts import domain, queries
from services.nutrition.drafts.domain import Content, Draft, DraftStatus, LeftEmpty, Origin
from shared.errors import Conflict
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def create_draft(
    uow: UnitOfWork,
    canteen_id: str,
    week_start: date,
    content: Content,
    *,
    origin: Origin = Origin.HAND,
    source_id: str | None = None,
    left_empty: Sequence[LeftEmpty] = (),
) -> Draft:
    """Make a draft of a canteen's menu for a week; there may be several to choose from, but not any number."""
    domain.check_content(week_start, content, uow.now)
    await canteens.lock(uow.session, canteen_id)
    if (await queries.counts(uow.session, [canteen_id], week_start)).get(canteen_id, 0) >= domain.MOST_DRAFTS:
        detail = f"{canteen_id} has {domain.MOST_DRAFTS} drafts for that week; delete some"
        raise Conflict("too-many-drafts", detail, field="week_start")
    draft = Draft(
        draft_id=new_id(),
        canteen_id=canteen_id,
        week_start=week_start,
        version=1,
        status=DraftStatus.DRAFT,
        origin=origin,
        source_id=source_id,
        content=await _counted(uow, canteen_id, content),
        left_empty=tuple(left_empty),
        menu_id=None,
        created_at=uow.now,
        changed_at=uow.now,
    )
    await queries.insert_all(uow.session, [draft])
    return draft


async def _counted(uow: UnitOfWork, canteen_id: str, content: Content) -> Content:
    """Write down as many as are expected today where the forecast is asked for: a draft says what it says."""
    return replace(content, meals=tuple(await attendance.counted(uow, canteen_id, content.meals)))


async def edit_draft(uow: UnitOfWork, draft_id: str, expected_version: int | None, content: Content) -> Draft:
    """Replace what a draft says; whatever was checked before is unchecked now."""
    draft = await queries.one(uow.session, draft_id, lock=True)
    domain.check_open(draft, expected_version)
    domain.check_content(draft.week_start, content, uow.now)
    changed = domain.edited(draft, await _counted(uow, draft.canteen_id, content), uow.now)
    await queries.save(uow.session, changed)
    return changed


async def delete_draft(uow: UnitOfWork, draft_id: str, expected_version: int | None) -> None:
    """Throw a draft away; one that was published stays, it says where its menu came from."""
    domain.check_open(await queries.one(uow.session, draft_id, lock=True), expected_version)
    await queries.remove(uow.session, draft_id)


async def read_draft(uow: UnitOfWork, draft_id: str) -> Draft:
    """Return a draft."""
    return await queries.one(uow.session, draft_id)


async def list_drafts(
    uow: UnitOfWork,
    paging: Paging,
    canteen_id: str | None,
    county_code: str | None,
    week_start: date | None,
    status: DraftStatus | None,
) -> list[Draft]:
    """Return a page of drafts, of a canteen, a county, a week, a status or all."""
    return await queries.page(uow.session, paging, canteen_id, county_code, week_start, status)
