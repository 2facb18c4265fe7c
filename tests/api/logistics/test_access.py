"""Who may call what in logistics: the walk over every route, and whose real things are."""

import re
from typing import Any

from services.logistics.access import access
from shared.auth.principal import Principal
from tests import people
from tests.api.logistics.county import COUNTY, DAY, a_meal, a_vehicle, an_arrived_order, open_county
from tests.api.walk import walk
from tests.conftest import WorldOf
from tests.world import World, ok

ELSEWHERE = "520627"
SCHOOL, OTHER_SCHOOL = people.canteen("sch-1"), people.canteen("sch-2")
VILLAGE, OTHER_VILLAGE = people.clerk("coop-1"), people.clerk("coop-2")
HERE, THERE = people.dispatcher(COUNTY), people.dispatcher(ELSEWHERE)
COOK, OTHER_COOK = people.nutritionist(COUNTY), people.nutritionist(ELSEWHERE)
DRIVER, OTHER_DRIVER = people.driver("drv-1"), people.driver("drv-9")
PHOTO, JPEG = {"Content-Type": "image/jpeg"}, b"\xff\xd8\xff\xe0" + bytes(100) + b"\xff\xd9"


async def test_walk(world_of: WorldOf) -> None:
    """Every route has a rule, refuses who has no token, the role or the tenant, and lets its own in."""
    await walk(await world_of("logistics"), "logistics", {"GET /epcis/events": {"day": "2026-11-30"}})


async def a_delivery(world: World) -> dict[str, str]:
    """Bring an order from coop-1 to sch-1, sign for it, cook and recall it; a second county has a depot of its own."""
    client = await open_county(world)
    depot = {
        "depot_id": "dep-9",
        "county_code": ELSEWHERE,
        "town_code": "520627001",
        "name_zh": "站",
        "name_en": "Depot",
    }
    await ok(await client.put("/depots", json={"rows": [depot | {"lat": 27.9, "lon": 109.0}]}))
    vehicle = a_vehicle("veh-9", "ambient") | {"depot_id": "dep-9"}
    await ok(await client.put("/vehicles", json={"rows": [vehicle]}))
    await ok(await client.put("/drivers", json={"rows": [{"driver_id": "drv-9", "depot_id": "dep-9"}]}))
    trip_id = await an_arrived_order(world, "ord-1")
    school = world.client("logistics", as_=SCHOOL)
    photo = await ok(await school.post("/photos", content=JPEG, headers=PHOTO))
    loose = await ok(await school.post("/photos", content=JPEG, headers=PHOTO))
    photos = {"photo_ids": [photo["photo_id"]]}
    line = {"line_id": "ord-1-1", "received_g": 10_000, "accepted_g": 10_000} | photos
    body = {"order_id": "ord-1", "signers": ["a", "b"], "lines": [line]}
    receipt = await ok(await school.post("/receipts", json=body))
    await world.publish(a_meal("meal-1", ("lot-1", 5_000)))
    await world.settle()
    recall = await ok(
        await world.client("logistics", as_=VILLAGE).post("/recalls", json={"lot_id": "lot-1", "reason": "x"})
    )
    trip = await ok(await client.get(f"/trips/{trip_id}"))
    found = {"trip": trip_id, "plan": trip["plan_id"], "receipt": receipt["receipt_id"], "recall": recall["recall_id"]}
    return found | {"driver": trip["driver_id"], "photo": photo["photo_id"], "loose": loose["photo_id"]}


MAY: dict[str, tuple[list[Principal], list[Principal]]] = {
    "/consignments/ord-1": ([SCHOOL, VILLAGE, HERE, COOK], [OTHER_SCHOOL, OTHER_VILLAGE, THERE, OTHER_COOK]),
    "/trip-plans/{plan}": ([HERE], [THERE]),
    "/trips/{trip}": ([HERE, DRIVER], [THERE, OTHER_DRIVER]),
    "/trips/{trip}/run-sheet": ([HERE, DRIVER], [THERE, OTHER_DRIVER]),
    "/receipts/{receipt}": ([SCHOOL, VILLAGE, COOK], [OTHER_SCHOOL, OTHER_VILLAGE, OTHER_COOK]),
    "/photos/{photo}": ([SCHOOL, VILLAGE, COOK], [OTHER_SCHOOL, OTHER_VILLAGE, OTHER_COOK]),
    "/photos/{loose}": ([], [SCHOOL, OTHER_SCHOOL, COOK]),
    "/trace/meals/meal-1": ([SCHOOL, COOK], [OTHER_SCHOOL, OTHER_COOK]),
    "/trace/lots/lot-1": ([VILLAGE, COOK], [OTHER_VILLAGE, OTHER_COOK]),
    "/recalls/{recall}": ([SCHOOL, VILLAGE, COOK], [OTHER_SCHOOL, OTHER_VILLAGE, OTHER_COOK]),
    "/consignments?canteen_id=sch-1": ([SCHOOL, COOK], [OTHER_SCHOOL, OTHER_COOK]),
    "/consignments?cooperative_id=coop-1": ([VILLAGE, COOK], [OTHER_VILLAGE, OTHER_COOK]),
    f"/vehicles?county_code={COUNTY}": ([HERE], [THERE]),
    "/trips?driver_id=drv-1": ([DRIVER], [OTHER_DRIVER, HERE]),
    "/trips/{trip}/run-sheet/page": ([HERE, DRIVER], [THERE, OTHER_DRIVER]),
    "/trips/{trip}/phones": ([HERE, DRIVER], [THERE, OTHER_DRIVER]),
    "/trips/{trip}/loading-check": ([HERE, DRIVER], [THERE, OTHER_DRIVER]),
    "/trips/{trip}/points": ([HERE, DRIVER], [THERE, OTHER_DRIVER]),
    "/trips/{trip}/cold-chain": ([HERE, DRIVER, COOK], [THERE, OTHER_DRIVER, OTHER_COOK]),
    "/trips/{trip}/cold-chain.csv": ([HERE, DRIVER, COOK], [THERE, OTHER_DRIVER, OTHER_COOK]),
    "/trips/{trip}/freight": ([HERE], [THERE, DRIVER]),
    f"/trips/freight/{COUNTY}/{DAY}": ([HERE], [THERE, DRIVER]),
    f"/board?county_code={COUNTY}&day={DAY}": ([HERE], [THERE, DRIVER]),
    "/recalls?canteen_id=sch-1": ([SCHOOL, COOK], [OTHER_SCHOOL, OTHER_COOK]),
    f"/epcis/events?canteen_id=sch-1&day={DAY}": ([SCHOOL, COOK], [OTHER_SCHOOL, OTHER_COOK]),
}


def test_what_crosses_tenants_is_asked_for_by_strangers() -> None:
    """Behind its rule such a route acts as the system on PostgreSQL: that the rule holds is tried with real things."""
    crossing = {each.path for each in access.rules if each.crosses and each.method == "GET"}
    asked = [path.partition("?")[0] for path in MAY]
    found = {path for path in crossing if any(re.fullmatch(re.sub(r"{\w+}", "[^/]+", path), each) for each in asked)}
    assert crossing - found == {"/board/stream"}, "which has no end to wait for, and the rule of the board"


async def test_whose_things_are(world_of: WorldOf) -> None:
    """Its parties see a delivery and all that belongs to it; for others it is not there."""
    world = await world_of("logistics")
    ids = await a_delivery(world)
    assert ids["driver"] == "drv-1"
    wrong = []
    for path, (parties, strangers) in MAY.items():
        for who in (*parties, *strangers):
            answer = await world.client("logistics", as_=who).get(path.format(**ids))
            if answer.is_success != (who in parties) or (who in strangers and answer.status_code not in (403, 404)):
                wrong.append(f"{path} as {who}: {answer.text}")
    assert wrong == []


async def test_lists_of_a_county(world_of: WorldOf) -> None:
    """A county's lists hold what is of the county and nothing else."""
    world = await world_of("logistics")
    await a_delivery(world)
    await _for_a_day(world)
    listed: dict[str, list[Any]] = {}
    for county in (COUNTY, ELSEWHERE):
        client = world.client("logistics", as_=people.dispatcher(county))
        for name, key in LISTS.items():
            items = (await ok(await client.get(f"/{name}", params={"county_code": county})))["items"]
            listed.setdefault(name, []).append(sorted(item[key] for item in items))
    assert listed == {
        "depots": [["dep-1"], ["dep-9"]],
        "vehicles": [["own-1", "veh-1", "veh-2"], ["own-9", "veh-9"]],
        "drivers": [["drv-1"], ["drv-9"]],
        "devices": [["box-1", "box-2"], ["box-9"]],
        "availability": [["drv-1", "veh-1"], ["drv-9", "veh-9"]],
        "spare-capacity": [["own-1"], ["own-9"]],
        "access": [["sch-1"], []],
    }
    for who, params, many in (
        (SCHOOL, {"canteen_id": "sch-1"}, 1),
        (OTHER_SCHOOL, {"canteen_id": "sch-2"}, 0),
        (VILLAGE, {"cooperative_id": "coop-1"}, 1),
        (OTHER_VILLAGE, {"cooperative_id": "coop-2"}, 0),
        (COOK, {"county_code": COUNTY}, 1),
        (OTHER_COOK, {"county_code": ELSEWHERE}, 0),
    ):
        found = await ok(await world.client("logistics", as_=who).get("/recalls", params=params))
        assert len(found["items"]) == many, who


LISTS = {
    "depots": "depot_id",
    "vehicles": "vehicle_id",
    "drivers": "driver_id",
    "devices": "device_id",
    "availability": "subject_id",
    "spare-capacity": "vehicle_id",
    "access": "place_id",
}


async def _for_a_day(world: World) -> None:
    """Say of both counties when vehicles and drivers can go, what they offer, and how a school is reached."""
    client = world.client("logistics")
    day = {"day": "2026-11-30"}
    hours = {"starts_at": "06:00", "ends_at": "18:00"}
    crews = [("vehicle", "veh-1"), ("driver", "drv-1"), ("vehicle", "veh-9"), ("driver", "drv-9")]
    own = [
        a_vehicle("own-1", "ambient") | {"cooperative_id": "coop-1"},
        a_vehicle("own-9", "ambient") | {"cooperative_id": "coop-2", "depot_id": "dep-9"},
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "vehicles": own,
        "availability": [day | hours | {"kind": kind, "subject_id": each} for kind, each in crews],
        "spare-capacity": [
            day | hours | {"vehicle_id": each, "capacity_g": 1_000, "temperature_class": "ambient"}
            for each in ("own-1", "own-9")
        ],
        "access": [{"kind": "canteen", "place_id": "sch-1", "opens_at": "07:00"}],
        "devices": [{"device_id": "box-9", "vehicle_id": "veh-9"}],
    }
    for name, given in rows.items():
        answer = await ok(await client.put(f"/{name}", json={"rows": given}))
        assert answer["created"] == len(given), answer


async def test_nobody_takes_what_is_anothers(world_of: WorldOf) -> None:
    """A county loads its own fleet, and cannot take another's by saying that it is its own."""
    world = await world_of("logistics")
    await a_delivery(world)
    here, there = world.client("logistics", as_=HERE), world.client("logistics", as_=THERE)
    taken = [
        ("/vehicles", a_vehicle("veh-1", "ambient") | {"depot_id": "dep-9"}),
        ("/drivers", {"driver_id": "drv-1", "depot_id": "dep-9"}),
        ("/devices", {"device_id": "box-1", "vehicle_id": "veh-9"}),
        ("/availability", {"kind": "driver", "subject_id": "drv-1", "day": "2026-11-30"}),
    ]
    for path, row in taken:
        assert (await there.put(path, json={"rows": [row]})).status_code == 404, path
    own = a_vehicle("veh-3", "ambient")
    assert (await ok(await here.put("/vehicles", json={"rows": [own]})))["created"] == 1
    # A device that a driver carries is nobody's until it is mounted.
    mounted = {"device_id": "dev-1", "vehicle_id": "veh-9"}
    assert (await ok(await there.put("/devices", json={"rows": [mounted]})))["changed"] == 1
    point = {"sequence": 1, "at": "2026-11-23T00:50:00Z", "lat": 28.0, "lon": 109.0}
    of_county = world.client("logistics", as_=people.device(COUNTY))
    known = await of_county.post(
        "/points", json={"points": [point | {"device_id": each} for each in ("box-1", "none")]}
    )
    assert (await ok(known))["refused"][-1]["rule"] == "unknown-device"
    assert (await of_county.post("/points", json={"points": [point | {"device_id": "dev-1"}]})).status_code == 404
