"""Numbers: who says which, whom they are told, and that they are nowhere else."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.logistics.main import definition
from services.logistics.phones.queries import phone
from tests import people
from tests.api.logistics.county import COUNTY, an_arrived_order, open_county
from tests.conftest import WorldOf
from tests.world import World, ok, refused

GATE, PACKING, POCKET = "/canteens/sch-1/phone", "/cooperatives/coop-1/phone", "/drivers/drv-1/phone"
SAID = {GATE: "+86 100 0000 0011", PACKING: "100-0000-0012", POCKET: "10000000013"}
WRITES = {GATE: people.canteen("sch-1"), PACKING: people.clerk("coop-1"), POCKET: people.driver("drv-1")}
STRANGERS = {GATE: people.canteen("sch-2"), PACKING: people.clerk("coop-2"), POCKET: people.driver("drv-2")}
TOLD = {"canteen": "+8610000000011", "cooperative": "10000000012", "driver": "10000000013"}


async def put(world: World, path: str, number: Any, **headers: str) -> httpx.Response:
    """Say a number, as whose it is."""
    client = world.client("logistics", as_=WRITES[path])
    return await client.put(path, json={"number": number}, headers=headers)


async def a_county(world_of: WorldOf) -> World:
    """A county whose school, cooperative and driver have said their numbers."""
    world = await world_of("logistics")
    await open_county(world)
    for path, number in SAID.items():
        await ok(await put(world, path, number))
    return world


async def numbers(world: World, trip_id: str, who: Any) -> dict[str, str]:
    """Whom somebody may call on a trip."""
    told = await ok(await world.client("logistics", as_=who).get(f"/trips/{trip_id}/phones"))
    return {one["kind"]: one["number"] for one in told["items"]}


async def test_a_driver_calls_where_the_trip_stops_until_its_day_is_over(world_of: WorldOf) -> None:
    """Numbers of its stops and nobody else's; the office reads them later, too, other drivers and counties never."""
    world = await a_county(world_of)
    other = world.client("logistics", as_=people.canteen("sch-2"))
    await ok(await other.put("/canteens/sch-2/phone", json={"number": "10000000019"}))
    trip_id = await an_arrived_order(world, "ord-1")
    office = people.dispatcher(COUNTY)
    assert await numbers(world, trip_id, people.driver("drv-1")) == TOLD
    assert await numbers(world, trip_id, office) == TOLD
    for stranger in (people.driver("drv-2"), people.dispatcher("520627"), people.canteen("sch-1")):
        answer = await world.client("logistics", as_=stranger).get(f"/trips/{trip_id}/phones")
        assert answer.status_code in (403, 404), stranger
    masked = await numbers(world, trip_id, people.auditor())
    assert masked["driver"] == "*******0013"
    assert not set(masked.values()) & set(TOLD.values())
    world.clock.move_to(datetime(2026, 11, 30, 16, tzinfo=UTC))
    assert await numbers(world, trip_id, people.driver("drv-1")) == {}
    assert await numbers(world, trip_id, office) == TOLD


@pytest.mark.parametrize("path", SAID)
async def test_a_number_is_said_changed_and_forgotten(world_of: WorldOf, path: str) -> None:
    """Whose it is says it, reads it in full, and has it forgotten; what is answered to the writing is masked."""
    world = await a_county(world_of)
    mine = world.client("logistics", as_=WRITES[path])
    read = await ok(await mine.get(path))
    assert read["number"] == SAID[path].replace(" ", "").replace("-", "")
    again = await ok(await put(world, path, SAID[path]))
    assert again["said_at"] == read["said_at"]
    assert again["number"] == "*" * (len(read["number"]) - 4) + read["number"][-4:]
    await ok(await put(world, path, "100 0000 0099"))
    assert (await ok(await mine.get(path)))["number"] == "10000000099"
    for _ in range(2):
        await ok(await put(world, path, None))
        assert await ok(await mine.get(path)) == {"number": None, "said_at": None}
    stranger = world.client("logistics", as_=STRANGERS[path])
    assert (await stranger.get(path)).status_code in (403, 404)


@pytest.mark.parametrize("number", ["12345", "1" * 16, "call me 🙂", "", 5, "+86\u0000100000000"])
async def test_what_is_no_number_is_refused_at_its_field(world_of: WorldOf, number: Any) -> None:
    """7 to 15 digits, grouped by blanks or hyphens; the refusal does not repeat what was sent."""
    world = await a_county(world_of)
    answer = await put(world, GATE, number)
    assert refused(answer, 422, "invalid-input")["field"] == "body.number"
    assert (await ok(await world.client("logistics").get(GATE)))["number"] == TOLD["canteen"]


async def test_a_place_that_is_not_there_has_no_number(world_of: WorldOf) -> None:
    """A number of nobody is refused."""
    world = await a_county(world_of)
    for kind, path in (("canteen", "/canteens/zz/phone"), ("driver", "/drivers/zz/phone")):
        answer = await world.client("logistics").put(path, json={"number": "10000000000"})
        assert answer.status_code == 404, answer.text
        assert answer.json()["rule"] == f"unknown-{kind}"


async def test_numbers_are_nowhere_in_the_clear(
    world_of: WorldOf, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sealed in the table; not in an event, an act, a stored answer, a log."""
    world = await a_county(world_of)
    first = await put(world, GATE, "100 0000 0077", **{"Idempotency-Key": "one-number-1"})
    assert (await put(world, GATE, "100 0000 0077", **{"Idempotency-Key": "one-number-1"})).json() == first.json()
    await an_arrived_order(world, "ord-1")
    written = "".join(repr(record) for record in world.records) + caplog.text + "".join(capsys.readouterr())
    async with world.services["logistics"].begin(read_only=True) as uow:
        for table in definition.metadata.sorted_tables:
            written += repr((await uow.session.execute(select(table))).all())
        kept = (await uow.session.execute(select(phone.c.number_sealed))).all()
    assert len(kept) == len(SAID)
    for digits in ("0000077", *(one[-7:] for one in TOLD.values())):
        assert digits not in written


def test_every_sealed_column_is_known() -> None:
    """A column that ends in `_sealed` changes with the keys, or the old one could never go."""
    columns = {column for table in definition.metadata.sorted_tables for column in table.c}
    sealed = {column for column in columns if column.name.endswith("_sealed")}
    assert sealed
    assert sealed <= {each.column for each in definition.sealed}
