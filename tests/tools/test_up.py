"""`make up` runs once at a time and can be ended from another terminal."""

import os
import signal
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import up
from tools.servers import tokens
from tools.servers.service import ServiceProcess, secret_keys
from tools.servers.system import ServerError


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A var/ of the test's own."""
    monkeypatch.setattr(up, "VAR", tmp_path)
    monkeypatch.setattr(up, "RUNNING", tmp_path / "up.pid")
    return tmp_path


def test_a_second_start_is_refused() -> None:
    """Two servers on one data directory would destroy it."""
    with up.only_once(), pytest.raises(ServerError, match="make down"), up.only_once():
        pass


def test_after_the_end_it_can_start_again(var: Path) -> None:
    """The lock is the process, not the file: a killed start leaves nothing locked."""
    with up.only_once():
        assert (var / "up.pid").read_text() == str(os.getpid())
    with up.only_once():
        pass


def test_down_with_nothing_up_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """It is no error."""
    up.main(["down"])
    assert "Nothing is up" in capsys.readouterr().out


def test_down_interrupts_what_is_up_and_waits(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When `make down` returns, ports and data are free again."""
    sent = []
    with up.only_once() as lock:

        def end(pid: int, number: int) -> None:
            sent.append((pid, number))
            lock.close()

        monkeypatch.setattr("os.kill", end)
        up.down()
    assert sent == [(os.getpid(), signal.SIGINT)]


def test_a_log_is_shown_line_by_line_with_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Half a line waits for its other half, and what an earlier start said is not shown again."""
    service = ServiceProcess("farmers", "postgresql://none", "127.0.0.1:9")
    service.process.log = tmp_path / "farmers.log"
    service.process.log.write_text("yesterday\n")
    follower = up.Follower(service, 32)
    with service.process.log.open("a") as log:
        for part, shown in (("offer ", ""), ("published\n", "farmers     | offer published\n")):
            log.write(part)
            log.flush()
            follower.show()
            assert capsys.readouterr().out == shown
    follower.close()


def test_a_service_is_told_where_everything_is() -> None:
    """Settings reach the process as CLOUD_ variables."""
    service = ServiceProcess("farmers", "postgresql://none", "127.0.0.1:9", port=8002, log_level="DEBUG")
    assert service.environment == {
        "CLOUD_BUS": "kafka",
        "CLOUD_KAFKA_BOOTSTRAP": "127.0.0.1:9",
        "CLOUD_DATABASE_URL": "postgresql://none",
        "CLOUD_PORT": "8002",
        "CLOUD_SECRET_KEYS": secret_keys(),
        "CLOUD_AUTH_ISSUER": tokens.ISSUER,
        "CLOUD_AUTH_JWKS": str(tokens.jwks_file()),
        "CLOUD_LOG_LEVEL": "DEBUG",
        "PYTHONUNBUFFERED": "1",
    }


def test_data_moves_out_of_a_hidden_home(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's user cannot enter /root; the data then has a stable place elsewhere."""
    hidden = var / "root" / "cloud" / "var"
    hidden.mkdir(parents=True)
    monkeypatch.setattr(up, "VAR", hidden)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(var))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    (var / "root").chmod(0o700)
    assert up.data_directory() == up.data_directory()
    assert up.data_directory().parent == var


def test_servers_alone_have_a_database_for_each_service(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where databases were lost they are made anew, empty, as a restore wants them; what is there is not touched."""
    servers = Servers({"farmers"})
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(up, "postgres_server", lambda *_: nullcontext(servers))
        changed.setattr(up, "kafka_server", lambda *_: nullcontext(None))
        changed.setattr(up, "follow", lambda *_: None)
        up.main(["servers"])
    assert servers.names == set(up.SERVICES)
    assert "Databases made anew: nutrition, procurement, logistics, portal" in capsys.readouterr().out


@dataclass
class Servers:
    """A PostgreSQL that has these databases."""

    names: set[str]

    def has_database(self, name: str) -> bool:
        """Whether it is there."""
        return name in self.names

    def create_database(self, name: str) -> None:
        """Make it."""
        assert name not in self.names
        self.names.add(name)
