"""Routes of what is still wanted."""

from typing import Annotated

from fastapi import Path, Query

from services.farmers.wanted import queries, usecases
from services.farmers.wanted.schemas import PublicationIn, PublicationRead, Publications, StillWantedRead
from shared.fields import Code, Id
from shared.routing import UoW, service_router

router = service_router(tags=["planting guidance"])


@router.get("/cooperatives/{cooperative_id}/still-wanted")
async def get_still_wanted(
    uow: UoW,
    cooperative_id: Annotated[Id, Path()],
    grown: Annotated[bool, Query(description="only what the cooperative grows already")] = False,
) -> StillWantedRead:
    """Return what canteens still want of what a cooperative grows or has time to sow, as it was published this week.

    It grows what it offers, forecasts, has a contract for or said it can bring.
    """
    return StillWantedRead.of(await usecases.told_to(uow, cooperative_id, grown_only=grown))


@router.get("/planting-guidance/publications")
async def list_publications(uow: UoW, county_code: Annotated[Code, Query(examples=["520628"])]) -> Publications:
    """List when a county was told what is still wanted: every week by itself, again when it was asked for."""
    rows = await queries.publications(uow.session, county_code)
    return Publications(items=[PublicationRead.model_validate(row) for row in rows])


@router.post("/planting-guidance/publications")
async def publish_again(uow: UoW, body: PublicationIn) -> PublicationRead:
    """Publish what a county still wants as it is now, in the place of what was said this week."""
    await usecases.publish_again(uow, body.county_code)
    return PublicationRead.model_validate((await queries.publications(uow.session, body.county_code))[0])
