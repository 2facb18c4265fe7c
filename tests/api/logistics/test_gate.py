"""What two people see at the gate: photos, certificates, weights that lack, a broken cold chain; phones offline."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.logistics.photos.usecases import forget_unnamed
from shared.files import FilesUnavailable, LocalFiles
from tests.api.acts import acts_of
from tests.api.logistics.county import CHILLED, an_arrived_order, open_county
from tests.api.logistics.test_receipts import a_receipt
from tests.conftest import WorldOf
from tests.world import World, ok, refused

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40 + b"IEND\xaeB`\x82"


async def at_the_gate(world: World, **confirmed: Any) -> tuple[httpx.AsyncClient, str]:
    """Bring an order to the gate; return the client and the order's trip."""
    client = await open_county(world)
    return client, await an_arrived_order(world, "ord-1", **confirmed)


async def uploaded(client: httpx.AsyncClient) -> str:
    """Upload a photo and return its id."""
    photo = await ok(await client.post("/photos", content=PNG, headers={"content-type": "image/png"}))
    return str(photo["photo_id"])


def with_line(**line: Any) -> Any:
    """A receipt whose line says more."""
    body = a_receipt()
    body["lines"][0] |= line
    return body


async def test_what_was_seen_is_kept_with_its_photos(world_of: WorldOf) -> None:
    """A line keeps its photos, whether the certificate was seen, and where refused food went."""
    world = await world_of("logistics")
    client, _ = await at_the_gate(world)
    photo = await ok(await client.post("/photos", content=PNG, headers={"content-type": "image/png"}))
    seen = {"certificate_seen": True, "photo_ids": [photo["photo_id"]], "refused": "destroyed"}
    unknown = await client.post("/receipts", json=with_line(photo_ids=["nothing"]))
    assert refused(unknown, 404, "unknown-photo")["field"] == "lines.0.photo_ids.0"
    accepted = await client.post("/receipts", json=with_line(refused="destroyed"))
    assert refused(accepted, 422, "nothing-refused")["field"] == "lines.0.refused"
    body = with_line(accepted_g=9_000, reason="bruised", **seen)
    line = (await ok(await client.post("/receipts", json=body)))["lines"][0]
    assert {name: line[name] for name in seen} == seen
    assert line["refused_g"] == 1_000
    assert (await ok(await client.post("/receipts", json=body)))["version"] == 1
    shown = await client.get(f"/photos/{photo['photo_id']}")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    refused(
        await client.post("/photos", content=b"%PDF-1.4 %%EOF", headers={"content-type": "image/png"}), 422, "file-type"
    )
    refused(await client.get("/photos/nothing"), 404, "unknown-photo")
    (act,) = await acts_of(world, "logistics", "POST /photos")
    assert [each["object_id"] for each in act["changes"]] == [photo["photo_id"]], "who took it is on record"


async def test_a_photo_nobody_names_is_forgotten(world_of: WorldOf) -> None:
    """A photo waits thirty days for its receipt; one that is named stays."""
    world = await world_of("logistics")
    client, _ = await at_the_gate(world)
    service = world.services["logistics"]
    named, other = await uploaded(client), await uploaded(client)
    await ok(await client.post("/receipts", json=with_line(photo_ids=[named])))
    world.clock.advance(timedelta(days=30))
    assert await forget_unnamed(service) == 0
    assert (await client.get(f"/photos/{other}")).status_code == 200
    world.clock.advance(timedelta(seconds=1))
    assert await forget_unnamed(service) == 1
    refused(await client.get(f"/photos/{other}"), 404, "unknown-photo")
    assert (await client.get(f"/photos/{named}")).content == PNG
    assert [one.name for one in (service.settings.var / "files").rglob("*") if one.is_file()] == [named]


async def test_a_photo_that_is_gone_is_named_no_more(world_of: WorldOf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is away keeps a photo's content for later, and brings the photo back for nobody."""
    world = await world_of("logistics")
    client, _ = await at_the_gate(world)
    photo = await uploaded(client)
    world.clock.advance(timedelta(days=31))
    service = world.services["logistics"]
    with monkeypatch.context() as away:
        away.setattr(LocalFiles, "delete", _unavailable)
        with pytest.raises(FilesUnavailable):
            await forget_unnamed(service)
    late = await client.post("/receipts", json=with_line(photo_ids=[photo]))
    assert refused(late, 404, "unknown-photo")["field"] == "lines.0.photo_ids.0"
    refused(await client.get(f"/photos/{photo}"), 404, "unknown-photo")
    assert [await forget_unnamed(service), await forget_unnamed(service)] == [1, 0]


async def _unavailable(*_: object) -> None:
    raise FilesUnavailable("the store is away")


async def test_what_is_refused_goes_back_unless_it_is_destroyed(world_of: WorldOf) -> None:
    """Refused food is a return where nothing else is said, and saying so again is the same receipt."""
    world = await world_of("logistics")
    client, _ = await at_the_gate(world)
    first = await ok(await client.post("/receipts", json=a_receipt(accepted_g=9_000)))
    assert first["lines"][0]["refused"] == "returned"
    again = with_line(accepted_g=9_000, reason="bruised", refused="returned")
    assert await ok(await client.post("/receipts", json=again)) == first


@pytest.mark.parametrize(
    ("rows", "received_g", "allowed"),
    [
        ([], 1, True),
        ([("potato", "2026-11-01", 20)], 9_800, True),
        ([("potato", "2026-11-01", 20)], 9_799, False),
        ([("potato", "2026-12-01", 20)], 1, True),
        ([("potato", "2026-11-01", 20), ("potato", "2026-11-30", 50)], 9_500, True),
        ([(None, "2026-11-01", 10), ("potato", "2026-11-01", 300)], 7_000, True),
        ([(None, "2026-11-01", 10), ("pakchoi", "2026-11-01", 300)], 9_800, False),
    ],
)
async def test_more_may_not_lack_than_the_tolerance_of_the_day(
    world_of: WorldOf, rows: list[tuple[str | None, str, int]], received_g: int, allowed: bool
) -> None:
    """What lacks beyond the tolerance of the delivery day needs a reason; a food's own goes before that of all."""
    world = await world_of("logistics")
    client, _ = await at_the_gate(world)
    told = [{"food_code": code, "valid_from": day, "permille": permille} for code, day, permille in rows]
    taken = await ok(await client.put("/weight-tolerances", json={"rows": told}))
    assert (taken["created"], taken["refused"]) == (len(rows), [])
    answer = await client.post("/receipts", json=a_receipt(received_g=received_g))
    if not allowed:
        assert refused(answer, 422, "over-tolerance")["field"] == "lines.0.reason"
        answer = await client.post(
            "/receipts", json=with_line(received_g=received_g, accepted_g=received_g, reason="wet")
        )
    assert (await ok(answer))["accepted_g"] == received_g


async def test_tolerances_are_dated_and_said_once(world_of: WorldOf) -> None:
    """Tolerances said again change nothing; bad rows are named and good ones taken."""
    world = await world_of("logistics")
    client = world.client("logistics")
    row = {"food_code": "potato", "valid_from": "2026-11-01", "permille": 20}
    await ok(await client.put("/weight-tolerances", json={"rows": [row]}))
    again = await ok(await client.put("/weight-tolerances", json={"rows": [row, row | {"permille": 1001}]}))
    assert (again["created"], again["changed"], again["unchanged"], len(again["refused"])) == (0, 0, 1, 1)
    changed = await ok(await client.put("/weight-tolerances", json={"rows": [row | {"permille": 30}]}))
    assert (changed["created"], changed["changed"]) == (0, 1)
    assert (await ok(await client.get("/weight-tolerances")))["items"] == [row | {"permille": 30}]


async def test_a_phone_s_time_is_kept_beside_ours(world_of: WorldOf) -> None:
    """A receipt captured offline keeps the phone's time beside ours; sent twice it is one; bad clocks are refused."""
    world = await world_of("logistics")
    client, _ = await at_the_gate(world)
    now = world.clock.now()
    for captured_at, rule in ((now + timedelta(days=365), "clock-ahead"), (now.replace(year=1970), "clock-behind")):
        answer = await client.post("/receipts", json=a_receipt(captured_at=captured_at.isoformat()))
        assert refused(answer, 422, rule)["field"] == "captured_at"
    world.clock.advance(timedelta(days=7, hours=3))
    captured = (world.clock.now() - timedelta(hours=2)).isoformat()
    sent = [await client.post("/receipts", json=a_receipt(captured_at=captured)) for _ in range(2)]
    first, again = [await ok(answer) for answer in sent]
    assert first == again
    (version,) = first["versions"]
    assert version["captured_at"] == captured.replace("+00:00", "Z")
    assert version["signed_at"] == world.clock.now().isoformat().replace("+00:00", "Z")


async def test_what_was_held_is_accepted_after_an_inspection(world_of: WorldOf) -> None:
    """Where the cold chain broke, nothing is accepted before an inspection is written down; refusing is free."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await an_arrived_order(world, "ord-1", temperature_class=CHILLED)
    at = world.clock.now()
    points = [
        {
            "sequence": n,
            "at": (at + timedelta(minutes=10 * n)).isoformat(),
            "lat": 28.1,
            "lon": 109.1,
            "temperature_c": 19.0,
        }
        for n in range(4)
    ]
    world.clock.advance(timedelta(minutes=40))
    await ok(await client.post(f"/trips/{trip_id}/points", json={"device_id": "dev-1", "points": points}))
    assert (await ok(await client.get("/consignments/ord-1")))["hold"] is True
    assert refused(await client.post("/receipts", json=a_receipt()), 422, "inspection-needed")["field"] == "inspection"
    taken = await ok(await client.post("/receipts", json=a_receipt(inspection="core at 6 °C, firm, no smell")))
    assert (taken["hold"], taken["versions"][0]["inspection"]) == (True, "core at 6 °C, firm, no smell")
    amended = {"reason": "spoilt after all", "signers": ["cook-1", "teacher-2"]}
    spoilt = a_receipt(accepted_g=0)["lines"]
    answer = await client.put(f"/receipts/{taken['receipt_id']}", json=amended | {"lines": spoilt})
    assert (await ok(answer))["accepted_g"] == 0
