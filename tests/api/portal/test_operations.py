"""How the system stands, as administrators see it."""

from sqlalchemy import insert

from shared.database import open_database
from shared.messaging.tables import dead_letter
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import administrator, auditor, clerk, official
from tests.world import START, World, ok, refused

ENGLISH = {"Accept-Language": "en"}
OK = 'class="status ok">'
ALL = ("nutrition", "farmers", "procurement", "logistics", "identity", "portal")


async def _die(world: World, service: str) -> None:
    """Leave a dead letter in a service's database."""
    place = {"topic": "t", "partition": 0, "offset": 1, "key": "k", "headers": [], "value": b"{}"}
    async with world.services[service].begin() as uow:
        await uow.session.execute(insert(dead_letter), [place | {"error": "ValueError()", "died_at": START}])


async def test_each_part_says_how_it_stands(world_of: WorldOf) -> None:
    """Every service is there by name and word; what could not be handled comes first, with the command that helps."""
    world = await world_of(*ALL)
    await _die(world, "procurement")
    page = await portal_of(world, administrator("520628")).get("/operations", headers=ENGLISH)
    assert page.status_code == 200, page.text
    shown = [page.text.index(f"<code>{name}</code>") for name in ("procurement", *ALL[:2])]
    assert shown == sorted(shown)
    assert "Events that could not be handled: 1." in page.text
    assert "python -m services dead-letters list" in page.text
    assert page.text.count(f"{OK}Works</span>") == 5
    assert "docs/operations.md#the-tool" in page.text


async def test_a_part_that_is_away_says_so(world_of: WorldOf) -> None:
    """One service down: its card says so, and the others are shown."""
    world = await world_of(*ALL)
    world.away("logistics")
    page = await portal_of(world, administrator()).get("/operations", headers={"Accept-Language": "zh"})
    assert page.status_code == 200
    assert "没有应答" in page.text
    assert page.text.count(f"{OK}正常</span>") == 5


async def test_only_administrators_see_it(world_of: WorldOf) -> None:
    """A clerk and an official keep no machines running."""
    world = await world_of("farmers", "portal")
    for who in (clerk("coop-1"), official("520628")):
        assert (await portal_of(world, who).get("/operations")).status_code == 403
        refused(await world.client("farmers", as_=who).get("/operations"), 403, "role-not-allowed")
    assert (await portal_of(world, None).get("/operations")).headers["location"].startswith("/sign-in")


async def test_a_service_tells_what_the_tool_tells(world_of: WorldOf) -> None:
    """The route tells what `services status` reads from the database, to administrators and auditors."""
    world = await world_of("farmers")
    await _die(world, "farmers")
    for who in (administrator("520628"), auditor()):
        told = await ok(await world.client("farmers", as_=who).get("/operations"))
        assert told["service"] == "farmers"
        assert told["ready"] is True
        assert told["waiting"]["dead_letters"] == 1
        assert told["version"] == (await ok(await world.client("farmers", as_=None).get("/livez")))["version"]


async def test_a_database_that_is_away_is_told(world_of: WorldOf) -> None:
    """While its database does not answer, a service says that, instead of nothing."""
    world = await world_of("farmers")
    service = world.services["farmers"]
    client = world.client("farmers", as_=administrator())
    there = service.database
    service.database = open_database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    told = await ok(await client.get("/operations"))
    await service.database.close()
    service.database = there
    assert told["ready"] is False
    assert told["checks"]["database"] != "ok"
    assert told["waiting"] is None
