"""Routes of households."""

from typing import Annotated

from fastapi import Path, Query

from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.households import queries, usecases
from services.farmers.households.domain import POOR, status_on
from services.farmers.households.schemas import (
    HouseholdDetail,
    HouseholdIn,
    HouseholdPage,
    HouseholdRead,
    HouseholdRows,
    HouseholdStatusIn,
    HouseholdStatusRows,
    StatusRead,
)
from services.farmers.memberships import queries as memberships
from services.farmers.memberships.schemas import MembershipRead
from services.farmers.paging import next_after
from shared.bulk import Imported, parse
from shared.fields import Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["households"])


@router.put("/households")
async def register_households(uow: UoW, body: HouseholdRows) -> Imported:
    """Register households by pseudonym as members of a cooperative; a member of another one is refused: it moves."""
    good, refused = parse(HouseholdIn, body)
    done = await usecases.register_households(uow, [(index, row.registration()) for index, row in good])
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
    items = [HouseholdRead.model_validate(row) for row in await queries.page(uow.session, *asked, page)]
    return HouseholdPage(
        households=counts.households,
        poor_households=counts.poor_households,
        items=items,
        next=next_after(page, [item.household_id for item in items]),
    )


@router.get("/households/{household_id}")
async def get_household(
    uow: UoW,
    household_id: Annotated[Id, Path()],
    on: Annotated[Day | None, Query(description="as it stood on this day; today if left out")] = None,
) -> HouseholdDetail:
    """Return where a household belongs and what the registry says of it on a day, with all that was ever said."""
    member = await queries.one(uow.session, household_id)
    day = today(uow.now) if on is None else on
    belonged = (await memberships.histories(uow.session, [household_id])).get(household_id, [])
    statuses = (await queries.histories(uow.session, [household_id])).get(household_id, [])
    held = status_on(statuses, day)
    return HouseholdDetail(
        household_id=household_id,
        town_code=member.town_code,
        on=day,
        cooperative_id=next((one.cooperative_id for one in belonged if one.lasts_on(day)), None),
        status=None if held is None else StatusRead.model_validate(held),
        poor=held is not None and held.status in POOR,
        memberships=[MembershipRead.model_validate(one) for one in belonged],
        statuses=[StatusRead.model_validate(one) for one in statuses],
    )
