"""Webhooks on the way: receivers that fail, are slow, are busy or gone, and senders that die."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.farmers.webhooks import delivering
from services.farmers.webhooks.domain import Outcome
from services.farmers.webhooks.jobs import send, send_waiting
from services.farmers.webhooks.sending import Sender
from shared.service import Service
from tests.api.farmers.builders import COOP, OTHER, line, placed, post
from tests.api.farmers.hooks import a_village, an_order, deliveries, endpoint, hook
from tests.conftest import WorldOf
from tests.receiver import Receiver
from tests.world import World, ok, refused

QUICK = {"webhook_waits_s": (10, 100)}


def _farmers(world: World) -> Service:
    return world.services["farmers"]


async def test_a_receiver_that_fails_is_tried_again(world_of: WorldOf) -> None:
    """A message is tried after growing waits under the same id; after the last attempt it is dead, shown, replayed."""
    world = await a_village(world_of, **QUICK)
    async with Receiver() as receiver:
        receiver.status, receiver.body = 500, b"database is away"
        endpoint_id, secret = await hook(world, receiver, "order.placed")
        await an_order(world)
        for wait_s, tries in ((7, 1), (6, 2), (70, 2), (60, 3), (10_000, 3)):
            world.clock.advance(timedelta(seconds=wait_s))
            await world.settle()
            assert len(receiver.got) == tries, wait_s
        (row,) = await deliveries(world, endpoint_id, status="dead")
        assert (row["reason"], [tried["number"] for tried in row["attempts"]]) == ("no-attempt-left", [1, 2, 3])
        assert {(tried["status_code"], tried["answer"]) for tried in row["attempts"]} == {(500, "database is away")}
        shown = await endpoint(world, endpoint_id)
        assert (shown["dead"], shown["waiting"], shown["status"]) == (1, 0, "active")
        receiver.status, receiver.body = 200, b""
        asked = {"delivery_ids": [row["delivery_id"], "unknown"]}
        assert await post(world, f"/webhooks/{endpoint_id}/replays", **asked) == {"replayed": 1}
        await world.settle()
        assert await post(world, f"/webhooks/{endpoint_id}/replays") == {"replayed": 0}
    assert len(receiver.got) == 4
    assert set(receiver.ids()) == {row["delivery_id"]}
    assert len({got.body for got in receiver.got}) == 1
    assert len({got.headers["webhook-timestamp"] for got in receiver.got}) == 4
    assert all(got.signed_by(secret) for got in receiver.got)
    (row,) = await deliveries(world, endpoint_id)
    assert (row["status"], [tried["number"] for tried in row["attempts"]]) == ("delivered", [1, 2, 3, 4])


async def test_a_receiver_that_is_gone_is_off(world_of: WorldOf) -> None:
    """410 ends an endpoint; what happens meanwhile is kept dead, and replayed once it is resumed."""
    world = await a_village(world_of)
    client = world.client("farmers")
    async with Receiver() as receiver:
        receiver.status = 410
        endpoint_id, _ = await hook(world, receiver, "order.placed")
        await an_order(world, 1)
        await an_order(world, 2)
        shown = await endpoint(world, endpoint_id)
        assert (shown["status"], shown["status_reason"], shown["dead"]) == ("off", "it answered 410 Gone", 2)
        assert [row["reason"] for row in await deliveries(world, endpoint_id)] == ["gone", "endpoint-off"]
        listed = (await ok(await client.get("/webhooks", params={"status": "off"})))["items"]
        assert [item["endpoint_id"] for item in listed] == [endpoint_id]
        refused(await client.post(f"/webhooks/{endpoint_id}/replays", json={}), 409, "endpoint-not-active")
        refused(await client.post(f"/webhooks/{endpoint_id}/pause"), 409, "endpoint-off")
        receiver.status = 200
        await post(world, f"/webhooks/{endpoint_id}/resume")
        assert await post(world, f"/webhooks/{endpoint_id}/replays") == {"replayed": 2}
        await world.settle()
    assert sorted(got.json["data"]["order_id"] for got in receiver.got) == ["order-1", "order-1", "order-2"]


async def test_a_receiver_that_is_busy_is_left_alone(world_of: WorldOf) -> None:
    """429 with Retry-After holds for all messages of the endpoint."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        receiver.status, receiver.headers = 429, {"retry-after": "600"}
        await hook(world, receiver, "order.placed")
        await an_order(world, 1)
        receiver.status = 200
        world.clock.advance(timedelta(seconds=599))
        await an_order(world, 2)
        assert len(receiver.got) == 1
        world.clock.advance(timedelta(seconds=1))
        await world.settle()
    assert sorted(got.json["data"]["order_id"] for got in receiver.got) == ["order-1", "order-1", "order-2"]


async def test_an_endpoint_that_fails_for_days_says_so(world_of: WorldOf) -> None:
    """After three days without success it is off, and what waited is dead."""
    world = await a_village(world_of)
    receiver = Receiver()
    async with receiver:
        endpoint_id, _ = await hook(world, receiver, "order.placed")
    await an_order(world, 1)
    world.clock.advance(timedelta(days=3))
    await an_order(world, 2)
    shown = await endpoint(world, endpoint_id)
    assert (shown["status"], shown["waiting"], shown["dead"]) == ("off", 0, 2)
    assert shown["status_reason"].startswith("it took nothing since 2026-11-23T01:00")
    tried = [row["attempts"] for row in await deliveries(world, endpoint_id)]
    assert {each["error"] for attempts in tried for each in attempts} == {"cannot-connect"}


async def test_who_is_slow_holds_up_itself(world_of: WorldOf) -> None:
    """While one endpoint keeps us waiting, others get theirs, also what happened in the meantime."""
    world = await a_village(world_of)
    service = _farmers(world)
    async with Receiver() as slow, Receiver() as quick:
        slow.gate.clear()
        await hook(world, slow, "order.placed")
        await hook(world, quick, "order.placed", cooperative_id=OTHER)
        for number in range(7):
            await world.publish(placed(f"order-{number}", line(ordered_g=100)))
        await world.settle(jobs=False)
        job = asyncio.create_task(send_waiting(service))
        await asyncio.wait_for(slow.arrived.wait(), 10)
        await world.publish(placed("order-8", line(ordered_g=100), cooperative_id=OTHER))
        await world.settle(jobs=False)
        await asyncio.wait_for(quick.arrived.wait(), 10)
        assert (len(slow.got), len(quick.got)) == (5, 1)
        slow.gate.set()
        assert await asyncio.wait_for(job, 10) == 8
    assert len(set(slow.ids())) == len(slow.got) == 7


async def test_an_attempt_ends(world_of: WorldOf) -> None:
    """Who does not answer in time has not taken the message; an answer without end is cut, and counts."""
    world = await a_village(world_of, webhook_timeout_s=0.3)
    async with Receiver() as slow:
        slow.gate.clear()
        slow_id, _ = await hook(world, slow, "order.placed")
        await an_order(world)
        (row,) = await deliveries(world, slow_id)
        assert (row["status"], row["attempts"][0]["error"]) == ("waiting", "timeout")
    service = _farmers(world)
    service.settings = service.settings.model_copy(update={"webhook_timeout_s": 20.0})
    async with Receiver() as endless:
        endless.status, endless.headers, endless.body = 200, {"content-length": "9999999999"}, b"x" * 1_000_000
        endless_id, _ = await hook(world, endless, "order.placed", cooperative_id=OTHER)
        await an_order(world, 2, cooperative_id=OTHER)
        (row,) = await deliveries(world, endless_id)
        assert (row["status"], row["attempts"][0]["answer"]) == ("delivered", "x" * 500)


async def test_redirects_are_not_followed(world_of: WorldOf) -> None:
    """Whoever answers with another address has not taken the message, and nobody goes there."""
    world = await a_village(world_of)
    async with Receiver() as receiver, Receiver() as inside:
        receiver.status, receiver.headers = 307, {"location": inside.url}
        endpoint_id, _ = await hook(world, receiver, "order.placed")
        await an_order(world)
    (row,) = await deliveries(world, endpoint_id)
    assert (row["status"], row["attempts"][0]["status_code"], inside.got) == ("waiting", 307, [])


async def test_what_a_dead_sender_held_is_taken_over(world_of: WorldOf) -> None:
    """Killed in the middle, a sender keeps its endpoint for a minute; then the same messages come with the same ids."""
    world = await a_village(world_of)
    service = _farmers(world)
    async with Receiver() as receiver:
        receiver.gate.clear()
        endpoint_id, _ = await hook(world, receiver, "order.placed")
        await world.publish(*(placed(f"order-{number}", line(ordered_g=100)) for number in range(3)))
        await world.settle(jobs=False)
        job = asyncio.create_task(send_waiting(service))
        while len(receiver.got) < 3:
            await asyncio.wait_for(receiver.arrived.wait(), 10)
            receiver.arrived.clear()
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        receiver.gate.set()
        world.clock.advance(timedelta(seconds=60))
        assert await send_waiting(service) == 0
        world.clock.advance(timedelta(seconds=1))
        assert await send_waiting(service) == 3
    assert sorted(receiver.ids()) == sorted([*set(receiver.ids())] * 2)
    assert {row["status"] for row in await deliveries(world, endpoint_id)} == {"delivered"}


async def test_who_wakes_up_late_writes_nothing(world_of: WorldOf) -> None:
    """What a sender learnt after another took its endpoint over is not written down."""
    world = await a_village(world_of)
    service = _farmers(world)
    patience = delivering.patience_of(service.settings)
    async with Receiver() as receiver:
        endpoint_id, _ = await hook(world, receiver, "order.placed")
        await world.publish(placed())
        await world.settle(jobs=False)
        async with service.begin() as uow:
            (late,) = await delivering.claim(uow, 9)
        async with service.begin() as uow:
            assert await delivering.claim(uow, 9) == []
        world.clock.advance(timedelta(seconds=61))
        assert await send_waiting(service) == 1
        failed = {message.delivery_id: Outcome(500, None, 1) for message in late.messages}
        async with service.begin() as uow:
            assert await delivering.record(uow, late, failed, uow.now, patience) is None
    (row,) = await deliveries(world, endpoint_id)
    assert (row["status"], [tried["status_code"] for tried in row["attempts"]]) == ("delivered", [204])


async def test_replicas_share_the_work(world_of: WorldOf) -> None:
    """Of several that look at the same moment each message is sent by one."""
    world = await a_village(world_of)
    service = _farmers(world)
    async with Receiver() as one, Receiver() as two:
        await hook(world, one, "order.placed")
        await hook(world, two, "order.placed", "order.declined")
        await world.publish(*(placed(f"order-{number}", line(ordered_g=100)) for number in range(12)))
        await world.settle(jobs=False)
        made = await asyncio.gather(*(send_waiting(service) for _ in range(3)))
        made.append(await send_waiting(service))
    assert sum(made) == 24
    assert len(set(one.ids())) == len(one.got) == len(set(two.ids())) == len(two.got) == 12


async def test_a_change_that_fails_tells_nobody(world_of: WorldOf) -> None:
    """Messages are written in the unit of work of what they tell: undone with it."""
    world = await a_village(world_of)
    client = world.client("farmers")
    async with Receiver() as receiver:
        endpoint_id, _ = await hook(world, receiver, "order.accepted")
        await an_order(world)
        twice = {"line_id": "line-1", "confirmed_g": 1}
        refused(await client.post("/orders/order-1/accept", json={"lines": [twice, twice]}), 422, "line-twice")
        key = {"Idempotency-Key": "tap"}
        await asyncio.gather(*(client.post("/orders/order-1/accept", json={}, headers=key) for _ in range(3)))
        await world.settle()
    assert len(await deliveries(world, endpoint_id)) == len(receiver.got) == 1


async def test_old_messages_are_forgotten(world_of: WorldOf) -> None:
    """After a month messages go with their attempts, and secrets that are over."""
    world = await a_village(world_of)
    async with Receiver() as receiver:
        endpoint_id, _ = await hook(world, receiver, "order.placed")
        await an_order(world)
        await post(world, f"/webhooks/{endpoint_id}/rotations")
        world.clock.advance(timedelta(days=30))
        await world.settle()
        assert len(await deliveries(world, endpoint_id)) == 1
        assert [each["number"] for each in (await endpoint(world, endpoint_id))["secrets"]] == [2]
        world.clock.advance(timedelta(seconds=1))
        await world.settle()
    assert await deliveries(world, endpoint_id) == []


def _certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's and the client's side of TLS for a name, trusted by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime.now(UTC) - timedelta(days=1)
    names = [x509.DNSName(name), x509.IPAddress(ip_address("127.0.0.9"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "tls.pem"
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


async def test_a_connection_goes_to_the_address_that_was_checked(world_of: WorldOf, tmp_path: Path) -> None:
    """A name is asked once: it cannot point elsewhere after it was checked, and TLS proves the name."""
    world = await a_village(world_of)
    service = _farmers(world)
    server, trusting = _certificate("hooks.example", tmp_path)
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async with Receiver(server) as receiver:
        ids, port = [], receiver.port
        for name in ("hooks.example", "other.example"):
            body = {"url": f"https://{name}:{port}/hook", "kinds": ["order.placed"]}
            new = await post(world, f"/cooperatives/{COOP}/webhooks", **body)
            ids.append(new["endpoint_id"])
        await world.publish(placed())
        await world.settle(jobs=False)
        await send(service, Sender(5.0, loopback=True, resolve=resolve, tls=trusting))
    assert sorted(asked) == ["hooks.example", "other.example"]
    (right,) = await deliveries(world, ids[0])
    (wrong,) = await deliveries(world, ids[1])
    assert (right["status"], receiver.got[0].headers["host"]) == ("delivered", f"hooks.example:{port}")
    assert (wrong["status"], wrong["attempts"][0]["error"], len(receiver.got)) == ("waiting", "not-trusted", 1)


async def test_a_name_that_points_inside_is_refused(world_of: WorldOf) -> None:
    """Every address of a name is looked at when it is sent to: one inside is enough to refuse."""
    world = await a_village(world_of)
    service = _farmers(world)

    async def resolve(host: str, port: int) -> list[str]:
        if host == "nowhere.example":
            raise OSError("no such name")
        return {"inside.example": ["10.0.0.1"], "both.example": ["203.0.113.9", "127.0.0.1"]}[host]

    errors = {}
    for name in ("inside", "both", "nowhere"):
        body = {"url": f"https://{name}.example/", "kinds": ["order.placed"]}
        errors[name] = (await post(world, f"/cooperatives/{COOP}/webhooks", **body))["endpoint_id"]
    await world.publish(placed())
    await world.settle(jobs=False)
    await send(service, Sender(5.0, resolve=resolve))
    for name, endpoint_id in errors.items():
        (row,) = await deliveries(world, endpoint_id)
        errors[name] = row["attempts"][0]["error"]
    assert errors == {"inside": "address-refused", "both": "address-refused", "nowhere": "unknown-host"}
