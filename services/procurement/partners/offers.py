"""The offers that may serve a market: those of its county, and of other counties the nearest, until they hold enough.

In a province thousands of cooperatives offer a food within reach of each school. Who lies far behind many others would
sell nothing there, and to weigh each of them against each demand line costs hours and gigabytes (decision 69).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select

from services.procurement.partners.models import cooperative, offer
from services.procurement.sourcing.geography import Box, Place, narrowing
from shared.database import Session

LEAST = 30
"""Of a food at least so many offers of other counties are looked at: who needs little is to have a choice, too."""
ENOUGH = 2
"""They hold at least so many times what is wanted: the nearest may suit in part only, or be promised meanwhile."""
_LEFT = offer.c.quantity_g - offer.c.allocated_g


@dataclass(frozen=True, slots=True)
class Near:
    """Where offers of other counties are looked for: within a box, from its `middle` outwards.

    `wanted_g` is what is wanted of each food; `kept` names by food the class its vehicle must keep, where it must.
    """

    box: Box
    middle: Place
    wanted_g: Mapping[str, int]
    kept: Mapping[str, str] = field(default_factory=dict)


async def offers_for(
    session: Session, foods: Iterable[str], first: date, last: date, county_code: str, near: Near | None
) -> Sequence[Any]:
    """Return offers of these foods with grams left for days from `first` to `last`, and where their cooperative is.

    Those of a county, and the nearest of other counties until they hold enough; None: of the county alone.
    """
    columns = (
        offer.c.offer_id,
        offer.c.cooperative_id,
        offer.c.county_code,
        offer.c.food_code,
        offer.c.available_from,
        offer.c.available_until,
        _LEFT.label("remaining_g"),
        offer.c.minimum_lot_g,
        offer.c.price_fen_per_kg,
        offer.c.poor_share_permille,
        offer.c.harvest_day,
        offer.c.shelf_life_days,
        offer.c.pack_size_g,
        cooperative.c.lat,
        cooperative.c.lon,
        cooperative.c.priority_group,
        cooperative.c.households,
        cooperative.c.vehicle_classes,
    )
    some = and_(
        offer.c.food_code.in_(sorted(set(foods))),
        offer.c.available_until >= first,
        offer.c.available_from <= last,
        offer.c.status == "open",
        offer.c.quantity_g > offer.c.allocated_g,
    )
    own: ColumnElement[bool] = offer.c.county_code == county_code
    statement = (
        select(*columns)
        .outerjoin(cooperative, cooperative.c.cooperative_id == offer.c.cooperative_id)
        .where(some, own if near is None else or_(own, offer.c.offer_id.in_(_nearest(and_(some, ~own), near))))
        .order_by(offer.c.offer_id)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


def _nearest(some: ColumnElement[bool], near: Near) -> ScalarSelect[str]:
    """Select the ids of the nearest of some offers, by food; what no vehicle can fetch stands behind all others."""
    lat, lon = cooperative.c.lat, cooperative.c.lon
    north, east = lat - near.middle[0], (lon - near.middle[1]) * narrowing(near.middle)
    outwards = [north * north + east * east, offer.c.offer_id]
    if near.kept:
        kept = case({food: f"%{needed}%" for food, needed in near.kept.items()}, value=offer.c.food_code, else_="%")
        fetched = or_(cooperative.c.vehicle_classes.is_(None), cooperative.c.vehicle_classes.like(kept))
        outwards.insert(0, case((fetched, 0), else_=1))
    nearer_g = func.sum(_LEFT).over(partition_by=offer.c.food_code, order_by=outwards, rows=(None, -1))
    ranked = (
        select(
            offer.c.offer_id,
            func.row_number().over(partition_by=offer.c.food_code, order_by=outwards).label("place"),
            func.coalesce(nearer_g, 0).label("nearer_g"),
            case(dict(near.wanted_g), value=offer.c.food_code, else_=0).label("wanted_g"),
        )
        .join(cooperative, cooperative.c.cooperative_id == offer.c.cooperative_id)
        .where(some, lat.between(near.box.south, near.box.north), lon.between(near.box.west, near.box.east))
        .subquery()
    )
    enough = or_(ranked.c.place <= LEAST, ranked.c.nearer_g < ENOUGH * ranked.c.wanted_g)
    return select(ranked.c.offer_id).where(enough).scalar_subquery()
