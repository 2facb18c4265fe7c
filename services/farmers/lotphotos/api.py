"""Routes of photos of lots. Who brought a lot in names its photo; everybody may see it."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from services.farmers.lotphotos import usecases
from shared.fields import Id
from shared.pictures import JPEG
from shared.routing import Input, UoW, guarded_router, service_router
from shared.uploads import file_answer

naming = service_router(tags=["lots"])
showing = guarded_router(tags=["lots"])
LotId = Annotated[Id, Path(examples=["lot-1"])]


class LotPhotoIn(Input):
    """Which file shows a lot as it was harvested; null: none does any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file_id": "0192f0c1-7a5e-7c3b-8f1e-5d2a9b7c4e60"}]})

    file_id: Id | None


class LotPhotoRead(BaseModel):
    """Which file shows a lot."""

    lot_id: Id
    file_id: Id | None


class LotsWithPhoto(BaseModel):
    """The lots of those asked for that have a photo."""

    lot_ids: list[Id]


@naming.put("/lots/{lot_id}/photo")
async def put_lot_photo(uow: UoW, lot_id: LotId, body: LotPhotoIn) -> LotPhotoRead:
    """Say which file, a JPEG, shows a lot; everybody may see it from then on. Null takes it back."""
    await usecases.put_photo(uow, lot_id, body.file_id)
    return LotPhotoRead(lot_id=lot_id, file_id=body.file_id)


@naming.get("/lot-photos")
async def list_lot_photos(
    uow: UoW, lot_id: Annotated[list[Id], Query(min_length=1, max_length=200, examples=[["lot-1"]])]
) -> LotsWithPhoto:
    """Say which of some lots have a photo."""
    return LotsWithPhoto(lot_ids=await usecases.with_photo(uow, lot_id))


@showing.get("/lot-photos/{lot_id}", response_class=Response, responses={200: {"content": {JPEG: {}}}})
async def get_lot_photo(request: Request, lot_id: LotId) -> Response:
    """Return the photo of a lot, without what cameras write beside it (place, time, maker)."""
    return file_answer(await usecases.picture(request.app.state.service, lot_id), JPEG)
