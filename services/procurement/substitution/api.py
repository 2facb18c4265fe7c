"""Routes of substitutions."""

from typing import Annotated

from fastapi import Path, Query

from services.procurement.answers import Items, cut
from services.procurement.substitution import queries, usecases
from services.procurement.substitution.domain import Decision, Status
from services.procurement.substitution.schemas import (
    Asked,
    Question,
    SubstitutionApproval,
    SubstitutionRead,
    SubstitutionRefusal,
)
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/substitutions", tags=["substitution"])

SubstitutionId = Annotated[Id, Path(examples=["0d5a1f2e-9d3c-5b7a-8f10-6a2b3c4d5e6f"])]


@router.post("", status_code=202)
async def ask(body: Question, uow: UoW) -> Asked:
    """Ask nutrition what could be served instead of what nobody had in a county's week; it answers by itself."""
    asked = await usecases.ask(uow, body.county_code, body.week_start)
    return Asked(items=[SubstitutionRead.of(one) for one in asked])


@router.get("")
async def list_substitutions(
    uow: UoW,
    page: Page,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    status: Status | None = None,
) -> Items[SubstitutionRead]:
    """List substitutions; those `proposed` wait for an official."""
    wanted = {"county_code": county_code, "status": status}
    found, after = cut(page, await queries.page(uow.session, page, wanted), lambda one: one.substitution_id)
    return Items(items=[SubstitutionRead.of(one) for one in found], next=after)


@router.post("/{substitution_id}/approve")
async def approve(substitution_id: SubstitutionId, body: SubstitutionApproval, uow: UoW) -> SubstitutionRead:
    """Approve proposed dishes or a food: the menu is amended, its demand changes, and what is needed now is sourced.

    What a sourcing run asked for a county is approved for every school and day of the week that lacks the food.
    """
    decision = Decision(body.official, body.reason, uow.now)
    return SubstitutionRead.of(await usecases.approve(uow, substitution_id, body.chosen, body.food_code, decision))


@router.post("/{substitution_id}/refuse")
async def refuse(substitution_id: SubstitutionId, body: SubstitutionRefusal, uow: UoW) -> SubstitutionRead:
    """Refuse what was proposed; the licensed market supplier can be asked for the food itself."""
    return SubstitutionRead.of(
        await usecases.refuse(uow, substitution_id, Decision(body.official, body.reason, uow.now))
    )
