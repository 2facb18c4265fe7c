"""A real Apache Kafka (KRaft, one node) on the loopback interface, or the one `TEST_KAFKA_BOOTSTRAP` names.

with kafka_server() as kafka:
    AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    kafka.kill()        # power cut
    kafka.start()       # same port, same data
"""

import contextlib
import os
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tools.servers.classes import archive, keeping, mapped
from tools.servers.jars import java, kafka_jars, kafka_version
from tools.servers.process import Process
from tools.servers.system import (
    LOGS,
    ServerError,
    answers,
    docker_runs,
    free_port,
    in_docker,
    require_free,
    run_apart,
    temporary_directory,
    wait_until,
)

ENVIRONMENT = "TEST_KAFKA_BOOTSTRAP"
START_SECONDS = 300.0
"""A broker with hundreds of partitions reads them all after a power cut, and the machine may have others to serve."""
JVM = ["-XX:+UseSerialGC", "-Xms64m", "-Xmx512m", "-Dorg.slf4j.simpleLogger.showDateTime=true"]
"""The collector that is made for small heaps: others hold 40 MB more when idle, and have threads of their own."""
BRIEF = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1"}
"""The environment of brokers that live for seconds: to compile their code for a long life is most of what they do."""
IMAGE_JARS = "/opt/kafka/libs"

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={data}
# One node: every internal topic has one copy, and few partitions make it ready sooner.
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# Topics are made by a job; a misspelt one must fail here as it would in production.
auto.create.topics.enable=false
# A group of one need not wait for more members to come.
group.initial.rebalance.delay.ms=0
# After a power cut the controller waits this long before it lets the same broker in again; the default is 9 s.
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=500
# The default of 128 MB does not leave a small heap much.
log.cleaner.dedupe.buffer.size=16777216
"""


class Kafka:
    """A broker of our own that can be stopped, killed and started again with its port and its data.

    What `more` says of its configuration counts over what is said here. With the id of a `cluster` it is one of several
    brokers, whose controllers `more` names.
    """

    def __init__(
        self,
        directory: Path,
        port: int | None = None,
        temporary: bool = False,
        *,
        more: str = "",
        cluster: str | None = None,
    ) -> None:
        self.directory = directory
        self.port = port or free_port()
        self._controller = port + 1 if port else free_port()
        self._temporary = temporary
        self._more = more
        self._cluster = cluster
        self._process: Process | None = None

    @property
    def bootstrap(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    @property
    def process(self) -> Process:
        """The broker's process, made ready on first use."""
        if self._process is None:
            self._process = self._prepare()
        return self._process

    def start(self) -> None:
        """Start it and wait until it answers a metadata request with a broker in it."""
        process = self.process
        if process.running:
            return
        require_free(self.port, "Kafka")
        process.start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Wait until it answers: of a cluster, once enough others do."""
        wait_until(
            self._is_ready, START_SECONDS, lambda: f"Kafka does not answer. Its log ends:\n{self.process.tail()}"
        )

    def stop(self) -> None:
        """Shut it down in order."""
        self.process.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.stop()
        self.start()

    def _is_ready(self) -> bool:
        self.process.ensure_running()
        return answers(self.port) and run_apart(lambda: has_broker(self.bootstrap))

    def _prepare(self) -> Process:
        """Write the configuration and format the data directory, unless that was done before."""
        self.directory.mkdir(parents=True, exist_ok=True)
        config, data = self.directory / "server.properties", self.directory / "data"
        config.write_text(PROPERTIES.format(port=self.port, controller=self._controller, data=data) + self._more)
        container = f"cloud-kafka-{uuid.uuid4().hex[:12]}"
        jvm, contained = kafka_jvm(self.directory, container)
        if not (data / "meta.properties").exists():
            format_storage(jvm, config, self._cluster)
        afterwards = [["docker", "rm", "--force", container]] if contained else []
        return Process(
            name="Kafka",
            command=[*jvm, "kafka.Kafka", str(config)],
            log=LOGS / f"kafka-{self.port}.log",
            cwd=self.directory,
            container=container if contained else None,
            afterwards=[*afterwards, ["rm", "-rf", str(self.directory)]] if self._temporary else afterwards,
        )


class ForeignKafka:
    """A broker somebody else runs: it can be used, not restarted."""

    def __init__(self, bootstrap: str) -> None:
        self.bootstrap = bootstrap

    def start(self) -> None:
        """Check that it answers."""
        if not run_apart(lambda: has_broker(self.bootstrap)):
            raise ServerError(f"{ENVIRONMENT} names {self.bootstrap}, and no Kafka answers there.")

    def stop(self) -> None:
        """Leave it alone."""

    def kill(self) -> None:
        """Refuse."""
        raise ServerError(f"This needs a Kafka that may be stopped; unset {ENVIRONMENT} to have one started.")

    def restart(self) -> None:
        """Refuse."""
        self.kill()


@contextlib.contextmanager
def kafka_server(directory: Path | None = None, port: int | None = None) -> Iterator[Kafka | ForeignKafka]:
    """A running broker that ends with the block: its data in `directory`, or nowhere for long.

    Without a directory the broker that the environment names is used, if it names one.
    """
    foreign = os.environ.get(ENVIRONMENT)
    with contextlib.ExitStack() as cleanup:
        kafka: Kafka | ForeignKafka
        if directory is not None:
            kafka = Kafka(directory, port)
        elif foreign:
            kafka = ForeignKafka(foreign)
        else:
            kafka = Kafka(cleanup.enter_context(temporary_directory("kafka")), port, temporary=True)
        cleanup.callback(kafka.stop)
        kafka.start()
        yield kafka


def provide() -> str:
    """Get everything a broker needs on this machine, before anybody waits for one; say what will be used."""
    if foreign := os.environ.get(ENVIRONMENT):
        return f"Kafka at {foreign}"
    (program, *_), contained = kafka_jvm(LOGS, "unused")
    if contained:
        subprocess.run(["docker", "pull", "--quiet", image()], check=True)
        return f"Apache Kafka {kafka_version()} in a container"
    if not archive(program).exists():
        _keep_classes(archive(program))
    return f"Apache Kafka {kafka_version()} by {program}"


def _keep_classes(kept: Path) -> None:
    """Let a broker that lives for a moment keep the classes it loads; only a whole set gets its final name."""
    part = kept.with_suffix(".part")
    with temporary_directory("kafka") as directory:
        broker = Kafka(directory)
        broker.process.command[1:1] = keeping(part)
        try:
            broker.start()
        finally:
            broker.stop()
    part.rename(kept)


def image() -> str:
    """The container image of the same Kafka."""
    return f"apache/kafka:{kafka_version()}"


def kafka_jvm(directory: Path, container: str) -> tuple[list[str], bool]:
    """The command in front of a Java class of Kafka, and whether it runs in a container."""
    try:
        program = java()
        return [program, *mapped(program), *JVM, "-cp", f"{kafka_jars()}/*"], False
    except ServerError as missing:
        if not docker_runs():
            raise ServerError(f"{missing} Or start a Docker engine, or set {ENVIRONMENT}.") from None
    return [*in_docker(image(), directory, container, "java"), *JVM, "-cp", f"{IMAGE_JARS}/*"], True


def new_cluster() -> str:
    """Return an id for a cluster."""
    return urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def format_storage(jvm: list[str], config: Path, cluster: str | None = None) -> None:
    """Give the data directory its identity: of a cluster there is, or of one with one node."""
    # In one word with its option: one id in 64 begins with a hyphen, and by itself would be taken for an option.
    named = [f"--cluster-id={cluster}"] if cluster else [f"--cluster-id={new_cluster()}", "--standalone"]
    tool = [*jvm, "kafka.tools.StorageTool", "format", *named, "--config", str(config)]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerError(f"Kafka's data directory could not be formatted:\n{done.stdout}{done.stderr}")


async def has_broker(bootstrap: str) -> bool:
    """Whether the cluster answers a metadata request with at least one broker that is in service."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=5_000)
    try:
        await admin.start()
        return bool((await admin.describe_cluster())["brokers"])
    except KafkaError:
        return False
    finally:
        await admin.close()
