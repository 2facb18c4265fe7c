"""How long readings are kept: old days are thinned, the oldest forgotten, reports stay."""

from datetime import timedelta

from sqlalchemy import text

from tests.api.logistics.county import CHILLED, DAY, open_county
from tests.api.logistics.test_tracking import a_departed_trip, readings
from tests.conftest import WorldOf
from tests.world import ok


async def test_old_readings_are_thinned_and_then_forgotten(world_of: WorldOf) -> None:
    """After 30 days one reading in 5 minutes and all too warm ones remain, after two years none; the report stays."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world, temperature_class=CHILLED)
    body = readings(world.clock.now() - timedelta(hours=1), 5.0, 5.0, 12.0, 13.0, 5.0)
    start = world.clock.now() - timedelta(hours=1)
    for number, one in enumerate(body["points"]):
        one["at"] = (start + timedelta(minutes=number)).isoformat()
    path = f"/trips/{trip_id}/points"
    await ok(await client.post(path, json=body))
    before = await ok(await client.get(f"/trips/{trip_id}/cold-chain"))
    world.clock.advance(timedelta(days=38))
    await world.settle()
    kept = (await ok(await client.get(path)))["items"]
    assert [one["sequence"] for one in kept] == [0, 2, 3]
    assert (await ok(await client.get(f"/trips/{trip_id}/cold-chain")))["devices"] == before["devices"]
    world.clock.advance(timedelta(days=731))
    await world.settle()
    assert (await ok(await client.get(path)))["items"] == []
    assert (await ok(await client.get(f"/trips/{trip_id}/cold-chain")))["devices"] == before["devices"]


async def test_days_have_partitions_of_their_own(world_of: WorldOf) -> None:
    """On PostgreSQL the days around today are partitions, and forgotten by dropping them; SQLite has one table."""
    world = await world_of("logistics")
    client = await open_county(world)
    trip_id = await a_departed_trip(world)
    await ok(await client.post(f"/trips/{trip_id}/points", json=readings(world.clock.now(), 5.0)))
    service = world.services["logistics"]
    if service.database.dialect == "sqlite":
        assert len((await ok(await client.get(f"/trips/{trip_id}/points")))["items"]) == 1
        return
    names = text("SELECT tablename FROM pg_tables WHERE schemaname = 'point_days' ORDER BY tablename")
    async with service.begin() as uow:
        made = (await uow.session.scalars(names)).all()
        count = await uow.session.scalar(text(f"SELECT count(*) FROM point_days.d{DAY:%Y%m%d}"))
    assert (len(made), f"d{DAY:%Y%m%d}" in made, count) == (11, True, 1)
    world.clock.advance(timedelta(days=800))
    await world.settle()
    async with service.begin() as uow:
        left = (await uow.session.scalars(names)).all()
    assert (len(left), f"d{DAY:%Y%m%d}" in left) == (11, False)
