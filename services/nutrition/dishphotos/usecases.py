"""What can happen to photos of dishes: put, replaced, taken back, looked at.

The store is asked between transactions, never within one.
"""

from services.nutrition.dishes import queries as dishes
from services.nutrition.dishphotos import queries
from shared.audit.recording import Asker, recorded
from shared.errors import DomainError, NotFound
from shared.files import digest_of, fetch, media_type_of, open_files
from shared.ids import new_id
from shared.pictures import picture_alone, require_photo, size_px
from shared.service import Service

MOST_BYTES = 100_000
"""A list shows many at once, on a phone that pays by the byte: the portal sends some 15 kB (320 pixels)."""


async def put_photo(
    service: Service, county_code: str, dish_code: str, data: bytes, asker: Asker
) -> dict[str, int | str]:
    """Let a JPEG show a dish in a county, without what the camera wrote beside it; returns what it is.

    The same again changes nothing. Raises NotFound, DomainError for what is no JPEG or larger than `MOST_BYTES`.
    """
    require_photo(media_type_of(data), "body")
    picture = picture_alone(data, "body")
    if len(picture) > MOST_BYTES:
        detail = f"a photo of a dish has at most {MOST_BYTES} bytes: make it smaller"
        raise DomainError("dish-photo-too-large", detail, field="body")
    wide, high = size_px(picture, "body")
    digest, photo_id = digest_of(picture), new_id()
    key = {"county_code": county_code, "dish_code": dish_code}
    async with service.begin(read_only=True) as uow:
        await dishes.one(uow.session, dish_code)
    await open_files(service.settings).put(photo_id, picture, "image/jpeg")
    async with service.begin() as uow, recorded(uow, asker, queries.photo, [key]):
        before = await queries.one(uow.session, county_code, dish_code, lock=True)
        if before is not None and before.sha256 == digest:
            photo_id, unused = before.photo_id, photo_id
        else:
            unused = None if before is None else before.photo_id
            about = {"photo_id": photo_id, "sha256": digest, "width_px": wide, "height_px": high}
            await queries.put(uow, key | about | {"taken_at": uow.now})
    if unused is not None:
        await open_files(service.settings).delete(unused)
    return {"photo_id": photo_id, "width_px": wide, "height_px": high}


async def forget_photo(service: Service, county_code: str, dish_code: str, asker: Asker) -> None:
    """Let no photo show a dish in a county; where none does, nothing happens. Raises NotFound for what is no dish."""
    key = {"county_code": county_code, "dish_code": dish_code}
    async with service.begin() as uow, recorded(uow, asker, queries.photo, [key]):
        await dishes.one(uow.session, dish_code)
        before = await queries.one(uow.session, county_code, dish_code, lock=True)
        await queries.forget(uow.session, county_code, dish_code)
    if before is not None:
        await open_files(service.settings).delete(before.photo_id)


async def picture(service: Service, county_code: str, dish_code: str) -> bytes:
    """Return the photo that shows a dish in a county. Raises NotFound, FileLost."""
    async with service.begin(read_only=True) as uow:
        row = await queries.one(uow.session, county_code, dish_code)
    if row is None:
        raise NotFound("photo", dish_code, field="dish_code")
    return await fetch(open_files(service.settings), row.photo_id, row.sha256)
