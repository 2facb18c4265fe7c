"""The Kafka of the tests is a real one: it keeps records over a restart and over a power cut."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from tools.servers import kafka as kafka_module
from tools.servers.kafka import ForeignKafka, Kafka, kafka_server
from tools.servers.system import ServerError


@pytest.fixture(scope="module")
def kafka() -> Iterator[Kafka]:
    """A broker of our own, also where the environment names another: these tests stop it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv(kafka_module.ENVIRONMENT, raising=False)
        with kafka_server() as server:
            assert isinstance(server, Kafka)
            yield server


async def new_topic(bootstrap: str) -> str:
    """A topic of one partition."""
    name = f"test.{uuid4().hex}.v1"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    return name


async def produce(bootstrap: str, topic: str, value: bytes) -> None:
    """Send one record as the relay does: acknowledged and compressed."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, compression_type="zstd"
    ) as producer:
        await producer.send_and_wait(topic, value, key=b"school-1")


async def consume(bootstrap: str, topic: str) -> bytes:
    """Read the first record as a member of a group."""
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=uuid4().hex, auto_offset_reset="earliest", enable_auto_commit=False
    ) as consumer:
        record = await consumer.getone()
        await consumer.commit()
        return bytes(record.value)


async def test_a_record_comes_back(kafka: Kafka) -> None:
    """What was produced is consumed."""
    topic = await new_topic(kafka.bootstrap)
    await produce(kafka.bootstrap, topic, b"rice")
    assert await consume(kafka.bootstrap, topic) == b"rice"


async def test_a_misspelt_topic_is_not_made(kafka: Kafka) -> None:
    """Topics are made by a job, never by a producer's mistake."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        (unknown,) = await admin.describe_topics(["misspelt.v1"])
        assert unknown["error_code"] == UnknownTopicOrPartitionError.errno
        assert "misspelt.v1" not in await admin.list_topics()
    finally:
        await admin.close()


@pytest.mark.parametrize("how", ["restart", "power cut"])
async def test_records_outlive_the_server(kafka: Kafka, how: str) -> None:
    """After a restart the same address serves the same records."""
    topic = await new_topic(kafka.bootstrap)
    await produce(kafka.bootstrap, topic, how.encode())
    if how == "restart":
        kafka.restart()
    else:
        kafka.kill()
        kafka.start()
    assert await consume(kafka.bootstrap, topic) == how.encode()


def test_the_environments_broker_is_used_and_left_alone(kafka: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker somebody else runs is neither started nor stopped here."""
    monkeypatch.setenv(kafka_module.ENVIRONMENT, kafka.bootstrap)
    with kafka_server() as foreign:
        assert isinstance(foreign, ForeignKafka)
        assert foreign.bootstrap == kafka.bootstrap
        with pytest.raises(ServerError, match="unset TEST_KAFKA_BOOTSTRAP"):
            foreign.restart()
    assert kafka.process.running


def test_a_broker_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that was asked for and is missing fails, never skips."""
    monkeypatch.setenv(kafka_module.ENVIRONMENT, "127.0.0.1:9")
    with pytest.raises(ServerError, match="no Kafka answers there"), kafka_server():
        pass


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Java, packages and Docker the error says what to install."""
    monkeypatch.delenv(kafka_module.ENVIRONMENT, raising=False)
    monkeypatch.setattr("tools.servers.jars.new_enough_java", lambda: None)
    monkeypatch.setattr("tools.servers.jars.install", lambda *_: False)
    monkeypatch.setattr("tools.servers.kafka.docker_runs", lambda: False)
    with pytest.raises(ServerError, match=r"apt-get install openjdk.*Docker.*TEST_KAFKA_BOOTSTRAP"), kafka_server():
        pass


def test_a_cluster_id_may_begin_with_a_hyphen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The id stands in one word with its option: by itself one in 64 would be taken for an option and refused."""
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr("uuid.uuid4", lambda: UUID(bytes=b"\xf8" + bytes(15)))
    kafka_module.format_storage(["java"], tmp_path / "server.properties")
    assert [word for word in asked[0] if word.startswith("--cluster-id")] == ["--cluster-id=-" + "A" * 21]
