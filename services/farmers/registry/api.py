"""Routes of the registry."""

from typing import Annotated

from fastapi import Query, Request

from services.farmers.paging import next_after
from services.farmers.registry import queries
from services.farmers.registry.schemas import (
    EXAMPLE,
    Counted,
    RegistryImported,
    RegistryRefusalPage,
    RegistryRefusalRead,
    RegistryStateRead,
    RegistryStates,
)
from services.farmers.registry.sheet import read_sheet
from services.farmers.registry.usecases import take_entries
from shared.keys import Keys
from shared.routing import Page, Preview, UoW, service_router
from shared.tabular import csv_body, csv_of, problems_of

router = service_router(prefix="/household-registry", tags=["households"])


@router.post("/import", openapi_extra={"requestBody": {"required": True, "content": csv_body(EXAMPLE)}})
async def import_registry(
    request: Request,
    uow: UoW,
    keys: Keys,
    preview: Annotated[bool, Query(description="try it: nothing is kept, nobody is told")] = False,
) -> RegistryImported:
    """Take an extract of a household registry from a CSV file: UTF-8 or GBK, a header, up to 5,000 lines
    (longer ones: `/household-registry/loads`).

    Columns are the fields of EntryRow in any order, a blank cell says nothing. What is good is taken, what is not is
    named by its row in the file. A household without an id gets a pseudonym; its number finds it the next time.
    """
    sheet = read_sheet(await csv_of(request))
    taken = await take_entries(uow, keys, sheet.rows)
    refused = sorted([*sheet.refused, *taken.refused], key=lambda refusal: refusal.index)
    answer = RegistryImported(
        preview=preview,
        households=Counted.model_validate(taken.households),
        people=Counted.model_validate(taken.people),
        statuses=Counted.model_validate(taken.statuses),
        refused_rows=len({refusal.index for refusal in refused}),
        refused=problems_of(refused),
        warned=problems_of(sheet.warned),
    )
    if preview:
        raise Preview(answer)
    return answer


@router.get("/state")
async def get_state(uow: UoW) -> RegistryStates:
    """Return how far the registry outside was followed, and what keeps it from being followed."""
    rows = await queries.states(uow.session)
    return RegistryStates(items=[RegistryStateRead.model_validate(row) for row in rows])


@router.get("/refusals")
async def list_refusals(uow: UoW, page: Page) -> RegistryRefusalPage:
    """List what the registry outside told that was not taken: it contradicts what is on record, or cannot be meant."""
    items = [RegistryRefusalRead.model_validate(row) for row in await queries.refusals(uow.session, page)]
    return RegistryRefusalPage(items=items, next=next_after(page, [item.refusal_id for item in items]))
