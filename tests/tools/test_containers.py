"""The containers run what the tests ran, and a service can reach its own database only."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml

from shared.service import Definition
from shared.settings import Settings
from tools.alone import ROOT
from tools.new_secrets import made
from tools.servers import postgres as postgres_module
from tools.servers.jars import kafka_version
from tools.servers.postgres import IMAGE, Postgres, find_binaries, postgres_server
from tools.started import composed
from tools.up import SERVICES

SCRIPT = ROOT / "tools" / "containers" / "databases.sh"


def sealed_by(service: str) -> bool:
    """Whether a service seals columns."""
    definition: Definition = import_module(f"services.{service}.main").definition
    return bool(definition.sealed)


@pytest.fixture
def compose() -> dict[str, Any]:
    """The services of docker-compose.yml."""
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """An empty server of our own: roles belong to the whole server."""
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv(postgres_module.ENVIRONMENT, raising=False)
        with postgres_server() as server:
            assert isinstance(server, Postgres)
            yield server


def run_script(postgres: Postgres) -> None:
    """Run the script as PostgreSQL's image does, with the machine's psql or with the image's."""
    variables = {
        "POSTGRES_USER": "postgres",
        "SERVICE_PASSWORD": "it's",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
    }
    binaries = find_binaries()
    path = f"{os.environ['PATH']}:{binaries}" if binaries else os.environ["PATH"]
    command = ["sh", str(SCRIPT)]
    if not shutil.which("psql", path=path):
        settings = [part for name in variables for part in ("--env", name)]
        command = ["docker", "run", "--rm", "--network=host", *settings, f"--volume={SCRIPT}:{SCRIPT}", IMAGE, *command]
    subprocess.run(command, env={**os.environ, **variables, "PATH": path}, check=True)


@pytest.mark.parametrize("service", [name for name in SERVICES if sealed_by(name)])
def test_who_keeps_what_is_private_has_keys(compose: dict[str, Any], service: str) -> None:
    """What seals columns does not start without keys: containers are given them, and Kubernetes' page asks."""
    assert "CLOUD_SECRET_KEYS" in compose[service]["environment"]
    asked = [line for line in (ROOT / "docs/kubernetes.md").read_text().splitlines() if f"`{service}-secrets`" in line]
    assert any("`cloud_secret_keys`" in line for line in asked), asked


async def test_each_service_reaches_its_own_database_only(postgres: Postgres) -> None:
    """Services share nothing but events."""
    run_script(postgres)
    for service in SERVICES:
        assert postgres.execute("SELECT rolpassword FROM pg_authid WHERE rolname = $1", service)
        for database in SERVICES:
            address = f"postgresql://{service}@127.0.0.1:{postgres.port}/{database}"
            if database == service:
                connection = await asyncpg.connect(address)
                await connection.execute("CREATE TABLE own (id int)")
                await connection.close()
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await asyncpg.connect(address)


def test_the_containers_run_the_kafka_of_the_tests(compose: dict[str, Any]) -> None:
    """One version of Kafka everywhere."""
    assert compose["kafka"]["image"] == f"apache/kafka:{kafka_version()}"


def test_every_service_has_a_container_with_its_own_database(compose: dict[str, Any]) -> None:
    """Every service is built from its own lock, each waiting for servers and migrations."""
    for service, port in SERVICES.items():
        container = compose[service]
        assert container["build"]["args"] == {"SERVICE": service}
        assert container["environment"]["CLOUD_DATABASE_URL"].endswith(
            f"//{service}:${{SERVICE_PASSWORD:?see the top}}@postgres:5432/{service}"
        )
        assert container["ports"] == [f"127.0.0.1:{port}:8000"]
        assert container["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}


def test_what_is_told_of_a_requests_origin_is_believed_of_proxy_and_portal_only(compose: dict[str, Any]) -> None:
    """It has a fixed address, as has the portal, which asks for people; nothing else is reached from outside."""
    address = compose["proxy"]["networks"]["front"]["ipv4_address"]
    portal = compose["portal"]["networks"]["front"]["ipv4_address"]
    assert compose["keycloak"]["environment"]["KC_PROXY_TRUSTED_ADDRESSES"] == address
    assert compose["portal"]["environment"]["CLOUD_PROXIES"] == address
    reached = compose["portal"]["environment"]["CLOUD_SERVICE_URL"]
    for service in SERVICES.keys() - {"portal"}:
        assert compose[service]["environment"]["CLOUD_PROXIES"] == f"{address},{portal}"
        [name] = compose[service]["networks"]["front"]["aliases"]
        assert reached.replace("{service}", service) == f"http://{name}:8000"
    ports = [(name, port) for name, one in compose.items() for port in one.get("ports", [])]
    assert {name for name, port in ports if not port.startswith("127.0.0.1:")} == {"proxy"}


def test_every_container_is_bounded(compose: dict[str, Any]) -> None:
    """One that runs wild takes nothing from the others; ours write nowhere but to /tmp and their volumes."""
    for name, container in compose.items():
        limits = container["deploy"]["resources"]["limits"]
        assert {"cpus", "memory", "pids"} <= limits.keys(), name
    for name in (*SERVICES, "prepare", "tool", "proxy"):
        assert compose[name]["read_only"], name
        assert compose[name]["cap_drop"] == ["ALL"], name
    for name in ("nutrition", "farmers", "logistics"):
        folder = compose[name]["environment"]["CLOUD_FILES"]
        assert compose[name]["volumes"] == [f"{name}-files:{folder}"]
        assert folder in (ROOT / "Dockerfile").read_text()


def test_the_tool_reaches_every_database(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told what services are told of databases, broker and keys, and its image can back PostgreSQL up."""
    tool = compose["tool"]
    assert (tool["build"]["target"], tool["profiles"]) == ("jobs", ["tool"])
    own = tool["environment"]
    for service in SERVICES:
        of = compose[service]["environment"]
        assert own["CLOUD_DATABASE_URL"].replace("{service}", service) == of["CLOUD_DATABASE_URL"]
        shared = own.keys() & of.keys() - {"CLOUD_DATABASE_URL"}
        assert {name: own[name] for name in shared} == {name: of[name] for name in shared}
    for name, value in composed("tool", made()).items():
        monkeypatch.setenv(name, value)
    assert Settings().database_each
    server = compose["postgres"]["image"].partition(":")[2]
    assert f"postgresql-client-{server}={server}.*" in (ROOT / "Dockerfile").read_text()


def test_every_server_says_whether_it_is_healthy(compose: dict[str, Any]) -> None:
    """Without health checks `depends_on` would wait for a process, not for a server."""
    servers = {name for name, container in compose.items() if "image" in container}
    assert {"proxy", "postgres", "kafka", "keycloak", "prometheus", "grafana"} <= servers
    assert [name for name in servers if "healthcheck" not in compose[name]] == []
    assert "HEALTHCHECK" in Path(ROOT / "Dockerfile").read_text()
