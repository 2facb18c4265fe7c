"""Images' commands run as plain processes, where there is no container engine: what an engine would start is started.

A service gets the environment that docker-compose.yml gives it, with secrets made for the occasion. Neither database
nor broker is there: it has to live all the same, to answer its health check, and to end when it is told to.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.dockerfile import JOBS, ROOT, Stage, stage
from tools.new_secrets import made
from tools.servers.process import Process
from tools.servers.system import ServerError, free_port, is_free, succeeds, wait_until

PORTAL = "portal"
LIVES_S = 90.0
ENDED = {0, 128 + signal.SIGTERM}
"""In order: uvicorn, when it has ended, ends by the signal it was sent; killed for not ending would be another."""
JOB = ROOT / "deploy" / "kubernetes" / "base" / "prepare" / "job.yaml"
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def start_image(image: str, app: Path, python: str) -> None:
    """Run what an image runs, its code in `app`, its packages beside `python`.

    What is no program (the issuer, a part of `python -m services`) is in no image of its own: nothing is run.
    Raises ServerError, and CalledProcessError for the jobs'.
    """
    arguments = {} if image == JOBS else {"SERVICE": image}
    told = stage({JOBS: JOBS, PORTAL: PORTAL}.get(image, "service"), arguments)
    path = {"PATH": f"{Path(python).parent}:{os.environ['PATH']}", "HOME": str(app)}
    own = {"CLOUD_VAR": str(app / "var"), "CLOUD_FILES": str(app / "var" / "files")}
    if image == JOBS:
        for words in prepared(JOB.read_text()):
            subprocess.run([*told.entrypoint, *words], cwd=app, env=told.environment | own | path, check=True)
    elif (app / "services" / image / "__main__.py").exists():
        _live(image, told, app, told.environment | composed(image, made()) | own | path)


def _live(image: str, told: Stage, app: Path, environment: Mapping[str, str]) -> None:
    process = Process(image, told.command, app / "log", app, {**environment, "CLOUD_PORT": str(free_port())})
    asked = ["env", f"PATH={environment['PATH']}", f"CLOUD_PORT={process.env['CLOUD_PORT']}", *told.health]
    port = int(process.env["CLOUD_PORT"])
    process.start()
    try:
        wait_until(lambda: _listens(process, port), LIVES_S, lambda: f"{image} does not start:\n{process.tail()}")
        wait_until(lambda: succeeds(asked), LIVES_S, lambda: f"{image} does not live:\n{process.tail()}")
        if process.stop() not in ENDED:
            raise ServerError(f"{image} ended with {process.status} when it was told to:\n{process.tail()}")
    finally:
        process.kill()


def _listens(process: Process, port: int) -> bool:
    process.ensure_running()
    return not is_free(port)


def composed(service: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a service in docker-compose.yml; none where it is not among them (`identity`).

    Raises KeyError for a secret that is asked for and not there.
    """
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    environment: dict[str, object] = services.get(service, {}).get("environment", {})
    return {name: filled(str(value), secrets) for name, value in environment.items()}


def filled(text: str, secrets: Mapping[str, str]) -> str:
    """Return a text of docker-compose.yml with its variables: `${NAME:-default}`, `${NAME:?what to do}`."""
    return _VARIABLE.sub(lambda found: secrets.get(found[1], found[3]) if found[2] == "-" else secrets[found[1]], text)


def prepared(job: str) -> list[list[str]]:
    """Return what the job of migrations asks of its image, one after the other."""
    pod = yaml.safe_load(job)["spec"]["template"]["spec"]
    return [container["args"] for container in (*pod["initContainers"], *pod["containers"])]
