"""Keeping procurement's copies of what others own; the highest version of each fact wins, in any order."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

from services.procurement.partners import queries
from services.procurement.partners.models import canteen, cooperative, food, held_offer, offer
from services.procurement.rows import row_of
from services.procurement.sums import queries as sums
from shared.events.farmers import CooperativeRegistered, LotHarvested, OfferHeld, OfferPublished, OfferWithdrawn
from shared.events.nutrition import CanteenRegistered, FoodRegistered
from shared.unit_of_work import UnitOfWork

Place = TypeVar("Place", CanteenRegistered, CooperativeRegistered)


async def keep_canteens(uow: UnitOfWork, registered: Sequence[CanteenRegistered]) -> None:
    """Keep where canteens are."""
    await queries.keep_newest(uow, canteen, [_place("canteen_id", event.canteen_id, event) for event in registered])


async def keep_cooperatives(uow: UnitOfWork, registered: Sequence[CooperativeRegistered]) -> None:
    """Keep where cooperatives are."""
    rows = [
        _place("cooperative_id", event.cooperative_id, event)
        | {
            "priority_group": event.priority_group,
            "households": event.households,
            "poor_households": event.poor_households,
            "vehicle_classes": None if event.vehicle_classes is None else ",".join(event.vehicle_classes),
        }
        for event in registered
    ]
    known = await queries.counties_of(uow.session, [event.cooperative_id for event in registered])
    await queries.keep_newest(uow, cooperative, rows)
    moved = {key for event in registered if known.get(key := event.cooperative_id) != event.county_code}
    await sums.mark_suppliers(uow.session, moved)


def _place(key: str, place_id: str, event: Place) -> dict[str, Any]:
    return {
        key: place_id,
        "version": event.version,
        "name_zh": event.name_zh,
        "name_en": event.name_en,
        "county_code": event.county_code,
        "lat": event.lat,
        "lon": event.lon,
    }


async def keep_foods(uow: UnitOfWork, registered: Sequence[FoodRegistered]) -> None:
    """Keep what foods are called."""
    names = ("food_code", "version", "name_zh", "name_en", "food_group")
    await queries.keep_newest(uow, food, [row_of(event, names) for event in registered])


async def keep_offers(uow: UnitOfWork, published: Sequence[OfferPublished]) -> None:
    """Keep what cooperatives offer; what is allocated of an offer already stays."""
    rows = [
        {
            "offer_id": event.offer_id,
            "cooperative_id": event.cooperative_id,
            "county_code": event.county_code,
            "version": event.version,
            "status": "open",
            "food_code": event.food_code,
            "available_from": event.available_from,
            "available_until": event.available_until,
            "quantity_g": event.quantity_g,
            "allocated_g": 0,
            "price_fen_per_kg": event.price_fen_per_kg,
            "minimum_lot_g": event.minimum_lot_g,
            "poor_share_permille": event.poor_share_permille,
            "harvest_day": event.harvest_day,
            "shelf_life_days": event.shelf_life_days,
            "pack_size_g": event.pack_size_g,
        }
        for event in published
    ]
    await queries.keep_newest(uow, offer, rows)


async def close_offer(uow: UnitOfWork, event: OfferWithdrawn) -> None:
    """Take no more from an offer; what was ordered from it stands."""
    day = event.withdrawn_at.date()
    tombstone = {
        "offer_id": event.offer_id,
        "cooperative_id": event.cooperative_id,
        "county_code": "",
        "version": event.version,
        "status": "withdrawn",
        "food_code": "",
        "available_from": day,
        "available_until": day,
        "quantity_g": 0,
        "allocated_g": 0,
        "price_fen_per_kg": 0,
        "minimum_lot_g": 0,
        "poor_share_permille": 0,
    }
    await queries.withdraw_offer(uow, tombstone)


async def keep_held(uow: UnitOfWork, held: Sequence[OfferHeld]) -> None:
    """Keep which offers are held back for certificates: whoever asks why they got nothing is told."""
    names = ("offer_id", "cooperative_id", "county_code", "version", "food_code", "available_from", "available_until")
    terms = ("quantity_g", "price_fen_per_kg", "minimum_lot_g")
    rows = [row_of(event, (*names, *terms), lacks=",".join(event.lacks)) for event in held]
    await queries.keep_newest(uow, held_offer, rows)


async def keep_lots(uow: UnitOfWork, harvested: Sequence[LotHarvested]) -> None:
    """Keep who brought what to a lot: by it the cooperative's payment is split."""
    lots, contributions = [], []
    for event in harvested:
        row = {"lot_id": event.lot_id, "cooperative_id": event.cooperative_id, "food_code": event.food_code}
        lots.append(row | {"harvest_day": event.harvest_day, "quantity_g": event.quantity_g})
        brought: dict[tuple[str, bool], int] = defaultdict(int)
        for part in event.contributions:
            brought[(part.household_id, part.poor)] += part.quantity_g
        contributions += [
            {"lot_id": event.lot_id, "household_id": household_id, "poor": poor, "quantity_g": grams}
            for (household_id, poor), grams in brought.items()
        ]
    await queries.add_lots(uow, lots, contributions)
