"""What the machine has, and what can be added to it: programs, packages, free ports, a container engine."""

import asyncio
import contextlib
import functools
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

VAR = Path(__file__).resolve().parents[2] / "var"
LOGS = VAR / "log"
# Below the range the kernel hands to outgoing connections: a client that keeps knocking at a stopped server's port
# could otherwise be given that very port, connect to itself, and keep the server from coming back.
PORTS = range(15_000, 30_000)


class ServerError(RuntimeError):
    """A server cannot be had or does not work; the message says what to do."""


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    chosen = random.SystemRandom()
    for _ in range(100):
        port = chosen.choice(PORTS)
        if is_free(port):
            return port
    raise ServerError(f"No free port between {PORTS.start} and {PORTS.stop}.")


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def require_free(port: int, what: str) -> None:
    """Refuse to start a server where another one would answer."""
    if not is_free(port):
        raise ServerError(f"{what} needs port {port} of 127.0.0.1, and something else listens there.")


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def run_apart(work: Callable[[], Coroutine[None, None, T]]) -> T:
    """Run a coroutine to its end from anywhere, also from inside a running event loop: it gets a thread and a loop."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def wait_until(ready: Callable[[], bool], seconds: float, failure: Callable[[], str]) -> None:
    """Ask again and again until `ready`, or raise what `failure` says."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise ServerError(failure())
        time.sleep(0.05)


def succeeds(command: Sequence[str]) -> bool:
    """Whether a command exists and ends well, silently."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def temporary_directory(name: str) -> Iterator[Path]:
    """A directory that is gone with the block; servers may still be writing their last bytes into it."""
    with tempfile.TemporaryDirectory(prefix=f"cloud-{name}-", ignore_cleanup_errors=True) as directory:
        yield Path(directory)


@functools.cache
def docker_runs() -> bool:
    """Whether a container engine answers; its client alone is of no use."""
    return succeeds(["docker", "info", "--format", "{{.ServerVersion}}"])


def in_docker(image: str, directory: Path, name: str, program: str, user: int | None = None) -> list[str]:
    """The command in front of a program's arguments that runs it in a container as if it ran here.

    It shares the host's network and sees `directory` under its own path, so that one configuration serves both.
    """
    owner = os.geteuid() if user is None else user
    mount = ["--network", "host", "--volume", f"{directory}:{directory}", "--user", f"{owner}:{owner}"]
    return ["docker", "run", "--rm", "--name", name, *mount, "--entrypoint", program, image]


def can_install() -> bool:
    """Whether packages can be added: root on Debian or Ubuntu."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> bool:
    """Install Debian packages; return whether that worked."""
    if not can_install():
        return False
    refresh_package_lists()
    print(f"Installing {' '.join(packages)} …", flush=True)
    return apt("install", "--yes", "--no-install-recommends", *packages)


@functools.cache
def refresh_package_lists() -> bool:
    """Fetch the package lists, once per process."""
    return apt("update")


def apt(*arguments: str) -> bool:
    """Run apt-get without questions, waiting for another one that may be at work; its output goes to a log."""
    LOGS.mkdir(parents=True, exist_ok=True)
    command = ["apt-get", "--quiet", "-o", "DPkg::Lock::Timeout=300", *arguments]
    with (LOGS / "apt.log").open("ab") as log:
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        return subprocess.run(command, stdout=log, stderr=log, env=env, check=False).returncode == 0
