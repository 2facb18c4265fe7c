"""Routes of lots."""

from typing import Annotated

from fastapi import Path, Query

from services.farmers.lots import mixtures, queries, usecases
from services.farmers.lots.domain import Harvest
from services.farmers.lots.schemas import LotIn, LotPage, LotRead, LotRows, LotsTaken, MixtureIn, SplitIn, SplitRead
from services.farmers.paging import next_after
from shared.bulk import Rows, parse, refuse
from shared.errors import DomainError
from shared.fields import Code, Day, Id
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/lots", tags=["lots"])


@router.post("", status_code=201)
async def bring_lot_in(uow: UoW, body: LotIn) -> LotRead:
    """Bring in a lot with what each household brought; the same lot again is answered the same."""
    return LotRead.of(await usecases.bring_lot_in(uow, body.harvest()))


@router.post("/batch")
async def bring_lots_in(uow: UoW, body: LotRows) -> LotsTaken:
    """Bring in the lots of a day: good ones are taken, bad ones named."""
    good, refused = parse(LotIn, Rows(rows=body.lots))
    harvests: list[tuple[int, Harvest]] = []
    for index, lot in good:
        try:
            harvests.append((index, lot.harvest()))
        except DomainError as error:
            refused.append(refuse(index, error))
    done = await usecases.bring_lots_in(uow, harvests)
    return LotsTaken(
        created=len(done.created),
        unchanged=len(done.known),
        refused=sorted(refused + done.refusals(), key=lambda refusal: refusal.index),
        lot_ids=[lot.harvest.lot_id for lot in done.created + done.known],
    )


@router.post("/mixtures", status_code=201)
async def mix_lots(uow: UoW, body: MixtureIn) -> LotRead:
    """Mix a new lot from others; every household's grams go along, and the old certificates stay named."""
    return LotRead.of(await mixtures.mix_lots(uow, body.mixture()))


@router.post("/{lot_id}/parts", status_code=201)
async def split_lot(uow: UoW, lot_id: Annotated[Id, Path()], body: SplitIn) -> SplitRead:
    """Split lots off a lot; every household's grams are shared out in proportion, to the gram."""
    whole, made = await mixtures.split_lot(uow, lot_id, body.pieces())
    return SplitRead(whole=LotRead.of(whole), parts=[LotRead.of(each) for each in made])


@router.get("")
async def list_lots(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    food_code: Annotated[Code | None, Query()] = None,
    harvested_from: Annotated[Day | None, Query(description="first harvest day")] = None,
) -> LotPage:
    """List lots, ordered by id."""
    lots = await queries.page(uow.session, uow.dialect, page, cooperative_id, county_code, food_code, harvested_from)
    items = [LotRead.of(lot) for lot in lots]
    return LotPage(items=items, next=next_after(page, [item.lot_id for item in items]))


@router.get("/{lot_id}")
async def get_lot(uow: UoW, lot_id: Annotated[Id, Path()]) -> LotRead:
    """Return one lot with its contributions."""
    return LotRead.of(await queries.one(uow.session, uow.dialect, lot_id))
