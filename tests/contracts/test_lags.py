"""How far a group is behind, seen from outside, on both buses."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.messaging.bus import BusError
from shared.messaging.lags import lag_of
from shared.settings import Settings
from tests.contracts.buses import Buses, nothing_more, record, records, take


@pytest.fixture(params=["embedded", "kafka"])
async def buses(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Buses]:
    """Buses of one kind."""
    bootstrap = request.getfixturevalue("kafka_bootstrap") if request.param == "kafka" else None
    opened = Buses(bootstrap, tmp_path)
    yield opened
    await opened.close()


async def test_who_is_no_member_sees_how_far_a_group_is(buses: Buses) -> None:
    """A group that nobody has joined is behind by all there is; asking takes nobody's place in it."""
    bus = buses.open()
    topic = await buses.topic(bus)
    await bus.publish(records(topic, keys=5, each=2))
    group = buses.name("farmers")
    assert await lag_of(buses.settings(), group, [topic]) == 10
    member = await buses.join(bus, "farmers", topic)
    await take(member, 10)
    await nothing_more(member)
    assert await lag_of(buses.settings(), group, [topic]) == 0
    await bus.publish([record(topic, "school-1", 9)])
    assert await lag_of(buses.settings(), group, [topic]) == 1
    assert len(await take(member, 1)) == 1


async def test_a_bus_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    """Where there is no file, or nobody listens, no number is made up."""
    with pytest.raises(BusError, match="there is no bus at"):
        await lag_of(Settings(var=tmp_path), "farmers", ["nutrition.menu.v1"])
    away = Settings(var=tmp_path, bus="kafka", kafka_bootstrap="127.0.0.1:1")
    with pytest.raises(BusError, match="asking how far farmers is"):
        await lag_of(away, "farmers", ["nutrition.menu.v1"])
