"""What can happen to menu templates."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from services.nutrition.dishes import queries as dishes
from services.nutrition.drafts.domain import Origin
from services.nutrition.groups import queries as groups
from services.nutrition.templates import queries
from services.nutrition.tenants import planned_by
from services.nutrition.weekly.domain import Library, Slot, check_slots, wishes_of
from services.nutrition.weekly.making import Made, Source, make_drafts
from services.nutrition.weekly.rules import check_version, members_asked, slot_rows, slots_of
from shared.ids import new_id
from shared.routing import Paging
from shared.unit_of_work import UnitOfWork


async def create_template(uow: UnitOfWork, group_id: str, name: str, slots: Sequence[Slot]) -> Row[Any]:
    """Keep a week for a group. Raises NotFound, and DomainError for dishes not all of its canteens may cook."""
    group = await groups.one(uow.session, group_id, "group_id")
    await _check(uow, group.county_code, slots)
    said = {"name": name, "meals": slot_rows(slots), "changed_at": uow.now}
    template_id = new_id()
    key = {"template_id": template_id, "group_id": group_id, "version": 1, "created_at": uow.now}
    await queries.keep(uow.session, key | said)
    return await queries.one(uow.session, template_id)


async def edit_template(
    uow: UnitOfWork, template_id: str, expected_version: int | None, name: str, slots: Sequence[Slot]
) -> Row[Any]:
    """Replace what a template says; drafts made of it stay as they are."""
    template = await queries.one(uow.session, template_id, lock=True)
    check_version(template.version, expected_version)
    await _check(uow, (await groups.one(uow.session, template.group_id)).county_code, slots)
    said = {"name": name, "meals": slot_rows(slots), "changed_at": uow.now, "version": template.version + 1}
    await queries.change(uow.session, template_id, said)
    return await queries.one(uow.session, template_id)


async def delete_template(uow: UnitOfWork, template_id: str, expected_version: int | None) -> None:
    """Throw a template away; drafts made of it stay."""
    template = await queries.one(uow.session, template_id, lock=True)
    check_version(template.version, expected_version)
    await queries.remove(uow.session, template_id)


async def _check(uow: UnitOfWork, county_code: str, slots: Sequence[Slot]) -> None:
    codes = {code for slot in slots for code in slot.dish_codes}
    check_slots(slots, Library(county_code), await dishes.recipes(uow.session, codes, county_code))


async def draft_template(
    uow: UnitOfWork, template_id: str, week_start: date, canteen_ids: Sequence[str] | None
) -> Made:
    """Make a draft of a template for each canteen of its group that the caller plans for, or for those named."""
    template = await queries.one(uow.session, template_id)
    group = await groups.one(uow.session, template.group_id)
    members = (await groups.members(uow.session, [template.group_id]))[template.group_id]
    mine = planned_by(uow.principal, group.county_code, members)
    meals = wishes_of(slots_of(template.meals), week_start)
    source = Source(Origin.TEMPLATE, template_id, template.name, meals)
    return await make_drafts(uow, source, members_asked(mine, canteen_ids), group.county_code, week_start)


async def list_templates(
    uow: UnitOfWork, paging: Paging, county_code: str | None, canteen_id: str | None, group_id: str | None
) -> Sequence[Row[Any]]:
    """Return a page of templates, of a county, a canteen, a group or all."""
    return await queries.page(uow.session, paging, county_code, canteen_id, group_id)


async def read_template(uow: UnitOfWork, template_id: str) -> Row[Any]:
    """Return a template. Raises NotFound."""
    return await queries.one(uow.session, template_id)
