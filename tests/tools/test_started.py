"""What images run is read where engines read it, so that `make check` runs the same as plain processes."""

import sys
from pathlib import Path

import pytest
import yaml

from services.commands import DATABASES
from tools.alone import ROOT
from tools.dockerfile import stage
from tools.new_secrets import made
from tools.servers.system import ServerError
from tools.started import JOB, composed, filled, prepared, start_image
from tools.up import SERVICES

TEXT = """\
# A comment.
FROM python:3.11-slim AS base
ENV ONE=1 \\
    TWO="two words"
FROM base AS code
ARG SERVICE
ENV SERVICE=${SERVICE} ONE=another
HEALTHCHECK --interval=15s \\
    CMD ["ask", "it"]
CMD ["run", "it"]
FROM code AS service
FROM base AS jobs
ENTRYPOINT ["do"]
"""


def test_a_stage_has_what_those_before_it_are_told() -> None:
    """Environment, commands and health check come from the stages an image is made from; arguments are filled in."""
    told = stage("service", {"SERVICE": "farmers"}, TEXT)
    assert told.environment == {"ONE": "another", "TWO": "two words", "SERVICE": "farmers"}
    assert (told.command, told.health, told.entrypoint) == (["run", "it"], ["ask", "it"], [])
    jobs = stage("jobs", {}, TEXT)
    assert (jobs.environment["ONE"], jobs.entrypoint, jobs.command, jobs.health) == ("1", ["do"], [], [])
    with pytest.raises(ValueError, match="no stage portal"):
        stage("portal", {}, TEXT)


def test_the_images_run_what_is_theirs() -> None:
    """A service runs itself, the portal too, the jobs' image the one tool; each service says whether it lives."""
    for name, of in (("service", "farmers"), ("portal", "portal")):
        told = stage(name, {"SERVICE": of})
        assert told.environment["SERVICE"] == of
        assert "services.${SERVICE}" in told.command[-1]
        assert "/livez" in told.health[-1]
    assert stage("jobs", {}).entrypoint == ["python", "-m", "services"]


def test_the_job_migrates_every_database_and_makes_topics() -> None:
    """What is run of the jobs' image is what Kubernetes' job asks of it; the container `prepare` does the same."""
    words = prepared(JOB.read_text())
    assert words == [*(["migrate", name] for name in DATABASES), ["topics"]]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["prepare"]
    script = compose["command"][0]
    assert f"for service in {' '.join(DATABASES)}; do" in script
    assert 'python -m services migrate "$$service"' in script
    assert script.strip().endswith("python -m services topics")


def test_variables_are_filled_as_an_engine_does() -> None:
    """A default stands where nothing is said; what must be said and is not is no setting."""
    assert filled("https://${SITE:-localhost}/${A:?see the top}", {"A": "1"}) == "https://localhost/1"
    assert filled("${SITE:-localhost}", {"SITE": "county.example"}) == "county.example"
    with pytest.raises(KeyError, match="PORTAL_SECRET"):
        filled("${PORTAL_SECRET:?see the top}", {})
    secrets = made()
    for service in SERVICES:
        assert not [value for value in composed(service, secrets).values() if "$" in value]
    assert composed("identity", secrets) == {}


def _image(folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let the image of farmers run this program."""
    told = stage("service", {"SERVICE": "farmers"})
    told.command = [sys.executable, "-c", program]
    main = folder / "services" / "farmers" / "__main__.py"
    main.parent.mkdir(parents=True)
    main.touch()
    monkeypatch.setattr("tools.started.stage", lambda *_: told)
    start_image("farmers", folder, sys.executable)


SERVER = """
import http.server, os, signal, sys
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(204 if self.path == "/livez" and os.environ["CLOUD_DATABASE_URL"] else 500)
        self.end_headers()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(END))
http.server.HTTPServer(("127.0.0.1", int(os.environ["CLOUD_PORT"])), Answers).serve_forever()
"""


def test_what_lives_and_ends_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the settings of its container, answers its health check, and ends when it is told to."""
    _image(tmp_path, monkeypatch, SERVER.replace("END", "0"))


def test_what_is_no_program_is_not_run(tmp_path: Path) -> None:
    """Every service is one, and the portal; the issuer is not."""
    start_image("identity", tmp_path, sys.executable)
    assert [name for name in SERVICES if not (ROOT / "services" / name / "__main__.py").exists()] == []


@pytest.mark.parametrize(
    ("program", "said"),
    [("import sys; sys.exit('no keys')", "no keys"), (SERVER.replace("END", "3"), "ended with 3 when it was told to")],
    ids=["one that does not start", "one that ends badly"],
)
def test_what_does_not_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str) -> None:
    """What it printed is shown."""
    with pytest.raises(ServerError, match=said):
        _image(tmp_path, monkeypatch, program)
