"""Kafka with a door of its own for each service, behind proxies: one broker, or a cluster of three."""

from collections.abc import Sequence
from pathlib import Path

from tests.contracts.proxy import Proxy
from tools.servers.kafka import Kafka, new_cluster
from tools.servers.system import free_port

CLUSTER = """\
controller.quorum.voters={voters}
default.replication.factor=3
min.insync.replicas=2
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
"""


def new_proxy(target: int) -> Proxy:
    """Return a proxy on a port that the kernel gives to nobody else while it is cut."""
    proxy = Proxy("127.0.0.1", target)
    proxy.port = free_port()
    return proxy


class Brokers:
    """One broker or three, each reached by each service through a proxy, and by the bench itself without one."""

    def __init__(self, folder: Path, services: Sequence[str], count: int = 1) -> None:
        cluster = new_cluster() if count > 1 else None
        ports = [(free_port(), free_port()) for _ in range(count)]
        voters = ",".join(f"{node}@127.0.0.1:{controller}" for node, (_, controller) in enumerate(ports, start=1))
        self.replication = count
        self.doors: dict[str, list[Proxy]] = {name: [new_proxy(free_port()) for _ in ports] for name in services}
        self.each = [
            Kafka(
                folder / f"broker-{node}",
                port,
                more=self._configuration(node, port, controller)
                + (CLUSTER.format(voters=voters) if cluster is not None else ""),
                cluster=cluster,
            )
            for node, (port, controller) in enumerate(ports, start=1)
        ]

    def _configuration(self, node: int, port: int, controller: int) -> str:
        own = {name.upper(): proxies[node - 1] for name, proxies in self.doors.items()}
        listened = [f"{name}://127.0.0.1:{proxy.target}" for name, proxy in own.items()]
        told = [f"{name}://127.0.0.1:{proxy.port}" for name, proxy in own.items()]
        protocols = ",".join(f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "CONTROLLER", *own))
        return (
            f"node.id={node}\n"
            f"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},{','.join(listened)}\n"
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{port},{','.join(told)}\n"
            f"listener.security.protocol.map={protocols}\n"
            f"controller.quorum.bootstrap.servers=127.0.0.1:{controller}\n"
            "inter.broker.listener.name=PLAINTEXT\n"
        )

    @property
    def bootstrap(self) -> str:
        """What the bench connects to."""
        return ",".join(broker.bootstrap for broker in self.each)

    def bootstrap_of(self, service: str) -> str:
        """What a service connects to."""
        return ",".join(f"127.0.0.1:{proxy.port}" for proxy in self.doors[service])

    @property
    def proxies(self) -> list[Proxy]:
        """Every proxy in front of every broker."""
        return [proxy for proxies in self.doors.values() for proxy in proxies]

    def start(self) -> None:
        """Start the brokers that do not run; those of a cluster wait for each other."""
        for broker in self.each:
            broker.process.start()
        for broker in self.each:
            broker.wait_until_ready()

    def kill(self) -> None:
        """End all as a power cut would."""
        for broker in self.each:
            broker.kill()
