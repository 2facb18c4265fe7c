"""A copy that is wrong, or was lost, is built again from what its owner knows, while everything works."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, select, update

from services.__main__ import parse
from services.commands.rebuild import run
from shared.copies import Copy
from shared.errors import DomainError, NotFound
from shared.service import Service
from shared.settings import Settings
from tests import builders as b
from tests.api.farmers.test_contracts import agreed
from tests.api.procurement.test_prices import price
from tests.commands import BY, acts_of, asked
from tests.conftest import SERVICES, WorldOf
from tests.journeys.county import County
from tests.world import World, ok

OWN = {"allocated_g"}
"""What a service itself keeps beside a copy; who loses it with the row has lost it."""


def copies_of(service: str) -> dict[str, Copy]:
    """Return the copies a service keeps, by name."""
    copies: dict[str, Copy] = import_module(f"services.{service}.copies").COPIES
    return copies


EVERY = [(service, name) for service in SERVICES for name in copies_of(service)]


async def a_county_with_everything(world_of: WorldOf) -> World:
    """A county in which there is one of all that is copied; one offer is withdrawn."""
    world = await world_of(*SERVICES)
    county = County(world)
    await county.set_up()
    farmers = world.client("farmers")
    await ok(await farmers.post("/contracts", json=agreed(cooperative_id="coop-a", food_code="cabbage")))
    await ok(await farmers.post("/offers/off-b-pork/withdraw"))
    await ok(await farmers.post("/lots", json=county.a_lot("a", "rice", "2026-11-22", 10_000)))
    await county.put("procurement", "/reference-prices", price())
    await world.settle()
    return world


async def said(world: World, service: str, name: str) -> list[dict[str, Any]]:
    """Return what a service's copy says."""
    return await rows_of(world.services[service], copies_of(service)[name])


async def rows_of(service: Service, copy: Copy) -> list[dict[str, Any]]:
    """Return what a copy says, but for how often it was told."""
    found = []
    async with service.begin(read_only=True) as uow:
        for table in copy.tables:
            statement = select(table).order_by(*table.primary_key)
            for row in await uow.session.execute(statement if copy.where is None else statement.where(copy.where)):
                found.append({name: value for name, value in row._mapping.items() if name != "version"})
    return found


async def spoil(service: Service, copy: Copy) -> None:
    """Let the rows of a copy say something else, as highly versioned as they were."""
    async with service.begin() as uow:
        for table in copy.tables:
            names = [c.name for c in table.c if not c.primary_key and c.type.python_type is int and c.name != "version"]
            wrong: dict[str, Any] = dict.fromkeys((name for name in names if name not in OWN), 7)
            wrong = wrong or {"name_zh": "something else"}
            if "version" in table.c:
                statement = update(table).values(wrong)
                await uow.session.execute(statement if copy.where is None else statement.where(copy.where))


async def lose(service: Service, copy: Copy) -> None:
    """Lose a copy, and what it is made of."""
    async with service.begin() as uow:
        for table in copy.tables:
            for part in _parts(service, table):
                await uow.session.execute(delete(part))
            statement = delete(table)
            await uow.session.execute(statement if copy.where is None else statement.where(copy.where))


def _parts(service: Service, table: Table) -> list[Table]:
    tables = service.definition.metadata.sorted_tables
    return [part for part in tables if any(key.column.table is table for key in part.foreign_keys)]


@pytest.mark.parametrize("spoiled", [True, False])
async def test_every_copy_is_built_again(world_of: WorldOf, tmp_path: Path, spoiled: bool) -> None:
    """Whether its rows are wrong or gone: what the owner tells again is what was there."""
    world = await a_county_with_everything(world_of)
    before = {each: await said(world, *each) for each in EVERY}
    assert all(before.values())
    for service, name in EVERY:
        await (spoil if spoiled else lose)(world.services[service], copies_of(service)[name])
    same = {each for each in EVERY if await said(world, *each) == before[each]}
    assert same == ({("procurement", "lots"), ("logistics", "lots")} if spoiled else set())
    for service, name in EVERY:
        answer = await asked(tmp_path, "rebuild", service, name, "--yes", "--by", BY)
        assert answer.data["told"] > 0
        assert answer.data["owner"] == copies_of(service)[name].owner
    await world.settle()
    assert {each: await said(world, *each) for each in EVERY} == before
    kept = [act.parameters for act in await acts_of(world.services["logistics"])]
    assert {"service": "logistics", "copy": "lots"} in kept


async def test_it_may_be_tried_and_stopped(world_of: WorldOf, tmp_path: Path) -> None:
    """Tried only, it says how much there is; with no answer nothing happens; what there is not is named."""
    world = await a_county_with_everything(world_of)
    listed = await asked(tmp_path, "rebuild", "procurement")
    assert listed.data["offers"] == {"owner": "farmers", "rows": 6}
    tried = await asked(tmp_path, "rebuild", "procurement", "offers", "--dry-run", "--by", BY)
    assert (tried.data["doubted"], tried.data["told"]) == (6, 6)
    assert await acts_of(world.services["procurement"]) == await acts_of(world.services["farmers"]) == []
    with pytest.raises(NotFound, match="canteens, foods, cooperatives, offers, lots"):
        await asked(tmp_path, "rebuild", "procurement", "menus", "--yes")
    one = Settings(var=tmp_path, database_url="postgresql+asyncpg://farmers:x@127.0.0.1:1/farmers")
    with pytest.raises(DomainError, match="leads to one database"):
        await run(parse(["rebuild", "nutrition", "offers", "--yes"]), one)


async def test_what_others_keep_is_undisturbed(world_of: WorldOf, tmp_path: Path) -> None:
    """What is told again is no news to others, and what was taken of an offer stays taken."""
    world = await a_county_with_everything(world_of)
    county = County(world)
    await county.publish(b.a_menu())
    await county.source()
    procurement, offers = world.services["procurement"], copies_of("procurement")["offers"]
    before = await rows_of(procurement, offers)
    assert any(row["allocated_g"] for row in before)
    elsewhere = await rows_of(world.services["nutrition"], copies_of("nutrition")["offers"])
    await spoil(procurement, offers)
    await asked(tmp_path, "rebuild", "procurement", "offers", "--yes")
    await world.settle()
    assert await rows_of(procurement, offers) == before
    assert await rows_of(world.services["nutrition"], copies_of("nutrition")["offers"]) == elsewhere


@pytest.mark.parametrize(("service", "name"), EVERY)
def test_every_copy_has_an_owner_that_tells_it(service: str, name: str) -> None:
    """Who keeps a copy names another service, which can tell all of it again."""
    owner = copies_of(service)[name].owner
    assert owner != service
    assert name in import_module(f"services.{owner}.retelling").RETOLD
