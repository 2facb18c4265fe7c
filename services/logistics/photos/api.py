"""Routes of photos. They are no units of work: the store is asked between transactions."""

from typing import Annotated, Any

from fastapi import Header, Path, Request, Response
from pydantic import BaseModel, Field

from services.logistics.photos import usecases
from shared.audit.recording import Asker
from shared.fields import Id
from shared.files import MOST_BYTES
from shared.ids import derived_id, new_id
from shared.routing import guarded_router
from shared.uploads import body_as, file_answer

router = guarded_router(prefix="/photos", tags=["receipts"])

_TAKEN = ("image/jpeg", "image/png")
_BODY: dict[str, Any] = {
    "required": True,
    "content": {"image/jpeg": {"schema": {"type": "string", "examples": ["(the bytes of a JPEG)"]}}},
}
Key = Annotated[str | None, Header(min_length=1, max_length=200)]
PhotoId = Annotated[Id, Path(examples=["0192f0c1-7a5e-7c3b-8f1e-5d2a9b7c4e60"])]


class PhotoRead(BaseModel):
    """What a photo is."""

    photo_id: Id
    media_type: str
    size_bytes: Annotated[int, Field(gt=0, le=MOST_BYTES)]
    sha256: str


@router.post("", status_code=201, openapi_extra={"requestBody": _BODY})
async def upload_photo(request: Request, idempotency_key: Key = None) -> PhotoRead:
    """Keep a JPEG or PNG of up to 2 MB, sent as the body; what it is says its content. Name its id in a receipt.

    Sent again with its key it is the same photo.
    """
    data = await body_as(request, _TAKEN)
    photo_id = new_id()
    if idempotency_key is not None:
        photo_id = derived_id("photo", request.state.principal.subject, idempotency_key)
    kept = await usecases.upload(request.app.state.service, photo_id, data, Asker.of(request))
    return PhotoRead.model_validate(kept)


@router.get("/{photo_id}", response_class=Response, responses={200: {"content": {kind: {} for kind in _TAKEN}}})
async def read_photo(request: Request, photo_id: PhotoId) -> Response:
    """Return a photo as it was uploaded."""
    media_type, data = await usecases.read(request.app.state.service, photo_id)
    return file_answer(data, media_type)
