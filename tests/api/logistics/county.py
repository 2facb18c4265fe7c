"""A tiny county for tests of logistics: two schools, two cooperatives, a depot with vehicles, and what others tell."""

from datetime import UTC, date, datetime
from typing import Any

import httpx

from shared.events.farmers import (
    Contribution,
    CooperativeRegistered,
    LineDispatched,
    LotHarvested,
    LotShare,
    OrderDispatched,
)
from shared.events.nutrition import CanteenRegistered, FoodUsed, MealServed
from shared.events.procurement import LineConfirmed, OrderCancelled, OrderConfirmed
from shared.fields import Meal, TemperatureClass
from tests.world import World, ok

COUNTY = "520628"
DAY = date(2026, 11, 30)
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
SCHOOLS = {"sch-1": (28.17, 109.20), "sch-2": (28.20, 109.25)}
COOPERATIVES = {"coop-1": (28.10, 109.10), "coop-2": (28.12, 109.15)}
NAMES = {
    **{"sch-1": "石板小学", "sch-2": "平坝小学"},
    **{"coop-1": "云雾坡合作社", "coop-2": "石板井合作社"},
}
"""What places are called in Chinese."""
AMBIENT, CHILLED = TemperatureClass.AMBIENT, TemperatureClass.CHILLED


def a_canteen(
    canteen_id: str, *, version: int = 1, name: str = "School", lat: float | None = None
) -> CanteenRegistered:
    """A school of the county."""
    return CanteenRegistered(
        canteen_id=canteen_id,
        version=version,
        name_zh=f"{NAMES.get(canteen_id, '大坪小学')}（虚构）",
        name_en=name,
        county_code=COUNTY,
        town_code="520628002",
        lat=SCHOOLS[canteen_id][0] if lat is None else lat,
        lon=SCHOOLS[canteen_id][1],
        meals=(Meal.LUNCH,),
        pupils=300,
        registered_at=NOON,
    )


def a_cooperative(cooperative_id: str, *, version: int = 1) -> CooperativeRegistered:
    """A cooperative of the county."""
    return CooperativeRegistered(
        cooperative_id=cooperative_id,
        version=version,
        name_zh=f"{NAMES.get(cooperative_id, '山泉合作社')}（虚构）",
        name_en=f"Cooperative {cooperative_id}",
        county_code=COUNTY,
        town_code="520628002",
        lat=COOPERATIVES[cooperative_id][0],
        lon=COOPERATIVES[cooperative_id][1],
        priority_group="none",
        households=10,
        poor_households=4,
        registered_at=NOON,
    )


def a_confirmation(
    order_id: str,
    *,
    version: int = 2,
    canteen_id: str = "sch-1",
    cooperative_id: str = "coop-1",
    grams: tuple[int, ...] = (10_000,),
    temperature_class: TemperatureClass = AMBIENT,
) -> OrderConfirmed:
    """An order confirmed with a line `<order>-<n>` per quantity."""
    lines = tuple(
        LineConfirmed(
            line_id=f"{order_id}-{n}", food_code="potato", temperature_class=temperature_class, confirmed_g=quantity_g
        )
        for n, quantity_g in enumerate(grams, start=1)
    )
    return OrderConfirmed(
        order_id=order_id,
        version=version,
        canteen_id=canteen_id,
        cooperative_id=cooperative_id,
        county_code=COUNTY,
        delivery_day=DAY,
        lines=lines,
        confirmed_at=NOON,
    )


def a_dispatch(order_id: str, *lots: dict[str, int], canteen_id: str = "sch-1") -> OrderDispatched:
    """An order packed: per line the grams of each lot."""
    lines = tuple(
        LineDispatched(
            line_id=f"{order_id}-{n}",
            dispatched_g=sum(shares.values()),
            lots=tuple(LotShare(lot_id=lot_id, quantity_g=grams) for lot_id, grams in shares.items()),
        )
        for n, shares in enumerate(lots, start=1)
    )
    return OrderDispatched(
        order_id=order_id, cooperative_id="coop-1", canteen_id=canteen_id, lines=lines, dispatched_at=NOON
    )


def a_cancellation(order_id: str, *, version: int = 3) -> OrderCancelled:
    """An order that is off."""
    return OrderCancelled(
        order_id=order_id,
        version=version,
        canteen_id="sch-1",
        cooperative_id="coop-1",
        reason="menu withdrawn",
        cancelled_at=NOON,
    )


def a_lot(lot_id: str, *, grams: int = 100_000) -> LotHarvested:
    """A lot of three households, two of them poor."""
    third = grams // 3
    contributions = tuple(Contribution(household_id=f"hh-{n}", poor=n < 3, quantity_g=third) for n in range(1, 4))
    return LotHarvested(
        lot_id=lot_id,
        cooperative_id="coop-1",
        food_code="potato",
        harvest_day=date(2026, 11, 28),
        quantity_g=grams,
        certificate_no=f"CERT-{lot_id}",
        contributions=contributions,
        harvested_at=NOON,
    )


def a_meal(
    meal_id: str, *used: tuple[str | None, int], canteen_id: str = "sch-1", headcount: int = 300, version: int = 1
) -> MealServed:
    """A lunch cooked from grams of lots."""
    foods = tuple(FoodUsed(food_code="potato", lot_id=lot_id, quantity_g=grams) for lot_id, grams in used)
    return MealServed(
        meal_id=meal_id,
        version=version,
        canteen_id=canteen_id,
        menu_id="menu-1",
        day=DAY,
        meal=Meal.LUNCH,
        headcount=headcount,
        dish_codes=("M01", "V02"),
        used=foods,
        served_at=NOON,
    )


async def open_county(world: World) -> httpx.AsyncClient:
    """Register the places and load a depot with an ambient and a chilled vehicle."""
    client = world.client("logistics")
    await world.publish(*map(a_canteen, SCHOOLS), *map(a_cooperative, COOPERATIVES))
    depot = {"depot_id": "dep-1", "county_code": COUNTY, "town_code": "520628002", "name_zh": "站", "name_en": "Depot"}
    await ok(await client.put("/depots", json={"rows": [depot | {"lat": 28.15, "lon": 109.15}]}))
    vehicles = [a_vehicle("veh-1", "ambient"), a_vehicle("veh-2", "chilled")]
    await ok(await client.put("/vehicles", json={"rows": vehicles}))
    await ok(await client.put("/drivers", json={"rows": [{"driver_id": "drv-1", "depot_id": "dep-1"}]}))
    mounted = [{"device_id": f"box-{n}", "vehicle_id": f"veh-{n}"} for n in (1, 2)]
    await ok(await client.put("/devices", json={"rows": [{"device_id": "dev-1"}, *mounted]}))
    await world.settle()
    return client


def a_vehicle(vehicle_id: str, temperature_class: str, *, capacity_g: int = 1_000_000) -> dict[str, Any]:
    """A row of PUT /vehicles."""
    return {
        "vehicle_id": vehicle_id,
        "depot_id": "dep-1",
        "plate": f"虚构-{vehicle_id}",
        "capacity_g": capacity_g,
        "temperature_class": temperature_class,
    }


async def plan(world: World) -> dict[str, Any]:
    """Plan the county's day and return the finished plan."""
    client = world.client("logistics")
    queued = await ok(await client.post("/trip-plans", json={"county_code": COUNTY, "day": str(DAY)}))
    await world.settle()
    answer: dict[str, Any] = await ok(await client.get(f"/trip-plans/{queued['plan_id']}"))
    return answer


async def a_planned_trip(world: World, *orders: str, grams: int = 10_000, **confirmed: Any) -> str:
    """Confirm, pack and plan orders that fit one trip; return its id."""
    await world.publish(a_lot("lot-1"))
    await world.publish(*(a_confirmation(order_id, grams=(grams,), **confirmed) for order_id in orders))
    await world.publish(*(a_dispatch(order_id, {"lot-1": grams}) for order_id in orders))
    await world.settle()
    made = await plan(world)
    assert made["status"] == "done", made
    return await the_only_trip(world)


async def the_only_trip(world: World) -> str:
    """Return the id of the one trip planned for the county's day."""
    page = await ok(await world.client("logistics").get("/trips", params={"county_code": COUNTY, "day": str(DAY)}))
    assert len(page["items"]) == 1, page
    trip_id: str = page["items"][0]["trip_id"]
    return trip_id


async def an_arrived_order(world: World, order_id: str, **confirmed: Any) -> str:
    """Bring one order to the gate of its school; return the trip's id."""
    trip_id = await a_planned_trip(world, order_id, **confirmed)
    client = world.client("logistics")
    await ok(await client.post(f"/trips/{trip_id}/load", json={}))
    await ok(await client.post(f"/trips/{trip_id}/depart"))
    await ok(await client.post(f"/trips/{trip_id}/arrive", json={"canteen_id": confirmed.get("canteen_id", "sch-1")}))
    return trip_id
