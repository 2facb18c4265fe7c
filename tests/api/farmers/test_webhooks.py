"""Webhooks: who may be told, of what, with which secret, and what stands in a message."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from services.farmers.webhooks.messages import Message
from shared.events.examples import example_of
from shared.events.logistics import RecallRaised, ReceiptSigned
from shared.events.procurement import OrderAmended, OrderCancelled, PaymentConfirmed, SettlementRecorded
from tests.api.farmers.builders import COOP, DEADLINE, MONDAY, OTHER, line, lot, order_of, placed, post, put
from tests.api.farmers.hooks import ALL, ORDERS, a_village, an_order, deliveries, endpoint, hook
from tests.api.farmers.test_people import NAME, PHONE, person, stored
from tests.conftest import WorldOf
from tests.receiver import Receiver
from tests.world import START, World, ok, refused

SAMPLES = Path(__file__).parent / "webhook_samples"


async def test_a_cooperatives_system_hears_of_its_orders(world_of: WorldOf) -> None:
    """A message is signed, says the whole order as the inbox shows it, and is shown as delivered."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        endpoint_id, secret = await hook(world, receiver, *ORDERS)
        await an_order(world)
        await post(world, "/orders/order-1/accept")
        await world.settle()
    assert receiver.types() == ["order.placed", "order.accepted"]
    for got in receiver.got:
        assert got.signed_by(secret)
        assert not got.signed_by("whsec_" + "A" * 43 + "=")
        assert (got.path, got.headers["content-type"]) == ("/hook", "application/json")
        assert int(got.headers["webhook-timestamp"]) == int(START.timestamp())
    shown = await order_of(world)
    for each in shown["lines"]:
        del each["reference"]
    assert receiver.got[1].json["data"] == shown
    rows = await deliveries(world, endpoint_id)
    assert [(row["delivery_id"], row["kind"], row["about"], row["status"]) for row in rows] == [
        (receiver.ids()[0], "order.placed", "order-1", "delivered"),
        (receiver.ids()[1], "order.accepted", "order-1", "delivered"),
    ]
    assert [(tried["number"], tried["status_code"]) for tried in rows[0]["attempts"]] == [(1, 204)]
    whole = await ok(await world.client("farmers").get(f"/webhooks/{endpoint_id}/deliveries/{receiver.ids()[0]}"))
    assert whole["body"].encode() == receiver.got[0].body


async def test_an_endpoint_hears_what_it_wants_of_its_own_cooperative(world_of: WorldOf) -> None:
    """Kinds that were not asked for, and orders of others, are not told."""
    world = await a_village(world_of)
    async with Receiver() as one, Receiver() as other:
        await hook(world, one, "order.declined")
        await hook(world, other, cooperative_id=OTHER)
        await an_order(world)
        await post(world, "/orders/order-1/decline", reason="hail")
        await world.settle()
    assert (one.types(), other.types()) == (["order.declined"], [])
    assert one.got[0].json["data"]["answer_reason"] == "hail"


async def test_every_step_of_an_order_is_told_once(world_of: WorldOf) -> None:
    """Placed, lowered, answered, packed, weighed; events that come twice are told once."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        await hook(world, receiver)
        lowered = {"order_id": "order-1", "cooperative_id": COOP, "canteen_id": "canteen-1", "reason": "fewer children"}
        amended = OrderAmended.model_validate(
            lowered | {"version": 2, "lines": [{"line_id": "line-1", "ordered_g": 900}], "amended_at": START}
        )
        weighed = {"line_id": "line-1", "food_code": "napa_cabbage", "received_g": 900, "accepted_g": 800, "lots": []}
        receipt = example_of(ReceiptSigned).model_dump() | {"order_id": "order-1", "cooperative_id": COOP}
        order = placed("order-1", line(ordered_g=1_000))
        for step in (order, order, amended, amended):
            await world.publish(step)
            await world.settle()
        # The order of messages is not promised: several are on their way at once unless each arrives before the next.
        for _ in range(2):
            await post(world, "/orders/order-1/accept")
            await world.settle()
        await post(world, "/lots", **lot(contributions={"hh-1": 20_000}))
        await post(world, "/orders/order-1/dispatch")
        await world.settle()
        for _ in range(2):
            await world.publish(ReceiptSigned.model_validate(receipt | {"lines": [weighed]}))
            await world.settle()
    assert receiver.types() == ["order.placed", "order.amended", "order.accepted", "order.dispatched", "order.received"]
    said = [got.json["data"] for got in receiver.got]
    assert [(each["version"], each["status"]) for each in said] == [
        (1, "to_answer"),
        (2, "to_answer"),
        (2, "accepted"),
        (2, "dispatched"),
        (2, "dispatched"),
    ]
    assert [each["lines"][0]["accepted_g"] for each in said] == [None, None, None, None, 800]
    assert len(set(receiver.ids())) == 5


async def test_silence_and_cancellations_are_told(world_of: WorldOf) -> None:
    """What happens without the cooperative is told, too: an order called off, and one declined by the clock."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        await hook(world, receiver, "order.cancelled", "order.declined")
        await an_order(world, 1)
        await an_order(world, 2)
        off = {"order_id": "order-1", "version": 2, "canteen_id": "canteen-1", "cooperative_id": COOP}
        await world.publish(OrderCancelled.model_validate(off | {"reason": "school closed", "cancelled_at": START}))
        await world.settle()
        world.clock.move_to(DEADLINE + timedelta(seconds=1))
        await world.settle()
    assert receiver.types() == ["order.cancelled", "order.declined"]
    assert [got.json["data"]["order_id"] for got in receiver.got] == ["order-1", "order-2"]
    assert [got.json["data"]["answer"] for got in receiver.got] == [None, "silence"]


async def test_an_order_called_off_on_its_way_is_told(world_of: WorldOf) -> None:
    """It stays dispatched, but the cooperative's system hears that, and why, nobody waits for it; once."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        await hook(world, receiver, "order.cancelled")
        await an_order(world)
        await post(world, "/orders/order-1/accept")
        await post(world, "/lots", **lot(quantity_g=1_000))
        await post(world, "/orders/order-1/dispatch")
        off = {"order_id": "order-1", "version": 2, "canteen_id": "canteen-1", "cooperative_id": COOP}
        for _ in range(2):
            await world.publish(OrderCancelled.model_validate(off | {"reason": "school closed", "cancelled_at": START}))
            await world.settle()
    said = [(got.json["type"], got.json["data"]["status"], got.json["data"]["closing_reason"]) for got in receiver.got]
    assert said == [("order.cancelled", "dispatched", "school closed")]


async def test_an_order_nothing_is_left_for_is_placed_and_declined(world_of: WorldOf) -> None:
    """Both facts are told: the order as it was placed, and as it was declined at once."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        await hook(world, receiver)
        await world.publish(placed("order-1", line(offer_id="off-unknown")))
        await world.settle()
    assert sorted(receiver.types()) == ["order.declined", "order.placed"]
    assert {got.json["type"]: got.json["data"]["status"] for got in receiver.got} == {
        "order.placed": "to_answer",
        "order.declined": "declined",
    }


def _recalled_and_paid() -> tuple[RecallRaised, SettlementRecorded, PaymentConfirmed]:
    """A recall of `lot-1`, a settlement that pays the household `hh-1`, and its payment to the cooperative."""
    recall = {"recall_id": "r-1", "lot_id": "lot-1", "cooperative_id": COOP, "reason": "a sample", "raised_at": START}
    settled: dict[str, Any] = {"settlement_id": "set-1", "order_id": "order-1", "receipt_id": "rec-1"}
    settled |= {"canteen_id": "canteen-1", "cooperative_id": COOP, "delivery_day": MONDAY, "recorded_at": START}
    share = {"household_id": "hh-1", "poor": True, "accepted_g": 900, "amount_fen": 120}
    settled |= {"amount_fen": 150, "cooperative_fen": 30, "households": [share]}
    paid: dict[str, Any] = {"payment_id": "pay-1", "cooperative_id": COOP, "county_code": "520628", "amount_fen": 150}
    paid |= {"settlements": [{"settlement_id": "set-1", "amount_fen": 150}], "paid_on": MONDAY}
    paid |= {"reference": "fictional-0001", "confirmed_at": START}
    return (
        RecallRaised.model_validate(recall),
        SettlementRecorded.model_validate(settled),
        PaymentConfirmed.model_validate(paid),
    )


async def test_recalls_and_settlements_name_no_household(world_of: WorldOf) -> None:
    """A recalled lot, a settlement and a payment are told once; no message names a household, by pseudonym neither."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        await hook(world, receiver)
        await put(world, "/household-people", person())
        await post(world, "/lots", **lot(contributions={"hh-1": 20_000}))
        await an_order(world)
        for _ in range(2):
            await world.publish(*_recalled_and_paid())
            await world.settle()
    said = {got.json["type"]: got.json["data"] for got in receiver.got}
    assert sorted(receiver.types()) == ["lot.recalled", "order.placed", "payment.confirmed", "settlement.recorded"]
    assert (said["lot.recalled"]["lot_id"], said["lot.recalled"]["reason"]) == ("lot-1", "a sample")
    money = said["settlement.recorded"]
    assert (money["amount_fen"], money["households_fen"], money["households"]) == (150, 120, 1)
    assert (said["payment.confirmed"]["amount_fen"], said["payment.confirmed"]["settlements"]) == (150, 1)
    whole = b"".join(got.body for got in receiver.got).decode()
    assert not any(word in whole for word in ("hh-1", NAME, PHONE))


async def test_a_secret_is_shown_once_and_sealed(world_of: WorldOf, capfd: pytest.CaptureFixture[str]) -> None:
    """It is in no other answer, under no Idempotency-Key, not in the database and not in the log."""
    world = await a_village(world_of)
    client = world.client("farmers")
    async with Receiver() as receiver:
        body = {"url": receiver.url, "kinds": ORDERS}
        key = {"Idempotency-Key": "k"}
        new = await client.post(f"/cooperatives/{COOP}/webhooks", json=body, headers=key)
        again = await client.post(f"/cooperatives/{COOP}/webhooks", json=body, headers=key)
        assert again.json() == new.json()
        at = f"/webhooks/{new.json()['endpoint_id']}"
        refused(await client.post(f"{at}/secret", headers=key), 422, "answer-not-kept")
        shown = await client.post(f"{at}/secret")
        assert shown.headers["cache-control"] == "no-store"
        secret = shown.json()["secret"]
        refused(await client.post(f"{at}/secret"), 409, "secret-shown")
        receiver.status = 500
        await an_order(world)
    assert receiver.got[0].signed_by(secret)
    lists = [await client.get(path) for path in (at, f"{at}/deliveries", "/webhooks")]
    everywhere = "".join([new.text, *(answer.text for answer in lists), *capfd.readouterr()])
    assert secret not in everywhere
    if world.services["farmers"].database.dialect == "sqlite":
        assert secret.removeprefix("whsec_") not in stored(world)


async def test_a_rotated_secret_stays_valid_for_a_while(world_of: WorldOf) -> None:
    """Messages carry a signature by each valid secret; without overlap those before end at once."""
    world = await a_village(world_of)
    client = world.client("farmers")
    async with Receiver() as receiver:
        endpoint_id, first = await hook(world, receiver)
        at = f"/webhooks/{endpoint_id}"
        await post(world, f"{at}/rotations", overlap_hours=2)
        second = (await post(world, f"{at}/secret"))["secret"]
        await an_order(world, 1)
        world.clock.advance(timedelta(hours=2))
        await an_order(world, 2)
        await post(world, f"{at}/rotations", overlap_hours=0)
        third = (await post(world, f"{at}/secret"))["secret"]
        await an_order(world, 3)
        for _ in range(4):
            await post(world, f"{at}/rotations")
        refused(await client.post(f"{at}/rotations", json={}), 409, "too-many-secrets")
    signed = [[got.signed_by(secret) for secret in (first, second, third)] for got in receiver.got]
    assert signed == [[True, True, False], [False, True, False], [False, False, True]]
    assert len((await endpoint(world, endpoint_id))["secrets"]) == 5


async def test_a_paused_endpoint_loses_nothing(world_of: WorldOf) -> None:
    """What happens during a pause waits; a change sends it to the new address."""
    world = await a_village(world_of)
    client = world.client("farmers")
    async with Receiver() as before, Receiver() as after:
        endpoint_id, _ = await hook(world, before, *ORDERS)
        at = f"/webhooks/{endpoint_id}"
        assert (await post(world, f"{at}/pause"))["status"] == "paused"
        refused(await client.post(f"{at}/tests"), 409, "endpoint-not-active")
        await an_order(world)
        assert (before.got, (await endpoint(world, endpoint_id))["waiting"]) == ([], 1)
        body = {"url": after.url, "kinds": ["order.declined"]}
        refused(await client.put(at, json=body, headers={"If-Match": '"1"'}), 412, "stale-version")
        changed = await client.put(at, json=body, headers={"If-Match": '"2"'})
        assert (changed.headers["etag"], changed.json()["kinds"]) == ('"3"', ["order.declined"])
        await post(world, f"{at}/resume")
        await world.settle()
    assert (before.types(), after.types()) == ([], ["order.placed"])


async def test_a_deleted_endpoint_is_forgotten(world_of: WorldOf) -> None:
    """Nothing is sent to it any more, and its messages and secrets are gone."""
    world = await a_village(world_of)
    client = world.client("farmers")
    async with Receiver() as receiver:
        endpoint_id, _ = await hook(world, receiver)
        await an_order(world, 1)
        assert (await client.delete(f"/webhooks/{endpoint_id}")).status_code == 204
        await an_order(world, 2)
        for path in ("", "/deliveries"):
            refused(await client.get(f"/webhooks/{endpoint_id}{path}"), 404, "unknown-webhook")
        refused(await client.delete(f"/webhooks/{endpoint_id}"), 404, "unknown-webhook")
    assert len(receiver.got) == 1
    assert (await ok(await client.get(f"/cooperatives/{COOP}/webhooks")))["items"] == []


async def test_a_test_message_says_how_it_went(world_of: WorldOf) -> None:
    """Who sets up an endpoint sends itself a message and sees what was answered."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        receiver.status, receiver.body = 404, "kein Pfad\x00\x1b[2J 没有".encode()
        endpoint_id, secret = await hook(world, receiver, "order.placed")
        sent = await post(world, f"/webhooks/{endpoint_id}/tests")
        await world.settle()
    (got,) = receiver.got
    assert (got.message_id, got.json["type"], got.signed_by(secret)) == (sent["delivery_id"], "webhook.test", True)
    (row,) = await deliveries(world, endpoint_id, kind="webhook.test")
    (tried,) = row["attempts"]
    assert (row["status"], tried["status_code"], tried["answer"]) == ("waiting", 404, "kein Pfad  [2J 没有")


async def test_only_public_https_addresses_are_taken(world_of: WorldOf) -> None:
    """Without the setting for trying things out this machine is refused, by PUT as by POST."""
    world = await a_village(world_of, webhook_loopback=False)
    client, at = world.client("farmers"), f"/cooperatives/{COOP}/webhooks"
    good, bad = "https://xiangsui.example/", "https://127.0.0.1/"
    refused(await client.post(at, json={"url": bad, "kinds": ORDERS}), 422, "webhook-url")
    new = await post(world, at, url=good, kinds=ORDERS)
    problem = refused(
        await client.put(f"/webhooks/{new['endpoint_id']}", json={"url": bad, "kinds": ORDERS}), 422, "webhook-url"
    )
    assert problem["field"] == "url"


async def test_bad_endpoints_are_refused(world_of: WorldOf) -> None:
    """Unknown cooperatives and kinds, kinds named twice, an address twice and an eleventh endpoint are refused."""
    world = await a_village(world_of)
    client, at = world.client("farmers"), f"/cooperatives/{COOP}/webhooks"

    def body(number: int = 1, **other: Any) -> dict[str, Any]:
        return {"url": f"https://xiangsui.example/{number}", "kinds": ORDERS} | other

    refused(await client.post("/cooperatives/coop-9/webhooks", json=body()), 404, "unknown-cooperative")
    refused(await client.post(at, json=body(kinds=[])), 422, "invalid-input")
    refused(await client.post(at, json=body(kinds=["order.eaten"])), 422, "invalid-input")
    refused(await client.post(at, json=body(kinds=ORDERS * 2)), 422, "invalid-input")
    refused(await client.post(at, json=body(url="https://a.example/" + "x" * 500)), 422, "invalid-input")
    ids = [(await post(world, at, **body(number)))["endpoint_id"] for number in range(10)]
    refused(await client.post(at, json=body(3)), 409, "url-taken")
    refused(await client.post(at, json=body(11)), 422, "too-many-endpoints")
    refused(await client.put(f"/webhooks/{ids[0]}", json=body(3)), 409, "url-taken")
    await ok(await client.put(f"/webhooks/{ids[0]}", json=body(11)))
    refused(await client.post(f"/webhooks/{ids[0]}/replays", json={"delivery_ids": []}), 422, "invalid-input")
    page = await ok(await client.get("/webhooks", params={"limit": 4}))
    assert ([item["endpoint_id"] for item in page["items"]], page["next"]) == (ids[:4], ids[3])


async def _samples(world: World) -> dict[str, Any]:
    """What an endpoint is told of a small story, by type; what is random is named alike."""
    async with Receiver() as receiver:
        endpoint_id, _ = await hook(world, receiver)
        await an_order(world)
        await post(world, "/orders/order-1/accept")
        await post(world, "/lots", **lot(contributions={"hh-1": 20_000}))
        await post(world, "/orders/order-1/dispatch")
        await world.publish(*_recalled_and_paid())
        await post(world, f"/webhooks/{endpoint_id}/tests")
        await world.settle()
    return {got.json["type"]: json.loads(got.body.decode().replace(endpoint_id, "endpoint-1")) for got in receiver.got}


async def test_bodies_stay_as_they_were_promised(world_of: WorldOf) -> None:
    """What cooperatives' systems read today they can read tomorrow: bodies are those of the samples, to the field."""
    said = await _samples(await a_village(world_of))
    samples = {path.stem: json.loads(path.read_text()) for path in SAMPLES.glob("*.json")}
    assert said == samples
    assert set(samples) - {"webhook.test"} < set(ALL)
    for sample in samples.values():
        TypeAdapter(Message).validate_python(sample)
