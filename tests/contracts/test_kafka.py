"""What only Kafka has: retention, partition counts, members that are known by name."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.messaging.bus import BusError
from shared.messaging.kafka import KafkaBus
from shared.messaging.kafka_subscription import KafkaSubscription
from tests.contracts.buses import nothing, records, take, values_by_key


@pytest.fixture
async def admin(kafka_bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """An administrator's client."""
    client = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await client.start()
    yield client
    await client.close()


@pytest.fixture
async def bus(kafka_bootstrap: str) -> AsyncIterator[KafkaBus]:
    """A bus that keeps records for two days."""
    opened = KafkaBus(kafka_bootstrap, "test", keep=timedelta(days=2))
    yield opened
    await opened.close()


async def retention_ms(admin: AIOKafkaAdminClient, topic: str) -> int:
    """How long a topic keeps its records."""
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    (resource,) = answer.resources
    return next(int(entry[1]) for entry in resource[4] if entry[0] == "retention.ms")


async def test_dead_letters_are_kept_longer(bus: KafkaBus, admin: AIOKafkaAdminClient) -> None:
    """Topics keep records as long as they are told to, dead letters four times as long: people look at them late."""
    topic, dead = f"test-{uuid4().hex}.order.v1", f"test-{uuid4().hex}.dlt.v1"
    await bus.ensure_topics([topic, dead])
    assert await retention_ms(admin, topic) == 2 * 24 * 3_600_000
    assert await retention_ms(admin, dead) == 8 * 24 * 3_600_000


async def test_a_topic_of_other_partitions_is_refused(bus: KafkaBus, admin: AIOKafkaAdminClient) -> None:
    """A topic somebody made with another number of partitions would put keys out of order; it is named."""
    topic = f"test-{uuid4().hex}.order.v1"
    await admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    with pytest.raises(BusError, match="has 3 partitions, not 12"):
        await bus.ensure_topics([topic])


async def test_a_named_member_comes_back_to_its_partitions(kafka_bootstrap: str) -> None:
    """A member with a name of its own may be away for seconds: nobody else's partitions move meanwhile."""
    topic, group = f"test-{uuid4().hex}.order.v1", f"group-{uuid4().hex}"
    buses = [KafkaBus(kafka_bootstrap, "test", keep=timedelta(days=1), instance=name) for name in ("a", "b")]
    await buses[0].ensure_topics([topic])
    moved = 0

    async def count() -> None:
        nonlocal moved
        moved += 1

    staying = await buses[0].subscribe(group, [topic], count)
    leaving = await buses[1].subscribe(group, [topic], nothing)
    sent = records(topic, keys=40, each=2)
    await buses[0].publish(sent)
    theirs = {one.key for one in await take(staying, 1)}
    moved = 0
    await leaving.close()
    back = await buses[1].subscribe(group, [topic], nothing)
    came = await take(back, 1)
    assert moved == 0
    assert not theirs & {one.key for one in came}
    assert values_by_key(came).keys() <= values_by_key(sent).keys()
    for member in (staying, back):
        await member.close()
    for bus in buses:
        await bus.close()


async def test_no_lag_is_claimed_while_partitions_move(bus: KafkaBus) -> None:
    """Between two assignments a member cannot know what waits for it: it does not say that nothing does."""
    topic, group = f"test-{uuid4().hex}.order.v1", f"group-{uuid4().hex}"
    await bus.ensure_topics([topic])
    member = await bus.subscribe(group, [topic], nothing)
    assert isinstance(member, KafkaSubscription)
    assert await member.lag() == 0
    await member.on_partitions_revoked([])
    assert await member.poll(10, 0.0) == []
    assert await member.lag() > 0
    await member.on_partitions_assigned([])
    assert await member.lag() == 0
    await member.close()


async def test_a_member_that_was_busy_for_long_gets_its_partitions_back(
    bus: KafkaBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not poll for minutes is taken from its group; once it polls again it is let in again, and reads on."""
    topic, group = f"test-{uuid4().hex}.order.v1", f"group-{uuid4().hex}"
    await bus.ensure_topics([topic])
    member = await bus.subscribe(group, [topic], nothing)
    assert isinstance(member, KafkaSubscription)
    monkeypatch.setattr(member._consumer._coordinator, "_max_poll_interval", 2.0)
    sent = records(topic, keys=4, each=1)
    await bus.publish(sent)
    assert values_by_key(await take(member, 4)) == values_by_key(sent)
    busy = asyncio.get_running_loop().time()
    while not member._moving.is_set():
        await asyncio.sleep(0.1)
        assert asyncio.get_running_loop().time() - busy < 30
    await asyncio.sleep(3)
    async with asyncio.timeout(30):
        while await member.lag():
            await member.poll(10, 0.1)
    await member.close()
