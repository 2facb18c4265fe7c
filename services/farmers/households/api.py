"""Routes of households."""

from typing import Annotated

from fastapi import Path

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.households import queries, usecases
from services.farmers.households.schemas import (
    HouseholdIn,
    HouseholdPage,
    HouseholdRead,
    HouseholdRows,
    HouseholdStatusIn,
    HouseholdStatusRows,
)
from services.farmers.paging import next_after
from shared.bulk import Imported, parse
from shared.fields import Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["households"])


@router.put("/households")
async def register_households(uow: UoW, body: HouseholdRows) -> Imported:
    """Register households by pseudonym, or move them to another cooperative from today on."""
    good, refused = parse(HouseholdIn, body)
    done = await usecases.register_households(uow, [(index, row.member()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.put("/household-statuses")
async def record_statuses(uow: UoW, body: HouseholdStatusRows) -> Imported:
    """Add what the registry says of households from which day on; nothing is overwritten."""
    good, refused = parse(HouseholdStatusIn, body)
    rows = [(index, row.household_id, row.period()) for index, row in good]
    done = await usecases.record_statuses(uow, rows)
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/cooperatives/{cooperative_id}/households")
async def list_households(uow: UoW, page: Page, cooperative_id: Annotated[Id, Path()]) -> HouseholdPage:
    """Return how many households a cooperative has and how many count as poor today, and their pseudonyms."""
    await cooperatives.one(uow.session, cooperative_id)
    asked = (cooperative_id, today(uow.now))
    counts = (await cooperatives.counts_on(uow.session, uow.dialect, [asked]))[asked]
    items = [HouseholdRead.model_validate(row) for row in await queries.page(uow.session, cooperative_id, page)]
    return HouseholdPage(
        households=counts.households,
        poor_households=counts.poor_households,
        items=items,
        next=next_after(page, [item.household_id for item in items]),
    )
