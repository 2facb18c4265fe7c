"""The bus on Apache Kafka: topics and health by an admin client, the rest by a publisher and subscriptions.

Everything connects when it is first used and again after it broke, so that a service starts while its broker is down.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.events import PARTITIONS
from shared.messaging.bus import BusError, UnknownTopic
from shared.messaging.envelope import Record
from shared.messaging.kafka_errors import as_bus_errors
from shared.messaging.kafka_publisher import Publisher
from shared.messaging.kafka_subscription import FETCH_WAIT_MS, KafkaSubscription

MAX_MESSAGE_BYTES = 8 * 1024 * 1024
_DEAD_LETTERS_KEPT = 4
_TOPIC_ALREADY_EXISTS = 36
_ADMIN_TIMEOUT_S = 10.0
_CREATE_TIMEOUT_S = 30.0
_HEALTH_TIMEOUT_S = 2.0
_HEALTH_KEPT_S = 1.0

log = structlog.get_logger()


class KafkaBus:
    """A bus on the Kafka cluster at `bootstrap` (host:port, comma-separated).

    Topics get `replication` copies and keep records for `keep`, dead letters four times as long. `instance` is a name
    that outlives the process (a pod's ordinal): a member that comes back under it within the session timeout gets its
    partitions without a rebalance. It must be unique among the replicas of a service; without one, Kafka names members.
    `fetch_wait_ms` is how long the broker may hold a fetch that finds nothing: shorter is livelier and busier.
    `security` is how the brokers are spoken to (`kafka_security`); without it in the clear.
    """

    def __init__(
        self,
        bootstrap: str,
        client_id: str,
        *,
        replication: int = 1,
        keep: timedelta,
        instance: str | None = None,
        fetch_wait_ms: int = FETCH_WAIT_MS,
        security: Mapping[str, Any] | None = None,
    ) -> None:
        self._connection = {"bootstrap_servers": bootstrap, **(security or {})}
        self._client_id = client_id
        self._replication = replication
        self._keep = keep
        self._instance = instance
        self._fetch_wait_ms = fetch_wait_ms
        self._admin: AIOKafkaAdminClient | None = None
        self._administering = asyncio.Lock()
        self._publisher = Publisher(self._connection, client_id, MAX_MESSAGE_BYTES, self._missing)
        self._answered: tuple[float, bool] = (float("-inf"), False)

    async def ensure_topics(self, topics: Sequence[str]) -> None:
        """Create the topics that are missing, and wait until they can be written.

        Raises BusError when a topic has another number of partitions: keys would be out of order.
        """
        wanted = sorted(set(topics))
        async with self._administering:
            admin = await self._connected_admin()
            try:
                with as_bus_errors("creating topics"):
                    async with asyncio.timeout(_CREATE_TIMEOUT_S):
                        await _create(admin, [self._new_topic(name) for name in wanted])
                        await _until_writable(admin, wanted)
            except BusError:
                await self._drop_admin()
                raise

    async def publish(self, records: Sequence[Record]) -> None:
        """Publish records; returns when every one is acknowledged by all replicas in sync. Raises BusError."""
        await self._publisher.publish(records)

    async def subscribe(
        self, group: str, topics: Sequence[str], on_revoked: Callable[[], Awaitable[None]]
    ) -> KafkaSubscription:
        """Join `group`; returns once it has its partitions. Raises UnknownTopic, BusError."""
        missing = await self._missing(topics)
        if missing:
            raise UnknownTopic(f"no topic {', '.join(missing)}")
        instance = f"{group}-{self._instance}" if self._instance else None
        subscription = KafkaSubscription(
            self._connection, self._client_id, group, instance, on_revoked, self._fetch_wait_ms
        )
        await subscription.join(topics)
        return subscription

    async def healthy(self) -> bool:
        """Whether the cluster answers within two seconds; asked at most once a second."""
        asked, answer = self._answered
        if time.monotonic() - asked > _HEALTH_KEPT_S:
            answer = await self._ask_health()
            self._answered = time.monotonic(), answer
        return answer

    async def close(self) -> None:
        """Close every connection but those of subscriptions, which their owners close."""
        await self._publisher.close()
        async with self._administering:
            await self._drop_admin()

    async def _ask_health(self) -> bool:
        try:
            async with asyncio.timeout(_HEALTH_TIMEOUT_S), self._administering:
                return bool((await (await self._connected_admin()).describe_cluster())["brokers"])
        except Exception as error:
            log.warning("broker-unhealthy", bootstrap=self._connection["bootstrap_servers"], error=repr(error))
            await self._drop_admin()
            return False

    async def _missing(self, topics: Sequence[str]) -> list[str]:
        """Return which of the topics do not exist."""
        wanted = sorted(set(topics))
        async with self._administering:
            admin = await self._connected_admin()
            try:
                with as_bus_errors("looking topics up"):
                    async with asyncio.timeout(_ADMIN_TIMEOUT_S):
                        described = await admin.describe_topics(wanted)
            except BusError:
                await self._drop_admin()
                raise
        return [topic["topic"] for topic in described if topic["error_code"]]

    async def _connected_admin(self) -> AIOKafkaAdminClient:
        if self._admin is None:
            admin = AIOKafkaAdminClient(
                **self._connection, client_id=f"{self._client_id}-admin", request_timeout_ms=5_000
            )
            with as_bus_errors("connecting"):
                try:
                    await admin.start()
                except BaseException:
                    await admin.close()
                    raise
            self._admin = admin
        return self._admin

    async def _drop_admin(self) -> None:
        admin, self._admin = self._admin, None
        if admin is not None:
            await admin.close()

    def _new_topic(self, name: str) -> NewTopic:
        keep = self._keep * (_DEAD_LETTERS_KEPT if ".dlt." in name else 1)
        configuration = {
            "retention.ms": str(int(keep.total_seconds() * 1000)),
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
        }
        return NewTopic(name, PARTITIONS, self._replication, topic_configs=configuration)


async def _create(admin: AIOKafkaAdminClient, topics: list[NewTopic]) -> None:
    answer = await admin.create_topics(topics)
    refused = [f"{name}: {why}" for name, code, why in answer.topic_errors if code not in (0, _TOPIC_ALREADY_EXISTS)]
    if refused:
        raise BusError(f"topics were not created: {'; '.join(refused)}")


async def _until_writable(admin: AIOKafkaAdminClient, topics: list[str]) -> None:
    while True:
        if _writable(await admin.describe_topics(topics)):
            return
        await asyncio.sleep(0.05)


def _writable(described: Sequence[dict[str, Any]]) -> bool:
    """Whether every topic and partition has a leader; raises BusError for a wrong number of partitions."""
    known = [topic for topic in described if not topic["error_code"]]
    for topic in known:
        if len(topic["partitions"]) != PARTITIONS:
            raise BusError(f"{topic['topic']} has {len(topic['partitions'])} partitions, not {PARTITIONS}")
    led = all(not partition["error_code"] for topic in known for partition in topic["partitions"])
    return led and len(known) == len(described)
