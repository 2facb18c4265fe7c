"""Photos of harvests: named by who brought them in, seen by everybody, taken back."""

from datetime import timedelta

import httpx

from services.farmers.files.usecases import forget_unattached
from tests.api.farmers.builders import a_county, lot, post
from tests.conftest import WorldOf
from tests.people import canteen, clerk
from tests.unit.shared.test_pictures import KEPT, LEFT, photo
from tests.world import World, ok, refused

PHOTO = photo(*KEPT, *LEFT)


async def uploaded(world: World, data: bytes = PHOTO, kind: str = "image/jpeg") -> str:
    """Keep a file; returns its id."""
    sent = await world.client("farmers").post("/files", content=data, headers={"content-type": kind})
    return str((await ok(sent))["file_id"])


async def name(world: World, file_id: str | None, who: str = "coop-1") -> httpx.Response:
    """Name a photo of the lot, as a cooperative's clerk."""
    client = world.client("farmers", as_=clerk(who))
    return await client.put("/lots/lot-1/photo", json={"file_id": file_id})


async def a_lot(world_of: WorldOf) -> World:
    """A cooperative with two lots."""
    world = await world_of("farmers")
    await a_county(world)
    await post(world, "/lots", **lot())
    await post(world, "/lots", **lot(lot_id="lot-2", certificate_no="C-2"))
    return world


async def test_everybody_sees_the_picture_and_nothing_else(world_of: WorldOf) -> None:
    """Without a token, without what the camera wrote; which lots have one is told in one question."""
    world = await a_lot(world_of)
    await ok(await name(world, await uploaded(world)))
    nobody = world.client("farmers", as_=None)
    listed = await ok(await nobody.get("/lot-photos", params={"lot_id": ["lot-1", "lot-2", "lot-9"]}))
    assert listed == {"lot_ids": ["lot-1"]}
    shown = await nobody.get("/lot-photos/lot-1")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.content == photo(*KEPT)
    assert (await nobody.get("/lot-photos/lot-2")).status_code == 404


async def test_it_is_kept_while_it_is_named(world_of: WorldOf) -> None:
    """A week later it is there; another one takes its place; taken back it is gone for everybody, and then for good."""
    world = await a_lot(world_of)
    service, nobody = world.services["farmers"], world.client("farmers", as_=None)
    first, second = await uploaded(world), await uploaded(world, photo(KEPT[0]))
    for _ in range(2):
        await ok(await name(world, first))
    world.clock.advance(timedelta(days=7))
    assert await forget_unattached(service) == 1  # the second, which nobody had named in time
    second = await uploaded(world, photo(KEPT[0]))
    await ok(await name(world, second))
    assert (await nobody.get("/lot-photos/lot-1")).content == photo(KEPT[0])
    await ok(await name(world, None))
    assert (await nobody.get("/lot-photos/lot-1")).status_code == 404
    world.clock.advance(timedelta(days=7))
    assert await forget_unattached(service) == 2
    assert (await world.client("farmers").get(f"/files/{second}")).status_code == 404


async def test_who_names_it(world_of: WorldOf) -> None:
    """The cooperative's own clerk and nobody else, a JPEG that is there and nothing else, of a lot that is there."""
    world = await a_lot(world_of)
    file_id = await uploaded(world)
    assert (await name(world, file_id, "coop-2")).status_code in (403, 404)
    school = world.client("farmers", as_=canteen("sch-1"))
    assert (await school.put("/lots/lot-1/photo", json={"file_id": file_id})).status_code == 403
    refused(await name(world, "no-such-file"), 404, "unknown-file")
    paper = await uploaded(world, b"%PDF-1.4\n(fictional)\n%%EOF\n", "application/pdf")
    refused(await name(world, paper), 422, "no-photo")
    client = world.client("farmers")
    refused(await client.put("/lots/lot-9/photo", json={"file_id": file_id}), 404, "unknown-lot")
    refused(await client.put("/lots/lot-1/photo", json={"file_id": "🥬"}), 422, "invalid-input")
    refused(await client.get("/lot-photos"), 422, "invalid-input")
