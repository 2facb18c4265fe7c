"""Routes of files. They are no units of work: the store is asked between transactions."""

from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import BaseModel, Field

from services.farmers.files import usecases
from shared.audit.recording import Asker
from shared.fields import Id
from shared.files import MOST_BYTES
from shared.routing import guarded_router
from shared.uploads import body_as, file_answer

router = guarded_router(prefix="/files", tags=["files"])

_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/pdf": {"schema": {"type": "string", "examples": ["%PDF-1.4\n(fictional)\n%%EOF\n"]}}},
}
_TAKEN = ("application/pdf", "image/jpeg", "image/png")


class FileRead(BaseModel):
    """What a file is."""

    file_id: Id
    media_type: str
    size_bytes: Annotated[int, Field(gt=0, le=MOST_BYTES)]
    sha256: str


@router.post("", status_code=201, openapi_extra={"requestBody": _BODY})
async def upload_file(request: Request) -> FileRead:
    """Keep a PDF, JPEG or PNG of up to 2 MB, sent as the body; what it is says its content.

    Name its id in a certificate or an application within two days, else it is forgotten.
    """
    data, asker = await body_as(request, _TAKEN), Asker.of(request)
    return FileRead.model_validate(await usecases.upload(request.app.state.service, data, asker))


@router.get("/{file_id}", response_class=Response, responses={200: {"content": {kind: {} for kind in _TAKEN}}})
async def get_file(request: Request, file_id: Annotated[Id, Path()]) -> Response:
    """Return a file as it was uploaded."""
    media_type, data = await usecases.read(request.app.state.service, file_id)
    attached = f'attachment; filename="{file_id}.{media_type.rpartition("/")[2]}"'
    return file_answer(data, media_type, {"content-disposition": attached})
