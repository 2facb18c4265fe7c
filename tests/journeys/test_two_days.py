"""Two days of a county on which much goes wrong: a breakdown, a late vehicle, a warm load, a lot that proves bad."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from shared.events.logistics import ColdChainBroken, ConsignmentLoaded, DeliveryArrived, DeliveryDelayed, RecallRaised
from tests import builders as b
from tests.journeys.county import County
from tests.journeys.road import COOPERATIVE, FAR, Road, gate_of, order_for, planned_at, schools_of
from tests.world import World, ok, refused
from tools.epcis import check, documents

ONE, TWO = b.WEEK[:2]
SCHOOLS = ("sch-1", "sch-2", "sch-3", "sch-4")
BAD = f"lot-a-rice-{ONE}"
SCHEMA = Path(__file__).parents[1] / "api" / "logistics" / "epcis_2_0.json"
Trip = dict[str, Any]


async def test_two_days_on_which_much_goes_wrong(county: County[World], elsewhere: httpx.AsyncClient) -> None:
    """Whatever breaks, is late, warm or bad: who must know is told, nothing bad is eaten, no gram or fen is lost."""
    road = Road(county)
    await county.set_up(schools=len(SCHOOLS))
    await road.set_up()
    for school in SCHOOLS:
        await county.publish(b.a_menu(school, days=(ONE, TWO)))
    await county.source()
    await county.accept_all()
    await harvest(county)

    await pack(county, ONE, SCHOOLS)
    broken, late = await road.plan(ONE)
    await load_and_leave(road, broken, late)
    instead = await break_down(county, road, broken)
    await be_late_and_warm(county, road, late)
    await bring_the_rest(county, road, broken, instead, late)
    await receive(county, road, broken, late)
    for school in SCHOOLS:
        await eat(county, school, ONE)
    await check_freight(county, road, ONE, [broken, instead, late])

    first, second = await road.plan(TWO)
    eater, doubter, unloaded, unpacked = *schools_of(first), *schools_of(second)
    await pack(county, TWO, (eater, doubter, unloaded))
    county.go_to(TWO, 5)
    await road.leave(first)
    for school in (eater, doubter):
        await road.arrive(first, school)
    county.go_to(TWO, 7)
    (signed,) = await road.sign(receipt_of(await road.consignment(order_for(first, eater))))
    assert signed["refused"] is None
    recall = await raise_recall(county)
    await nothing_bad_goes_on(county, road, second, order_for(first, doubter), (unloaded, unpacked))
    left_behind = order_for(second, unloaded)
    arrived = [order_for(first, doubter), order_for(second, unpacked), left_behind]
    await receive_without_the_bad(county, road, arrived, left_behind)
    assert BAD not in {used["lot_id"] for used in (await county.serve(TWO, eater))["used"]}
    await find_and_close(county, recall)
    await exchange(county, elsewhere)
    await check_freight(county, road, TWO, [first, second])
    report = await county.check()
    # Rice was received by one school before the recall, packed for two others, and not packed for the last one.
    assert (report["lost_g"], report["packed_short_g"], report["unmet_g"]) == (20_000, 10_000, 30_000)


async def harvest(county: County[World]) -> None:
    """On the first morning what both days need is brought in, one lot of each food."""
    county.go_to(ONE, 3)
    for name in "ab":
        wanted: dict[str, int] = {}
        for line in (line for order in await county.inbox(name, "accepted") for line in order["lines"]):
            wanted[line["food_code"]] = wanted.get(line["food_code"], 0) + line["confirmed_g"]
        for food, grams in wanted.items():
            await ok(await county.farmers.post("/lots", json=county.a_lot(name, food, ONE, grams)))
    await county.world.settle()


async def pack(county: County[World], day: str, schools: tuple[str, ...]) -> None:
    """The cooperatives pack a day's orders of some schools."""
    county.go_to(day, 3)
    for name in "ab":
        for order in await county.inbox(name, "accepted"):
            if order["delivery_day"] == day and order["canteen_id"] in schools:
                await ok(await county.farmers.post(f"/orders/{order['order_id']}/dispatch", json={}))
    await county.world.settle()


async def load_and_leave(road: Road, *trips: Trip) -> None:
    """Every lot is scanned, one of no order is refused; then both leave, and their devices tell where they are."""
    road.county.go_to(ONE, 5)
    for number, trip in enumerate(trips, start=1):
        wrong = await road.scan(trip, "lot-of-nobody")
        assert [one["rule"] for one in wrong["refused"]] == ["wrong-lot"]
        assert (await road.scan(trip))["complete"]
        assert len(await road.leave(trip)) == 2
        road.county.world.clock.advance(timedelta(minutes=5))
        points = await road.tell(f"box-{number}", COOPERATIVE, [4.0, 4.5])
        assert (await road.send(points))["known"] == 2


async def break_down(county: County[World], road: Road, trip: Trip) -> Trip:
    """After its first school the vehicle stands; the other school's food is given to another vehicle at once."""
    near, far = schools_of(trip)
    county.go_to(ONE, 5, 40)
    await road.tell("box-1", gate_of(near), [5.0, 5.0])
    assert (await road.consignment(order_for(trip, near)))["status"] == "arrived"
    county.go_to(ONE, 5, 50)
    where = {"lat": 28.165, "lon": 109.22, "reason": "engine stopped", "seconds": 1}
    broken = await ok(await road.client.post(f"/trips/{trip['trip_id']}/breakdown", json=where))
    assert broken["order_ids"] == [order_for(trip, far)]
    await county.world.settle()
    plan = await ok(await road.client.get(f"/trip-plans/{broken['plan_id']}"))
    assert (plan["status"], plan["consignments"], plan["unplanned"]) == ("done", 1, [])
    (instead,) = [one for one in await road.trips(ONE) if one["plan_id"] == broken["plan_id"]]
    assert [stop["place_kind"] for stop in instead["stops"]] == ["roadside", "canteen"]
    assert instead["vehicle_id"] != trip["vehicle_id"]
    return dict(instead)


async def be_late_and_warm(county: County[World], road: Road, trip: Trip) -> None:
    """A vehicle far off is late: its schools know. It gets warm: its load is held, and somebody looks at it."""
    county.go_to(ONE, 6, 20)
    await road.tell("box-2", FAR, [6.0])
    told = {one.canteen_id: one for one in county.world.told_of(DeliveryDelayed)}
    assert told.keys() == set(schools_of(trip))
    for school, delay in told.items():
        assert delay.expected_at - planned_at(trip, school) >= timedelta(minutes=15)
        (coming,) = await county.consignments(ONE, school)
        assert coming["planned_at"] == delay.planned_at.isoformat().replace("+00:00", "Z")
        assert coming["expected_at"] == delay.expected_at.isoformat().replace("+00:00", "Z")
    county.go_to(ONE, 6, 45)
    await road.tell("box-2", FAR, [11.0, 13.5, 14.0, 12.0, 11.0], minutes=5)
    (warm,) = county.world.told_of(ColdChainBroken)
    assert (warm.worst_c, warm.order_ids) == (14.0, tuple(sorted(order_for(trip, one) for one in schools_of(trip))))
    shown = {one["trip_id"]: one for one in (await ok(await road.client.get("/board", params={"day": ONE})))["items"]}
    waiting = (await ok(await road.client.get("/cold-chain-alarms", params={"waiting": True})))["items"]
    # Nothing was heard of it for an hour before: that is an alarm, too.
    assert [(one["trip_id"], one["kind"]) for one in waiting] == [
        (trip["trip_id"], one) for one in ("silence", "outside")
    ]
    assert shown[trip["trip_id"]]["alarms"] == 2
    for alarm in waiting:
        said = {"by": "dispatcher-1", "note": "the cooler was off"}
        await ok(await road.client.post(f"/cold-chain-alarms/{alarm['alarm_id']}/acknowledge", json=said))


async def bring_the_rest(county: County[World], road: Road, broken: Trip, instead: Trip, late: Trip) -> None:
    """What stood at the roadside and what is late comes to its schools; both ways are told with what they cost."""
    county.go_to(ONE, 7)
    assert await road.leave(instead) == [order_for(broken, schools_of(broken)[1])]
    assert (await road.arrive(instead, schools_of(broken)[1]))["completed"]
    near, far = schools_of(late)
    await road.tell("box-2", gate_of(near), [9.0, 8.0])
    assert (await road.arrive(late, far))["completed"]
    await county.world.settle()
    costs = {one.trip_id: one.cost_fen for one in county.world.told_of(DeliveryArrived) if one.cost_fen is not None}
    assert costs.keys() == {trip["trip_id"] for trip in (broken, instead, late)}
    assert 0 < costs[broken["trip_id"]] < broken["cost_fen"]


def receipt_of(consignment: dict[str, Any], permille: int = 1000, **more: Any) -> dict[str, Any]:
    """A receipt of which the same share of each line is accepted."""
    return County.a_receipt(consignment, permille) | more


async def receive(county: County[World], road: Road, broken: Trip, late: Trip) -> None:
    """Two people sign, in part or not at all; what was warm is inspected first, and then a decision is taken."""
    county.go_to(ONE, 8)
    cold = [await road.consignment(order_for(broken, school)) for school in schools_of(broken)]
    warm = [await road.consignment(order_for(late, school)) for school in schools_of(late)]
    assert [one["hold"] for one in cold + warm] == [False, False, True, True]
    twice, unseen = await road.sign(receipt_of(cold[0], signers=["cook-1", "cook-1"]), receipt_of(warm[0]))
    assert [one["refused"]["rule"] for one in (twice, unseen)] == ["two-signers", "inspection-needed"]
    good = receipt_of(warm[0], inspection="9 °C at the core, firm, no smell")
    spoilt = receipt_of(warm[1], 0, inspection="the meat smells")
    signed = await road.sign(receipt_of(cold[0]), receipt_of(cold[1], 900), good, spoilt)
    assert [one["refused"] for one in signed] == [None] * 4
    accepted = [one["receipt"]["accepted_g"] for one in signed]
    assert accepted == [22_000, 19_800, 22_000, 0]
    version = signed[0]["receipt"]["versions"][0]
    assert version["captured_at"] < version["signed_at"]


async def eat(county: County[World], school: str, day: str) -> None:
    """Lunch is served, and a sample kept of its dish."""
    await county.serve(day, school)
    sample = {"canteen_id": school, "day": day, "meal": "lunch", "place": "fridge", "temperature_c": 4.0}
    kept = sample | {"taken_by": "cook-1", "samples": [{"dish_code": "d01", "quantity_g": 130}]}
    await ok(await county.nutrition.post("/samples", json=kept))
    await county.world.settle()


async def check_freight(county: County[World], road: Road, day: str, trips: list[Trip]) -> None:
    """Each trip is booked once, for what it drove, from the freight fund, and shared out over its orders."""
    of_day = await ok(await road.client.get(f"/trips/freight/{b.COUNTY}/{day}"))
    due = {trip["trip_id"]: trip["cost_fen"] for trip in of_day["trips"]}
    assert due.keys() == {trip["trip_id"] for trip in trips}
    booked = (await ok(await county.procurement.get("/freight", params={"limit": 1000})))["items"]
    assert {one["trip_id"]: one["amount_fen"] for one in booked if one["day"] == day} == due
    for trip_id, cost_fen in due.items():
        shares = (await ok(await county.procurement.get(f"/freight/trips/{trip_id}")))["shares"]
        assert sum(shares.values()) == cost_fen


async def raise_recall(county: County[World]) -> str:
    """The rice of the first morning proves bad."""
    raised = await ok(await county.logistics.post("/recalls", json={"lot_id": BAD, "reason": "cadmium found"}))
    await county.world.settle()
    assert [one.lot_id for one in county.world.told_of(RecallRaised)] == [BAD]
    return str(raised["recall_id"])


async def nothing_bad_goes_on(
    county: County[World], road: Road, trip: Trip, arrived: str, left: tuple[str, str]
) -> None:
    """At once the lot is not packed, scanned, loaded or accepted any more; what has none of it goes on."""
    unloaded, unpacked = (order_for(trip, school) for school in left)
    packed = await ok(await county.farmers.post(f"/orders/{unpacked}/dispatch", json={}))
    dispatched = {line["food_code"]: line["dispatched_g"] for line in packed["lines"]}
    assert (dispatched["rice"], dispatched["cabbage"]) == (0, 10_000)
    await county.world.settle()
    assert [one["rule"] for one in (await road.scan(trip, BAD))["refused"]] == ["lot-recalled"]
    assert await road.leave(trip) == sorted([unloaded, unpacked])
    await county.world.settle()
    loaded = {one.order_id: one.loaded_g for one in county.world.told_of(ConsignmentLoaded)}
    assert (loaded[unloaded], loaded[unpacked]) == (12_000, 12_000)
    for school in left:
        await road.arrive(trip, school)
    (answer,) = await road.sign(receipt_of(await road.consignment(arrived)))
    assert answer["refused"]["rule"] == "lot-recalled"


async def receive_without_the_bad(county: County[World], road: Road, orders: list[str], left_behind: str) -> None:
    """What is recalled was left behind or is destroyed at the gate, the rest is accepted."""
    for order_id in orders:
        one = await road.consignment(order_id)
        receipt = receipt_of(one)
        foods = {line["line_id"]: line["food_code"] for line in one["lines"]}
        for line in receipt["lines"]:
            if foods[line["line_id"]] == "rice":
                line |= {"accepted_g": 0, "reason": "recalled"}
                line |= {"received_g": 0} if order_id == left_behind else {"refused": "destroyed"}
        (signed,) = await road.sign(receipt)
        assert signed["refused"] is None


async def find_and_close(county: County[World], recall: str) -> None:
    """The recall finds schools, headcounts, samples and the way back; it ends once every school has said it knows."""
    path = f"/recalls/{recall}"
    found = await ok(await county.logistics.get(path))
    ate = {one["canteen_id"]: one["headcount"] for one in found["affected"]["schools"] if one["meals"]}
    assert sum(ate.values()) == found["affected"]["totals"]["headcount"] == 100 * len(ate)
    assert found["waiting"] == list(SCHOOLS)
    samples = found["affected"]["samples"]
    assert {one["meal_id"] for one in samples} == {one["meal_id"] for one in found["affected"]["meals"]}
    assert [one["state"] for one in samples] == ["kept"] * len(ate)
    county.go_to(b.WEEK[3], 9)
    gone = {"sample_ids": [samples[0]["sample_id"]], "discarded_by": "cook-1"}
    refused(await county.nutrition.post("/samples/discards", json=gone), 409, "sample-held")
    for meal in found["affected"]["meals"]:
        back = await ok(await county.logistics.get(f"/trace/meals/{meal['meal_id']}"))
        assert [lot["lot_id"] for food in back["foods"] for lot in food["lots"] if lot["recalled"]] == [BAD]
    for school in SCHOOLS:
        word = {"canteen_id": school, "acknowledged_by": "cook-1", "put_aside_g": 0}
        found = await ok(await county.logistics.post(f"{path}/acknowledgements", json=word))
    assert found["waiting"] == []
    outcome = {"outcome": "destroyed", "note": "burnt under supervision"}
    assert (await ok(await county.logistics.post(f"{path}/close", json=outcome)))["closed_at"] is not None


async def exchange(county: County[World], elsewhere: httpx.AsyncClient) -> None:
    """What happened is told as valid EPCIS; another system that takes it tells the same, but for trips, and so back."""
    first, until = (date.fromisoformat(day) for day in (ONE, TWO))
    checked = await check(county.logistics, json.loads(SCHEMA.read_text()), first, until)
    assert (checked.documents, checked.faults) == (1, [])
    (told,) = [document async for document in documents(county.logistics, first, until)]
    assert (await ok(await elsewhere.post("/epcis/capture", json=told)))["taken"] == checked.events > 30
    (again,) = [document async for document in documents(elsewhere, first, until)]
    assert events(again) == [event for event in events(told) if event["bizStep"] != "departing"]
    await ok(await county.logistics.post("/epcis/capture", json=again))
    (unchanged,) = [document async for document in documents(county.logistics, first, until)]
    assert events(unchanged) == events(told)


def events(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a document."""
    found: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return found
