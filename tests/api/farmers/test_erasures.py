"""A household is forgotten on request: who it is, not what it earned; and nobody brings it back by accident."""

import asyncio
from typing import Any

from services.farmers.erasures import usecases
from services.farmers.people.domain import Person
from services.farmers.people.usecases import put_people
from services.farmers.registry.client import Changes
from services.farmers.registry.following import take_page
from tests.api.farmers.builders import COOP, a_county, lot, post, put
from tests.api.farmers.test_people import NAME, PHONE, person, stored
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NUMBER = "fictional-520628-0001"
ASKED = {"asked_by": "clerk-7", "reason": "moved away and asked for it"}


async def load(world: World, *lines: str) -> Any:
    """Take a registry's extract."""
    header = "household_id,registry_no,cooperative_id,town_code,name,phone,status,from_day,source"
    sheet = "\n".join([header, *lines, ""]).encode()
    headers = {"content-type": "text/csv"}
    return await ok(await world.client("farmers").post("/household-registry/import", content=sheet, headers=headers))


async def a_known_household(world: World) -> None:
    """`hh-1` with a name, a number and a lot of which it brought a part."""
    await a_county(world)
    await load(world, f"hh-1,{NUMBER},,,{NAME},{PHONE},,,")
    await post(world, "/lots", **lot(contributions={"hh-1": 20_000}))


def _said(taken: Any) -> list[tuple[str, str]]:
    return [(each["field"], each["rule"]) for each in taken["refused"]]


async def test_who_it_is_is_forgotten_and_what_it_earned_stays(world_of: WorldOf) -> None:
    """Name, phone and number go; pseudonym, membership, status and lots stay, and who asked, why and when is kept."""
    world = await world_of("farmers")
    await a_known_household(world)
    client = world.client("farmers")
    before = [
        await ok(await client.get(path)) for path in ("/households/hh-1", "/lots/lot-1", "/households/hh-1/income")
    ]
    done = await post(world, "/households/hh-1/erasures", **ASKED)
    assert (done["household_id"], done["asked_by"], done["lifted_at"]) == ("hh-1", "clerk-7", None)
    refused(await client.get("/households/hh-1/person"), 404, "unknown-household-person")
    refused(await client.post("/households/hh-1/disclosures", json=ASKED), 404, "unknown-household-person")
    after = [
        await ok(await client.get(path)) for path in ("/households/hh-1", "/lots/lot-1", "/households/hh-1/income")
    ]
    assert after == before
    listed = (await ok(await client.get("/households/hh-1/erasures")))["items"]
    assert listed == [done]
    refused(await client.post("/households/hh-1/erasures", json=ASKED), 409, "household-erased")
    refused(await client.post("/households/hh-404/erasures", json=ASKED), 404, "unknown-household")
    refused(await client.get("/households/hh-404/erasures"), 404, "unknown-household")


async def test_a_registry_does_not_bring_it_back(world_of: WorldOf) -> None:
    """By its pseudonym it gets its status and no name, by its number nothing: neither back nor as a second one."""
    world = await world_of("farmers")
    await a_known_household(world)
    await post(world, "/households/hh-1/erasures", **ASKED)
    place = f"{COOP},520628103"
    taken = await load(world, f"hh-1,,,,{NAME},{PHONE},monitored,2026-01-01,fictional registry")
    assert (_said(taken), taken["people"]["created"], taken["statuses"]["created"]) == (
        [("name", "household-erased")],
        0,
        1,
    )
    for row in (
        f",{NUMBER},{place},{NAME},,,,",
        f",{NUMBER},{place},,,,,",
        f"hh-1,{NUMBER},,,,,,,",
        "hh-1,another,,,,,,,",
    ):
        taken = await load(world, row)
        assert _said(taken) == [("registry_no", "household-erased")]
        assert taken["households"]["created"] == 0
    assert (await put(world, "/household-people", person()))["refused"][0]["rule"] == "household-erased"
    service = world.services["farmers"]
    page = {"items": [{"registry_no": NUMBER, "cooperative_id": COOP, "town_code": "520628103"}], "cursor": "1"}
    async with service.begin() as uow:
        await take_page(uow, service.sealer, "outside", None, Changes.model_validate(page))
    seen = (await ok(await world.client("farmers").get("/household-registry/refusals")))["items"]
    assert [(one["household_id"], one["rule"]) for one in seen] == [(None, "household-erased")]
    assert (await ok(await world.client("farmers").get(f"/cooperatives/{COOP}/households")))["households"] == 4


async def test_it_is_known_again_when_it_asks(world_of: WorldOf) -> None:
    """Lifted, with its number, the registry names it as before; that is kept, too, and it may be erased once more."""
    world = await world_of("farmers")
    await a_known_household(world)
    client = world.client("farmers")
    at = "/households/hh-1/erasures"
    refused(await client.post(f"{at}/lift", json=ASKED), 404, "unknown-erasure")
    await post(world, at, **ASKED)
    back: dict[str, Any] = {"asked_by": "clerk-8", "reason": "came back"}
    refused(await client.post(f"{at}/lift", json=back | {"registry_no": "never"}), 422, "number-not-erased")
    lifted = await post(world, f"{at}/lift", **back, registry_no=NUMBER)
    assert (lifted["asked_by"], lifted["lifted_by"], lifted["lifted_reason"]) == ("clerk-7", "clerk-8", "came back")
    taken = await load(world, f"hh-1,{NUMBER},,,{NAME},{PHONE},,,")
    assert (taken["people"]["created"], _said(taken)) == (1, [])
    await post(world, at, **ASKED)
    assert [one["lifted_by"] for one in (await ok(await client.get(at)))["items"]] == ["clerk-8", None]
    assert _said(await load(world, f"hh-1,{NUMBER},,,,,,,")) == [("registry_no", "household-erased")]


async def test_nothing_of_it_is_left_in_the_database(world_of: WorldOf) -> None:
    """Its name and number are gone, sealed ones too; of the number there is a keyed trace without a link to it."""
    world = await world_of("farmers")
    await a_known_household(world)
    await post(world, "/households/hh-1/erasures", **ASKED)
    kept = stored(world)
    for private in (NAME, PHONE, NUMBER):
        assert private not in kept
    assert not [line for line in kept.splitlines() if line.startswith('INSERT INTO "household_person"')]
    assert not [line for line in kept.splitlines() if line.startswith('INSERT INTO "registry_number"')]
    (trace,) = [line for line in kept.splitlines() if line.startswith('INSERT INTO "erased_number"')]
    assert "hh-1" not in trace


async def test_named_and_erased_at_once_it_stays_erased(world_of: WorldOf) -> None:
    """Whoever says the name at the moment of the erasure is either before it, and erased with it, or refused."""
    world = await world_of("farmers")
    await a_known_household(world)
    service = world.services["farmers"]

    async def name_it() -> None:
        async with service.begin() as uow:
            await put_people(uow, service.sealer, [(0, Person("hh-1", "虚构孙"))])

    async def erase_it() -> None:
        async with service.begin() as uow:
            await usecases.erase(uow, service.sealer, "hh-1", "clerk-7", "asked for it")

    await asyncio.gather(name_it(), erase_it(), name_it())
    refused(await world.client("farmers").get("/households/hh-1/person"), 404, "unknown-household-person")
