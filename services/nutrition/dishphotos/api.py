"""Routes of photos of dishes. They are no units of work: the store is asked between transactions."""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from services.nutrition.dishes import reading
from services.nutrition.dishes.schemas import DishPhotoRead
from services.nutrition.dishphotos import usecases
from shared.audit.recording import Asker
from shared.errors import DomainError
from shared.fields import Code, Id
from shared.pictures import JPEG
from shared.routing import guarded_router
from shared.uploads import body_as, file_answer

router = guarded_router(prefix="/dishes", tags=["dishes"])
_BODY: dict[str, Any] = {
    "required": True,
    "content": {JPEG: {"schema": {"type": "string", "examples": ["(the bytes of a JPEG)"]}}},
}
DishCode = Annotated[Code, Path(examples=["V01"])]
County = Annotated[Code, Query(description="the county in which it shows the dish", examples=["520628"])]


@router.put("/{dish_code}/photo", openapi_extra={"requestBody": _BODY})
async def put_dish_photo(request: Request, dish_code: DishCode, county_code: County) -> DishPhotoRead:
    """Show what a dish looks like in a county by a JPEG of up to 100 kB, sent as the body; it replaces the one before.

    What cameras write beside a picture (place, time, maker) is left out. Another county's photo stays as it is.
    """
    data = await body_as(request, (JPEG,))
    told = await usecases.put_photo(request.app.state.service, county_code, dish_code, data, Asker.of(request))
    return DishPhotoRead.model_validate(told)


@router.delete("/{dish_code}/photo", status_code=204)
async def forget_dish_photo(request: Request, dish_code: DishCode, county_code: County) -> None:
    """Take a county's photo of a dish back; where there is none, nothing happens."""
    await usecases.forget_photo(request.app.state.service, county_code, dish_code, Asker.of(request))


@router.get("/{dish_code}/photo", response_class=Response, responses={200: {"content": {JPEG: {}}}})
async def get_dish_photo(
    request: Request,
    dish_code: DishCode,
    county_code: Annotated[Code | None, Query(description="the county that it was taken in")] = None,
    canteen_id: Annotated[Id | None, Query(description="the canteen in whose county it was taken")] = None,
) -> Response:
    """Return the photo that shows a dish in a county."""
    service = request.app.state.service
    async with service.begin(read_only=True) as uow:
        county = await reading.county_of(uow, county_code, canteen_id)
    if county is None:
        raise DomainError("county-missing", "what a dish looks like depends on the county", field="county_code")
    return file_answer(await usecases.picture(service, county, dish_code), JPEG)
