"""Route of the temperatures at serving."""

from services.nutrition.temperatures import usecases
from services.nutrition.temperatures.schemas import TemperatureRead, TemperaturesInput
from shared.fields import Id
from shared.routing import UoW, service_router

router = service_router(prefix="/meals/{meal_id}/temperatures", tags=["meals"])


@router.post("", status_code=201)
async def measure_temperatures(meal_id: Id, body: TemperaturesInput, uow: UoW) -> list[TemperatureRead]:
    """Add core temperatures of a meal's dishes, each measured on the meal's day; answers all there are.

    Hot food below the limit of `/serving-limits` is written down with a warning, and only with a remark.
    """
    return await usecases.measure(uow, meal_id, body.temperatures)
