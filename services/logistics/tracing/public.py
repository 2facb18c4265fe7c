"""What everybody may know of a meal: the paper at the serving hatch has its address as a QR code.

Cooperatives are named, households are neither named nor counted, and nobody's vehicle, order or receipt is.
"""

from services.logistics.tracing.back import trace_meal
from services.logistics.tracing.schemas import FoodOrigin, LotOrigin, LotUsed, PublicTrace
from shared.unit_of_work import UnitOfWork


async def public_trace(uow: UnitOfWork, meal_id: str) -> PublicTrace:
    """Return where a served meal came from, as everybody may see it; NotFound names the id."""
    meal = await trace_meal(uow, meal_id, with_samples=False)
    own = ("meal_id", "canteen_name_zh", "canteen_name_en", "county_code", "day", "meal", "dish_codes", "served_at")
    foods = [
        FoodOrigin(food_code=food.food_code, lots=[_origin(lot) for lot in food.lots])
        for food in sorted(meal.foods, key=lambda food: -food.quantity_g)
    ]
    return PublicTrace(**{name: getattr(meal, name) for name in own}, traced_share=meal.traced_share, foods=foods)


def _origin(lot: LotUsed) -> LotOrigin:
    own = ("lot_id", "cooperative_name_zh", "cooperative_name_en", "harvest_day", "certificate_no", "recalled")
    trips = [each.trip for each in lot.deliveries if each.trip is not None]
    return LotOrigin(
        **{name: getattr(lot, name) for name in own},
        departed_at=min((trip.departed_at for trip in trips if trip.departed_at is not None), default=None),
        arrived_at=max((trip.arrived_at for trip in trips if trip.arrived_at is not None), default=None),
        received=any(each.receipt_id is not None for each in lot.deliveries),
        lowest_c=min((trip.lowest_c for trip in trips if trip.lowest_c is not None), default=None),
        highest_c=max((trip.highest_c for trip in trips if trip.highest_c is not None), default=None),
        cold_chain_broken=any(trip.cold_chain_broken for trip in trips),
    )
