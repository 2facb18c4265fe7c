"""The photo of a harvest: sent after it, shown to everybody, taken back by one tap."""

from starlette.datastructures import UploadFile

from services.portal.forms import Fields, Invalid
from services.portal.languages import N_
from services.portal.upstream import Upstream


def path_of(lot_id: str) -> str:
    """Return where photos of a harvest are sent."""
    return f"/harvest/{lot_id}/photos"


async def say(services: Upstream, lot_id: str, fields: Fields) -> None:
    """Do what a form says of a photo. Raises Invalid, Refused, Away."""
    if fields.values.get("forget") == "yes":
        await services.put("farmers", f"/lots/{lot_id}/photo", {"file_id": None})
        return
    photo = fields.file("photo")
    if photo is None:
        raise Invalid({"photo": N_("This is needed.")})
    await add(services, lot_id, photo)


async def add(services: Upstream, lot_id: str, photo: UploadFile) -> None:
    """Keep a photo and name it at its lot. Raises Refused, Away."""
    kept = await services.send("POST", "farmers", "/files", content=await photo.read(), media_type="image/jpeg")
    await services.put("farmers", f"/lots/{lot_id}/photo", {"file_id": kept["file_id"]})
