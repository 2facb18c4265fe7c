"""The offers that may serve a market: those of its county, and of other counties the nearest, until they hold enough.

In a province thousands of cooperatives offer a food within reach of each school. Who lies far behind many others would
sell nothing there, and to weigh each of them against each demand line costs hours and gigabytes (decision 69).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

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
    some = (
        select(*columns)
        .outerjoin(cooperative, cooperative.c.cooperative_id == offer.c.cooperative_id)
        .where(
            offer.c.food_code.in_(sorted(set(foods))),
            offer.c.available_until >= first,
            offer.c.available_from <= last,
            offer.c.status == "open",
            offer.c.quantity_g > offer.c.allocated_g,
        )
    )
    own: ColumnElement[bool] = offer.c.county_code == county_code
    statement = some.where(own).order_by(offer.c.offer_id) if near is None else _nearest(some, own, near)
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows


def _nearest(some: Select[Any], own: ColumnElement[bool], near: Near) -> Select[Any]:
    """Select the own of some offers and the nearest others, by food; what no vehicle can fetch stands behind them all.

    Every offer is ranked where it is read: looked up in a list of the nearest, each would have made PostgreSQL rank
    them all anew.
    """
    lat, lon = cooperative.c.lat, cooperative.c.lon
    north, east = lat - near.middle[0], (lon - near.middle[1]) * narrowing(near.middle)
    outwards = [north * north + east * east, offer.c.offer_id]
    if near.kept:
        kept = case({food: f"%{needed}%" for food, needed in near.kept.items()}, value=offer.c.food_code, else_="%")
        fetched = or_(cooperative.c.vehicle_classes.is_(None), cooperative.c.vehicle_classes.like(kept))
        outwards.insert(0, case((fetched, 0), else_=1))
    alike = [offer.c.food_code, own]
    nearer_g = func.sum(_LEFT).over(partition_by=alike, order_by=outwards, rows=(None, -1))
    within = and_(lat.between(near.box.south, near.box.north), lon.between(near.box.west, near.box.east))
    ranked = (
        some.where(or_(own, within))
        .add_columns(
            own.label("own"),
            func.row_number().over(partition_by=alike, order_by=outwards).label("place"),
            func.coalesce(nearer_g, 0).label("nearer_g"),
            case(dict(near.wanted_g), value=offer.c.food_code, else_=0).label("wanted_g"),
        )
        .subquery()
    )
    enough = or_(ranked.c.own, ranked.c.place <= LEAST, ranked.c.nearer_g < ENOUGH * ranked.c.wanted_g)
    return select(ranked).where(enough).order_by(ranked.c.offer_id)
