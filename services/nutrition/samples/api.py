"""Routes of the samples."""

from typing import Annotated

from fastapi import Query, Response

from services.nutrition.pages import Listed, listed
from services.nutrition.samples import reading, usecases
from services.nutrition.samples.domain import State
from services.nutrition.samples.schemas import (
    DiscardInput,
    DueRead,
    HandOverInput,
    ReadingInput,
    ReadingRead,
    SampleRead,
    SamplesInput,
)
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["samples"])


@router.post("/samples", status_code=201)
async def take_samples(body: SamplesInput, response: Response, uow: UoW) -> list[SampleRead]:
    """Keep samples of a meal's dishes, one of each dish, all or none; told again they are answered with 200.

    Less than the rule asks for needs a reason, a place that is too warm or frozen a remark.
    """
    samples, new = await usecases.take(uow, body)
    if not new:
        response.status_code = 200
    return samples


@router.get("/samples/due")
async def list_due(
    uow: UoW,
    canteen_id: Id | None = None,
    county_code: Code | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DueRead:
    """Say which samples may be discarded now, which are held, badly kept, or missing for meals that were served."""
    return await reading.due(uow, canteen_id, county_code, limit)


@router.get("/samples")
async def list_samples(
    page: Page,
    uow: UoW,
    lot_id: Id | None = None,
    meal_id: Id | None = None,
    canteen_id: Id | None = None,
    county_code: Code | None = None,
    day: Day | None = None,
    state: State | None = None,
) -> Listed[SampleRead]:
    """List samples: of a meal, of meals cooked from a lot, of a canteen, a county or a day, or all."""
    where = {"meal_id": meal_id, "canteen_id": canteen_id, "day": day, "state": state and state.value}
    found = await reading.list_samples(uow, page, lot_id, county_code, **where)
    return listed(page, found, lambda sample: sample.sample_id)


@router.get("/samples/{sample_id}")
async def read_sample(sample_id: Id, uow: UoW) -> SampleRead:
    """Show a sample and what it is held for."""
    return await reading.read_sample(uow, sample_id)


@router.post("/samples/discards")
async def discard_samples(body: DiscardInput, uow: UoW) -> list[SampleRead]:
    """Discard samples whose time is over, all or none; a sample that may have to be tested stays."""
    return await usecases.discard(uow, body)


@router.post("/samples/{sample_id}/hand-over")
async def hand_over_sample(sample_id: Id, body: HandOverInput, uow: UoW) -> SampleRead:
    """Hand a sample over to whoever tests it, held or not."""
    return await usecases.hand_over(uow, sample_id, body)


@router.post("/sample-readings", status_code=201)
async def read_place(body: ReadingInput, uow: UoW) -> ReadingRead:
    """Write down how cold a place for samples is; all samples in it are judged by the last look."""
    return await usecases.look(uow, body)


@router.get("/sample-readings")
async def list_readings(canteen_id: Id, page: Page, uow: UoW) -> Listed[ReadingRead]:
    """List how cold a canteen's places for samples were, first to last."""
    return listed(page, await reading.list_readings(uow, page, canteen_id), reading.cursor_of)
