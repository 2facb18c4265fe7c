"""Photos of dishes: put by the county, seen by its kitchens, replaced, taken back."""

from pathlib import Path

import httpx
import pytest

from tests import builders as b
from tests.api.acts import acts_of
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.people import canteen, nutritionist, official
from tests.unit.shared.test_pictures import FRAME, KEPT, LEFT, photo, segment
from tests.world import World, ok, refused

SIZED = segment(0xC0, FRAME)
PHOTO, OTHER = photo(*KEPT, *LEFT, SIZED), photo(KEPT[0], SIZED)
FAR = "520602"
HERE = {"county_code": b.COUNTY}


async def a_school(world_of: WorldOf) -> World:
    """Sch-1 cooks in one county, sch-9 in another."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/canteens", b.a_canteen(9, county_code=FAR))
    return school.world


async def put(world: World, data: bytes = PHOTO, kind: str = "image/jpeg", county: str = b.COUNTY) -> httpx.Response:
    """Put a photo of the dish d01, as a county's nutritionist."""
    client = world.client("nutrition", as_=nutritionist(county))
    headers = {"content-type": kind}
    return await client.put("/dishes/d01/photo", params={"county_code": county}, content=data, headers=headers)


def kept(world: World) -> list[Path]:
    """The files that are in the store."""
    settings = world.services["nutrition"].settings
    return sorted(path for path in (settings.files or settings.var / "files").rglob("*") if path.is_file())


async def test_kitchens_see_their_countys_photo(world_of: WorldOf) -> None:
    """Its size stands where the dish does, in lists too; the picture has nothing that a camera wrote beside it."""
    world = await a_school(world_of)
    told = await ok(await put(world))
    assert (told["width_px"], told["height_px"]) == (320, 240)
    cook, far = (world.client("nutrition", as_=canteen(name)) for name in ("sch-1", "sch-9"))
    for path in ("/dishes/d01", "/dishes"):
        answer = await ok(await cook.get(path, params={"canteen_id": "sch-1"}))
        assert answer.get("items", [answer])[0]["photo"] == told
    assert (await ok(await far.get("/dishes/d01", params={"canteen_id": "sch-9"})))["photo"] is None
    shown = await cook.get("/dishes/d01/photo", params={"canteen_id": "sch-1"})
    assert (shown.content, shown.headers["content-type"]) == (photo(*KEPT, SIZED), "image/jpeg")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert (await far.get("/dishes/d01/photo", params={"canteen_id": "sch-9"})).status_code == 404
    assert (await far.get("/dishes/d01/photo", params=HERE)).status_code in (403, 404)


async def test_it_is_replaced_and_taken_back(world_of: WorldOf) -> None:
    """Of what was put the last is kept and nothing else; the same again is the same; taken back twice is once.

    Who did so is recorded.
    """
    world = await a_school(world_of)
    first = await ok(await put(world))
    assert await ok(await put(world)) == first
    assert len(kept(world)) == 1
    second = await ok(await put(world, OTHER))
    assert second["photo_id"] != first["photo_id"]
    assert [path.read_bytes() for path in kept(world)] == [OTHER]
    await ok(await put(world, county=FAR))
    client = world.client("nutrition", as_=nutritionist(b.COUNTY))
    for _ in range(2):
        assert (await client.delete("/dishes/d01/photo", params=HERE)).status_code == 204
    assert (await ok(await client.get("/dishes/d01", params=HERE)))["photo"] is None
    assert len(kept(world)) == 1  # the other county's
    for method, changed in (("PUT", [1, 1, 0, 1]), ("DELETE", [0, 1])):
        acts = await acts_of(world, "nutrition", f"{method} /dishes/{{dish_code}}/photo")
        assert [len(act["changes"]) for act in acts] == changed


async def test_who_puts_it(world_of: WorldOf) -> None:
    """The county's nutritionist for that county; kitchens and officials do not, and nobody for another county."""
    world = await a_school(world_of)
    for who in (canteen("sch-1"), official(b.COUNTY), nutritionist(FAR)):
        client = world.client("nutrition", as_=who)
        headers = {"content-type": "image/jpeg"}
        sent = await client.put("/dishes/d01/photo", params=HERE, content=PHOTO, headers=headers)
        assert sent.status_code in (403, 404)
        assert (await client.delete("/dishes/d01/photo", params=HERE)).status_code in (403, 404)


@pytest.mark.parametrize(
    ("data", "kind", "status", "rule"),
    [
        (b"", "image/jpeg", 422, "empty-file"),
        (b"%PDF-1.4\n%%EOF\n", "image/jpeg", 422, "no-photo"),
        (photo(*KEPT), "image/jpeg", 422, "no-photo"),
        (PHOTO[:-4], "image/jpeg", 422, "file-cut-off"),
        (
            photo(SIZED, segment(0xDB, b"\x00" * 60_000), segment(0xDB, b"\x00" * 60_000)),
            "image/jpeg",
            422,
            "dish-photo-too-large",
        ),
        (PHOTO, "image/png", 415, "wrong-media-type"),
    ],
)
async def test_what_is_no_photo_of_a_dish(world_of: WorldOf, data: bytes, kind: str, status: int, rule: str) -> None:
    """A JPEG that says its size and is small, and nothing else; nothing of what is refused stays."""
    world = await a_school(world_of)
    refused(await put(world, data, kind), status, rule)
    assert kept(world) == []


async def test_only_of_dishes(world_of: WorldOf) -> None:
    """A dish nobody knows has no photo, and without a county nobody knows which is meant."""
    world = await a_school(world_of)
    client = world.client("nutrition", as_=nutritionist(b.COUNTY))
    headers = {"content-type": "image/jpeg"}
    sent = await client.put("/dishes/d99/photo", params=HERE, content=PHOTO, headers=headers)
    refused(sent, 404, "unknown-dish")
    assert kept(world) == []
    assert (await client.put("/dishes/d01/photo", content=PHOTO, headers=headers)).status_code in (403, 422)
    refused(await world.client("nutrition").get("/dishes/d01/photo"), 422, "county-missing")
