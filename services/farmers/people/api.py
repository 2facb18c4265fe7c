"""Routes of people."""

from typing import Annotated

from fastapi import Path, Query

from services.farmers.households import queries as households
from services.farmers.paging import next_after
from services.farmers.people import queries, usecases
from services.farmers.people.schemas import (
    DisclosureIn,
    DisclosurePage,
    DisclosureRead,
    PersonIn,
    PersonRead,
    PersonRows,
)
from shared.auth.principal import signed_by
from shared.bulk import Imported, parse
from shared.fields import Id
from shared.keys import Keys
from shared.routing import Page, UoW, service_router

router = service_router(tags=["people"])

HouseholdId = Annotated[Id, Path()]


@router.put("/household-people")
async def put_people(uow: UoW, keys: Keys, body: PersonRows) -> Imported:
    """Say who answers for households; sealed at rest, told to no other service."""
    good, refused = parse(PersonIn, body)
    done = await usecases.put_people(uow, keys, [(index, row.person()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/households/{household_id}/person")
async def get_person(
    uow: UoW,
    keys: Keys,
    household_id: HouseholdId,
    disclosure_id: Annotated[Id | None, Query(description="shows all, for a quarter of an hour")] = None,
) -> PersonRead:
    """Return who answers for a household: whole to its cooperative and its county, and as it was disclosed.

    Others see it masked, enough to recognise whom one knows.
    """
    return PersonRead.model_validate(await usecases.show(uow, keys, household_id, disclosure_id))


@router.post("/households/{household_id}/disclosures", status_code=201)
async def disclose_person(uow: UoW, household_id: HouseholdId, body: DisclosureIn) -> DisclosureRead:
    """Ask for a household's name and phone: who asked and why is kept, its id shows them for a quarter of an hour."""
    asked_by = signed_by(uow.principal, body.asked_by)
    return DisclosureRead(**await usecases.disclose(uow, household_id, asked_by, body.reason))


@router.get("/households/{household_id}/disclosures")
async def list_disclosures(uow: UoW, page: Page, household_id: HouseholdId) -> DisclosurePage:
    """List who asked for a household's name, when and why."""
    await households.require(uow.session, household_id)
    rows = await queries.disclosures(uow.session, household_id, page)
    items = [DisclosureRead.model_validate(row) for row in rows]
    return DisclosurePage(items=items, next=next_after(page, [item.disclosure_id for item in items]))
