"""Kafka and PostgreSQL spoken to by TLS, with a name and password: on brokers and servers that take nothing else."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from ssl import SSLCertVerificationError

import pytest
from asyncpg import PostgresError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from services.backups.postgres import connect, dump
from shared.database import database_of, ping
from shared.errors import DomainError
from shared.events.examples import example_of
from shared.events.procurement import OrderPlaced
from shared.messaging.bus import BusError
from shared.messaging.envelope import encode
from shared.settings import Settings
from shared.standalone import open_bus
from tests.contracts.buses import nothing, take
from tools.servers.kafka import Kafka
from tools.servers.postgres import Postgres
from tools.servers.system import free_port, temporary_directory

TOPIC = OrderPlaced.SPEC.topic
LISTENERS = """
listeners=PLAINTEXT://127.0.0.1:{port},CLIENTS://127.0.0.1:{tls},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},CLIENTS://127.0.0.1:{tls}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLIENTS:SASL_SSL
listener.name.clients.sasl.enabled.mechanisms=PLAIN
listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
user_cloud="{password}";
listener.name.clients.ssl.keystore.type=PEM
listener.name.clients.ssl.keystore.location={pem}
"""


def self_signed(path: Path) -> Path:
    """Write a self-signed certificate for 127.0.0.1, its key beside it (`.key`), and both in one file (`.pem`)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server of this test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = signed.public_bytes(serialization.Encoding.PEM)
    path.write_bytes(public)
    path.with_suffix(".key").write_bytes(private)
    path.with_suffix(".pem").write_bytes(private + public)
    return path


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The servers' certificate."""
    return self_signed(tmp_path_factory.mktemp("certificates") / "server.crt")


@pytest.fixture(scope="module")
def broker(certificate: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Return the settings for a broker that asks for TLS, a name and a password."""
    port, tls, password = free_port(), free_port(), "made-up-for-this-test"
    kafka = Kafka(tmp_path_factory.mktemp("kafka"), port)
    _ = kafka.process  # writes the configuration that is added to here
    pem = certificate.with_suffix(".pem")
    with (kafka.directory / "server.properties").open("a") as properties:
        properties.write(LISTENERS.format(port=port, tls=tls, controller=port + 1, password=password, pem=pem))
    kafka.start()
    yield Settings(
        bus="kafka",
        kafka_bootstrap=f"127.0.0.1:{tls}",
        kafka_security="SASL_SSL",
        kafka_mechanism="PLAIN",
        kafka_user="cloud",
        kafka_password=SecretStr(password),
        kafka_ca=certificate,
    )
    kafka.stop()


async def test_events_travel_by_tls(broker: Settings) -> None:
    """With the settings' certificate, name and password topics are made, events published and read back."""
    bus = open_bus(broker, "test")
    await bus.ensure_topics([TOPIC])
    record = encode(example_of(OrderPlaced), datetime.now(UTC))
    await bus.publish([record])
    subscription = await bus.subscribe("group", [TOPIC], nothing)
    assert [each.value for each in await take(subscription, 1)] == [record.value]
    await subscription.close()
    await bus.close()


@pytest.mark.parametrize(
    "wrong", [{"kafka_password": SecretStr("another")}, {"kafka_ca": None}], ids=["password", "ca"]
)
async def test_a_false_password_or_an_unknown_signer_is_refused(broker: Settings, wrong: dict[str, object]) -> None:
    """Nothing is published with another password, or to a broker whose certificate nobody we trust has signed."""
    bus = open_bus(broker.model_copy(update=wrong), "test")
    with pytest.raises(BusError):
        await bus.publish([encode(example_of(OrderPlaced), datetime.now(UTC))])
    await bus.close()


@pytest.fixture
def encrypted_postgres(certificate: Path) -> Iterator[Postgres]:
    """A server that can speak TLS."""
    with temporary_directory("postgres") as directory:
        postgres = Postgres(directory, temporary=True, durable=False)
        _ = postgres.process  # makes the folder that is added to here
        data = directory / "data"
        for suffix in (".crt", ".key"):
            copy = data / f"server{suffix}"
            shutil.copy(certificate.with_suffix(suffix), copy)
            copy.chmod(0o600)
            shutil.chown(copy, data.owner(), data.group())
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write("ssl = on\n")
        postgres.start()
        yield postgres
        postgres.stop()


async def test_the_database_is_spoken_to_by_tls(
    encrypted_postgres: Postgres, certificate: Path, tmp_path: Path
) -> None:
    """With `database_ca` only a server whose certificate it signed, for the name we call it by, is spoken to."""
    settings = Settings(database_url=encrypted_postgres.dsn, database_ca=certificate)
    database = database_of(settings, "farmers")
    async with database.transaction(read_only=True) as session:
        assert await session.scalar(text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) is True
    await database.close()
    other = self_signed(tmp_path / "other.crt")
    unknown = database_of(settings.model_copy(update={"database_ca": other}), "farmers")
    with pytest.raises(SSLCertVerificationError):
        await ping(unknown)
    await unknown.close()


async def test_a_backup_is_taken_by_tls(encrypted_postgres: Postgres, certificate: Path, tmp_path: Path) -> None:
    """Whoever backs up holds the server to the same certificate as a service does: the dump, and what goes round it."""
    url, other = make_url(encrypted_postgres.dsn), self_signed(tmp_path / "other.crt")
    async with AsyncExitStack() as stack:
        connection = await connect(stack, url, certificate)
        assert await connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") is True
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
        await transaction.start()
        snapshot = await connection.fetchval("SELECT pg_export_snapshot()")
        await dump(url, snapshot, tmp_path / "whole.dump", certificate)
        assert (tmp_path / "whole.dump").read_bytes().startswith(b"PGDMP")
        with pytest.raises(DomainError, match="certificate verify failed"):
            await dump(url, snapshot, tmp_path / "none.dump", other)
        with pytest.raises(SSLCertVerificationError):
            await connect(stack, url, other)


def _broker_out_of_step(raw: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Answer the first question of a Kafka client with the answer to another: it closes the connection."""
    spoken = context.wrap_socket(raw, server_side=True)
    spoken.recv(4096)
    spoken.send((4).to_bytes(4) + (271_127).to_bytes(4))
    return spoken


def _database_that_refuses(raw: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Let a client of PostgreSQL in by TLS, and refuse its name: it closes the connection."""
    raw.recv(8)
    raw.send(b"S")
    spoken = context.wrap_socket(raw, server_side=True)
    spoken.recv(4096)
    refusal = b"SFATAL\0C28000\0Mnot you\0\0"
    spoken.send(b"E" + (4 + len(refusal)).to_bytes(4) + refusal)
    return spoken


async def _publish_to(port: int, ca: Path) -> None:
    settings = Settings(bus="kafka", kafka_bootstrap=f"127.0.0.1:{port}", kafka_security="SSL", kafka_ca=ca)
    bus = open_bus(settings, "test")
    with pytest.raises(BusError):
        await bus.publish([encode(example_of(OrderPlaced), datetime.now(UTC))])
    await bus.close()


async def _ask_at(port: int, ca: Path) -> None:
    url = f"postgresql+asyncpg://somebody:something@127.0.0.1:{port}/none"
    database = database_of(Settings(database_url=url, database_ca=ca), "farmers")
    with pytest.raises(DBAPIError, match="not you"):
        await ping(database)
    await database.close()


async def _connect_to(port: int, ca: Path) -> None:
    async with AsyncExitStack() as stack:
        with pytest.raises(PostgresError, match="not you"):
            await connect(stack, make_url(f"postgresql://somebody:something@127.0.0.1:{port}/none"), ca)


@pytest.mark.parametrize(
    ("other_side", "call"),
    [
        (_broker_out_of_step, _publish_to),
        (_database_that_refuses, _ask_at),
        (_database_that_refuses, _connect_to),
    ],
    ids=["bus", "database", "backup"],
)
def test_what_is_closed_is_closed_when_its_loop_ends(
    other_side: Callable[[socket.socket, ssl.SSLContext], ssl.SSLSocket],
    call: Callable[[int, Path], Coroutine[None, None, None]],
    certificate: Path,
) -> None:
    """A connection we close is gone with its loop, also one whose other side never says goodbye."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as beside:
        answered = beside.submit(lambda: other_side(listening.accept()[0], context))
        asyncio.run(call(listening.getsockname()[1], certificate))
        with answered.result() as spoken:
            spoken.settimeout(1.0)
            said = list(iter(partial(socket.socket.recv, spoken, 4096), b""))
            assert said, "the connection ended without a goodbye"
