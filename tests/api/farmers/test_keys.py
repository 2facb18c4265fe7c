"""Keys are changed: all that is sealed is sealed anew, while the service works, and then nothing needs the old one."""

import asyncio
from typing import Any

from pydantic import SecretStr
from rich.progress import Progress
from sqlalchemy import update

from services.commands.rotate_keys import Changed, check_keys, rotate_keys
from services.farmers.people.queries import person as people
from services.farmers.sealed import SEALED
from services.farmers.tables import Table
from shared.resealing import count, reseal
from shared.sealing import Sealer, new_key
from shared.service import Service
from shared.settings import Settings
from tests.api.farmers.builders import COOP, a_county, post, put
from tests.api.farmers.test_admissions import as_applicant, submit
from tests.api.farmers.test_people import ACCOUNT, NAME, PHONE, person, stored
from tests.conftest import WorldOf
from tests.world import World, ok

NEW = new_key("newer")
NUMBER = "fictional-0001"


async def a_full_house(world: World) -> tuple[str, str]:
    """One of everything that is sealed; returns the ids of an application and of a webhook."""
    await a_county(world)
    await put(world, "/household-people", *(person(f"hh-{number}") for number in range(1, 5)))
    assert await registered(world) == {"created": 0, "changed": 0, "unchanged": 1}
    client = world.client("farmers")
    contact = {"role": "clerk", "name": NAME, "phone": PHONE}
    await ok(await client.put(f"/cooperatives/{COOP}/contacts", json={"contacts": [contact]}))
    await ok(await client.put(f"/cooperatives/{COOP}/account", json=ACCOUNT))
    body = {"url": "https://village.example/hook", "kinds": ["order.placed"]}
    hook = await ok(await client.post(f"/cooperatives/{COOP}/webhooks", json=body))
    return (await submit(world))["application_id"], hook["endpoint_id"]


async def registered(world: World, household_id: str = "hh-1") -> Any:
    """Take a registry's row of a household by its number; returns what became of what it says of the person."""
    sheet = f"household_id,registry_no,name,phone\n{household_id},{NUMBER},{NAME},{PHONE}\n".encode()
    headers = {"content-type": "text/csv"}
    answer = await ok(await world.client("farmers").post("/household-registry/import", content=sheet, headers=headers))
    return {name: answer["people"][name] for name in ("created", "changed", "unchanged")}


def keys_of(service: Service) -> str:
    """The keys a service was opened with."""
    kept = service.settings.secret_keys
    return (service.settings.var / "secret.keys").read_text() if kept is None else kept.get_secret_value()


def settings_with(service: Service, keys: str) -> Settings:
    """The settings of whoever changes the keys of a service."""
    said = {"var": service.settings.var, "database_url": service.settings.database_url}
    return Settings.model_validate(said | {"secret_keys": SecretStr(keys)})


async def run(change: Any, service: Service, keys: str) -> Changed:
    """Change the keys of a service, or check them, as the command does."""
    with Progress(disable=True) as bar:
        changed: Changed = await change(settings_with(service, keys), ["farmers"], bar)
    return changed


def test_every_sealed_column_is_known() -> None:
    """A column that ends in `_sealed` changes with the keys, or the old one could never go."""
    columns = {column for table in Table.metadata.sorted_tables for column in table.columns}
    sealed = {column for column in columns if column.name.endswith("_sealed")}
    assert sealed
    assert sealed <= {each.column for each in SEALED}


async def test_everything_is_sealed_anew_and_the_old_key_may_go(world_of: WorldOf) -> None:
    """While people go on being named everything gets the new key; with that alone all is found and opens as before."""
    world = await world_of("farmers")
    application_id, endpoint_id = await a_full_house(world)
    service = world.services["farmers"]
    both = f"{NEW},{keys_of(service)}"
    service.sealer = Sealer.of_text(both)
    before = await run(check_keys, service, both)
    assert len(before.closed) == before.texts == 19
    changing = asyncio.to_thread(asyncio.run, run(rotate_keys, service, both))  # as a process of its own does
    changed, _ = await asyncio.gather(changing, put(world, "/household-people", person(name="虚构孙"), person("hh-9")))
    assert changed.closed == []
    assert (await run(rotate_keys, service, both)).texts == 0
    after = await run(check_keys, service, both)
    assert (after.closed, after.text) == ([], "21 of 21 texts open with newer alone")

    service.sealer = Sealer.of_text(NEW)
    client = world.client("farmers")
    await post(world, "/households/hh-2/disclosures", asked_by="a", reason="b")
    assert (await ok(await client.get("/households/hh-1/person")))["phone"] == "*******1234"
    assert await registered(world, "") == {"created": 0, "changed": 1, "unchanged": 0}
    assert (await ok(await client.get(f"/cooperatives/{COOP}/contacts")))["contacts"][0]["name"] == NAME
    assert (await ok(await client.get(f"/cooperatives/{COOP}/account")))["account"]["number"] == "************4321"
    assert (await as_applicant(world, "GET", f"/applications/{application_id}")).status_code == 200
    assert (
        await as_applicant(world, "GET", f"/applications/{application_id}", "another-0123456789")
    ).status_code == 404
    assert (await post(world, f"/webhooks/{endpoint_id}/secret"))["secret"].startswith("whsec_")
    if service.database.dialect == "sqlite":
        assert "'newer." in stored(world)
        assert "'local." not in stored(world)


async def test_who_is_stopped_goes_on_where_it_was(world_of: WorldOf) -> None:
    """Stopped after one of four names, three are left; sealed anew they are not touched again."""
    world = await world_of("farmers")
    await a_full_house(world)
    service = world.services["farmers"]
    sealer = Sealer.of_text(f"{NEW},{keys_of(service)}")
    names = next(each for each in SEALED if each.column is people.c.name_sealed)
    changing = reseal(service.database, names, sealer, batch=1)
    await anext(changing)
    await changing.aclose()  # type: ignore[attr-defined]
    assert await count(service.database, names, "newer") == 3
    assert [batch.texts async for batch in reseal(service.database, names, sealer, batch=2)] == [2, 1]
    assert await count(service.database, names, "newer") == 0


async def test_what_does_not_open_is_named_and_left(world_of: WorldOf) -> None:
    """A text that was moved to another row, or whose key is gone, is named; everything else is sealed anew."""
    world = await world_of("farmers")
    await a_full_house(world)
    service = world.services["farmers"]
    both = f"{NEW},{keys_of(service)}"
    lost = Sealer.of_text(new_key("lost")).seal(NAME, "household_person.name:hh-2")
    async with service.begin() as uow:
        moved = update(people).where(people.c.household_id == "hh-1").values(name_sealed=people.c.phone_sealed)
        await uow.session.execute(moved)
        gone = update(people).where(people.c.household_id == "hh-2").values(name_sealed=lost)
        await uow.session.execute(gone)
    closed = ["household_person.name:hh-1", "household_person.name:hh-2"]
    assert (await run(rotate_keys, service, both)).closed == closed
    checked = await run(check_keys, service, both)
    assert (checked.closed, checked.texts) == (closed, 19)


async def test_an_index_that_does_not_find_its_text_is_named(world_of: WorldOf) -> None:
    """A registry number nobody finds any more would make its household a second one: the check says so."""
    world = await world_of("farmers")
    await a_full_house(world)
    service = world.services["farmers"]
    numbers = next(each for each in SEALED if each.found_by is not None)
    assert numbers.found_by is not None
    async with service.begin() as uow:
        await uow.session.execute(update(numbers.column.table).values({numbers.found_by[0]: "0" * 64}))
    assert (await run(check_keys, service, keys_of(service))).closed == ["registry_number.number:hh-1"]
