"""The trace graph as EPCIS 2.0 documents: what is told is valid, and makes the same graph elsewhere."""

import json
from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft7Validator

from services.logistics.epcis import usecases
from services.logistics.epcis.usecases import MOST
from shared.events.farmers import LotShare
from tests.api.logistics.county import DAY, a_lot, a_meal, an_arrived_order, open_county
from tests.api.logistics.test_receipts import a_receipt
from tests.conftest import WorldOf
from tests.world import World, ok, refused
from tools.epcis import check

SCHEMA = json.loads(Path(__file__).with_name("epcis_2_0.json").read_text())
PERIOD = {"from": "2026-11-28", "until": "2026-11-30"}
AT = "epcisBody.eventList"


async def a_journey(world: World) -> httpx.AsyncClient:
    """Two lots are mixed; one rides to school, is received in part, and is cooked with food of unknown origin."""
    client = await open_county(world)
    trip_id = await an_arrived_order(world, "ord-1")
    at = world.clock.now().isoformat()
    points = [{"sequence": n, "at": at, "lat": 28.1, "lon": 109.1, "temperature_c": 4.0 + n} for n in range(2)]
    await ok(await client.post(f"/trips/{trip_id}/points", json={"device_id": "dev-1", "points": points}))
    await ok(await client.post("/receipts", json=a_receipt(accepted_g=9_000)))
    shares = tuple(LotShare(lot_id=f"lot-{n}", quantity_g=n) for n in (1, 2))
    await world.publish(a_lot("lot-2"), a_lot("lot-3").model_copy(update={"parents": shares}))
    await world.publish(a_meal("meal-1", ("lot-1", 6_000), (None, 2_000)), a_meal("meal-2", ("lot-3", 3)))
    await world.settle()
    return client


async def told(client: httpx.AsyncClient, **question: Any) -> dict[str, Any]:
    """Return a document, that must be valid."""
    document: dict[str, Any] = await ok(await client.get("/epcis/events", params=question))
    assert not [error.message for error in Draft7Validator(SCHEMA).iter_errors(document)]
    return document


async def pages(client: httpx.AsyncClient, **question: Any) -> AsyncIterator[dict[str, Any]]:
    """Give the documents of a question, one thing on each."""
    answer = await client.get("/epcis/events", params={**question, "limit": 1})
    yield await ok(answer)
    while "next" in answer.links:
        answer = await client.get(answer.links["next"]["url"])
        yield await ok(answer)


def events(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a document's events."""
    found: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return found


def change(document: dict[str, Any], step: int, **values: Any) -> dict[str, Any]:
    """Return the document with an event's values changed."""
    changed = deepcopy(document)
    events(changed)[step].update(values)
    return changed


async def test_a_journey_is_told_from_harvest_to_meal(world_of: WorldOf) -> None:
    """A lot's journey is a valid EPCIS 2.0 document with what sensors measured; no household and no signer is named."""
    client = await a_journey(await world_of("logistics"))
    document = await told(client, lot_id="lot-1")
    assert [event["bizStep"] for event in events(document)] == [
        *("commissioning", "creating_class_instance", "picking", "packing", "departing", "receiving", "unpacking"),
        *("creating_class_instance", "creating_class_instance"),
    ]
    ride, received, eaten = (events(document)[n] for n in (4, 5, 7))
    report = {"type": "Temperature", "minValue": 4.0, "maxValue": 5.0, "uom": "CEL"}
    assert ride["sensorElementList"][0]["sensorReport"] == [report]
    assert received["disposition"] == "non_conformant"
    assert [(one["epcClass"].split("/")[-2:], one["quantity"]) for one in eaten["inputQuantityList"]] == [
        (["lot", "lot-1"], 6_000),
        (["food", "potato"], 2_000),
    ]
    assert eaten["outputQuantityList"][0]["quantity"] == 300
    text = json.dumps(document)
    assert not [name for name in ("hh-", "cook-1", "teacher-2", "bruised") if name in text]


async def test_a_period_is_checked_against_a_schema_file(world_of: WorldOf) -> None:
    """Every page of a period is validated against whatever schema is at hand; each fault is named with its place."""
    client = await a_journey(await world_of("logistics"))
    first, until = (date.fromisoformat(PERIOD[name]) for name in ("from", "until"))
    checked = await check(client, SCHEMA, first, until)
    assert (checked.documents, checked.events, checked.faults) == (1, 10, [])
    foreign = {
        "properties": {"epcisBody": {"properties": {"eventList": {"items": {"required": ["errorDeclaration"]}}}}}
    }
    faults = (await check(client, foreign, first, until)).faults
    assert len(faults) == 10
    assert faults[0] == "$.epcisBody.eventList[0]: 'errorDeclaration' is a required property"


async def test_a_page_is_never_more_than_can_be_taken(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever limit is asked for, a page has few enough things that its events fit into one document."""
    client = await a_journey(await world_of("logistics"))
    monkeypatch.setattr(usecases, "MOST", 1)
    answer = await client.get("/epcis/events", params={**PERIOD, "limit": 1000})
    assert [event["bizStep"] for event in events(await ok(answer))] == ["commissioning"]
    first, until = (date.fromisoformat(PERIOD[name]) for name in ("from", "until"))
    checked = await check(client, SCHEMA, first, until)
    assert (checked.documents, checked.events, checked.faults) == (6, 10, [])
    assert 5 * MOST <= 2_000


async def test_a_school_s_day_is_told_with_where_its_food_came_from(world_of: WorldOf) -> None:
    """A school's day tells its deliveries and meals, and their lots back to harvest; another school's is empty."""
    client = await a_journey(await world_of("logistics"))
    document = await told(client, canteen_id="sch-1", day=str(DAY))
    made = [event["ilmd"]["cbvmda:lotNumber"] for event in events(document) if "ilmd" in event]
    assert made == ["lot-1", "lot-2", "lot-3"]
    assert events(await told(client, canteen_id="sch-2", day=str(DAY))) == []


async def test_a_period_is_told_in_pages_that_can_be_taken_one_by_one(
    world_of: WorldOf, elsewhere: httpx.AsyncClient
) -> None:
    """The pages of a period tell what one long page tells, each thing once; what one told is known to the next."""
    client = await a_journey(await world_of("logistics"))
    whole = events(await told(client, **PERIOD))
    paged: list[dict[str, Any]] = []
    async for page in pages(client, **PERIOD):
        paged += events(page)
        await ok(await elsewhere.post("/epcis/capture", json=page))
    assert paged == whole
    assert len({event["eventID"] for event in whole}) == len(whole) == 10
    assert len(events(await told(elsewhere, **PERIOD))) == 9


async def test_a_document_makes_the_same_graph_elsewhere(world_of: WorldOf, elsewhere: httpx.AsyncClient) -> None:
    """What one system tells another takes once, tells the same of it but the ride, and traces and recalls by it."""
    document = await told(await a_journey(await world_of("logistics")), **PERIOD)
    assert await ok(await elsewhere.post("/epcis/capture", json=document)) == {"taken": 10, "known": 0}
    again = await told(elsewhere, **PERIOD)
    assert events(again) == [event for event in events(document) if event["bizStep"] != "departing"]
    assert await ok(await elsewhere.post("/epcis/capture", json=document)) == {"taken": 0, "known": 10}
    trace = await ok(await elsewhere.get("/trace/meals/meal-1"))
    assert trace["foods"][0]["lots"][0]["deliveries"][0]["accepted_g"] == 9_000
    raised = await ok(await elsewhere.post("/recalls", json={"lot_id": "lot-1", "reason": "residue found"}))
    assert raised["affected"]["made_into"] == [{"lot_id": "lot-3", "quantity_g": 1}]
    receipt = (await ok(await elsewhere.get("/receipts")))["items"][0]
    assert (receipt["accepted_g"], receipt["signers"]) == (9_000, [])


async def test_what_does_not_fit_is_refused_by_place_and_rule(world_of: WorldOf, elsewhere: httpx.AsyncClient) -> None:
    """A document is taken as a whole or not: a refusal names the event's place and the rule, and nothing is kept."""
    document = await told(await a_journey(await world_of("logistics")), **PERIOD)
    lot, mixed, order, packing, received, meal = (events(document)[n] for n in (0, 2, 3, 4, 6, 8))
    heavier = {"xn:lines": [received["xn:receipt"]["xn:lines"][0] | {"xn:receivedG": 10_001}]}
    circle = [mixed["outputQuantityList"][0] | {"quantity": 1}]
    fewer = [packing["xn:contents"][0] | {"xn:quantityG": 9_999}]
    school = {"id": "https://id.xiaonong.example/loc/canteen/sch-2"}
    foreign = {"id": "urn:epc:id:sgln:4012345.00005.0"}
    cases: list[tuple[int, dict[str, Any], int, str, str]] = [
        (0, {"bizStep": "killing"}, 422, "event-not-understood", ".bizStep"),
        (0, {"readPoint": foreign}, 422, "foreign-identifier", ".readPoint.id"),
        (0, {"ilmd": lot["ilmd"] | {"cbvmda:lotNumber": "lot-8"}}, 422, "lot-number", ".ilmd.cbvmda:lotNumber"),
        (1, lot | {"eventID": "urn:uuid:x"}, 422, "told-twice", ""),
        (1, lot | {"eventTime": "2026-11-27T00:00:00Z"}, 409, "event-differs", ".eventID"),
        (2, {"inputQuantityList": circle}, 422, "lots-in-a-circle", ""),
        (3, {"xn:order": None}, 422, "needed", ".xn:order"),
        (3, {"epcList": order["epcList"] * 2}, 422, "one-consignment", ".epcList"),
        (4, {"xn:contents": fewer}, 422, "contents-differ", ".xn:contents"),
        (6, {"xn:receipt": received["xn:receipt"] | heavier}, 422, "more-than-dispatched", ".xn:receipt.xn:lines"),
        (6, {"readPoint": school}, 409, "other-school", ".readPoint.id"),
        (8, {"outputQuantityList": meal["outputQuantityList"] * 2}, 422, "one-output", ".outputQuantityList"),
    ]
    for step, values, status, rule, place in cases:
        answer = await elsewhere.post("/epcis/capture", json=change(document, step, **values))
        assert refused(answer, status, rule)["field"] == f"{AT}.{step}{place}"
    for missing, status, rule, step in (
        (1, 404, "unknown-lot", 1),
        (3, 404, "unknown-consignment", 3),
        (7, 422, "half-a-receipt", 6),
    ):
        body = deepcopy(document)
        del events(body)[missing]
        assert refused(await elsewhere.post("/epcis/capture", json=body), status, rule)["field"] == f"{AT}.{step}"
    assert events(await told(elsewhere, **PERIOD)) == []


async def test_what_is_known_is_not_written_over(world_of: WorldOf) -> None:
    """A document that tells another story of a lot, an order, a receipt or a meal is refused."""
    client = await a_journey(await world_of("logistics"))
    document = await told(client, **PERIOD)
    assert await ok(await client.post("/epcis/capture", json=document)) == {"taken": 10, "known": 0}
    assert events(await told(client, **PERIOD)) == events(document)
    lot, order, received, meal = (events(document)[n] for n in (0, 3, 6, 8))
    line = order["xn:order"]["xn:lines"][0] | {"xn:dispatchedG": 10_500}
    weighed = received["xn:receipt"]["xn:lines"][0] | {"xn:temperatureC": 20.0}
    stories = [
        (0, {"ilmd": lot["ilmd"] | {"xn:households": 4}}, "lot-differs"),
        (3, {"xn:order": order["xn:order"] | {"xn:lines": [line]}}, "order-differs"),
        (6, {"xn:receipt": received["xn:receipt"] | {"xn:lines": [weighed]}}, "receipt-differs"),
        (8, {"xn:meal": meal["xn:meal"] | {"xn:menuId": "menu-9"}}, "meal-differs"),
    ]
    for step, values, rule in stories:
        body = change(document, step, **values)
        for number, event in enumerate(events(body)):
            event["eventID"] = f"urn:uuid:{rule}-{number}"
        assert refused(await client.post("/epcis/capture", json=body), 409, rule)["field"] == f"{AT}.{step}"


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ({}, "one-question"),
        ({"lot_id": "lot-1", "day": "2026-11-30"}, "one-question"),
        ({"canteen_id": "sch-1"}, "needed"),
        ({"from": "2026-11-30"}, "needed"),
        ({"from": "2026-11-30", "until": "2026-11-29"}, "period"),
        ({"from": "2026-11-30", "until": "2027-11-30"}, "period"),
        ({"from": "2026-11-30", "until": "2026-11-30", "after": "x"}, "cursor"),
    ],
)
async def test_one_question_at_a_time(world_of: WorldOf, question: dict[str, str], rule: str) -> None:
    """Events are asked for by a lot, a school's day, or a period of up to 31 days."""
    world = await world_of("logistics")
    refused(await world.client("logistics").get("/epcis/events", params=question), 422, rule)
