"""A process that can be started, stopped, killed and started again, and that never outlives its owner."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tools.servers.system import ServerError, wait_until

LEASH = Path(__file__).with_name("leash.py")
STOP_SECONDS = 30.0
TAIL_LINES = 25


@dataclass
class Process:
    """One program under a leash; `log` collects what it prints, over all its starts."""

    name: str
    command: list[str]
    log: Path
    cwd: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    container: str | None = None
    afterwards: list[list[str]] = field(default_factory=list)
    _popen: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def status(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._popen.poll() if self._popen else None

    def processes(self) -> list[psutil.Process]:
        """The processes it has now: the program, and those that it started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            return psutil.Process(self._popen.pid).children(recursive=True) if self._popen else []
        return []

    def start(self) -> None:
        """Start it, unless it runs."""
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        spec = {"command": self.command, "user": self.user, "afterwards": self.afterwards}
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), json.dumps(spec)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.cwd,
                env={**os.environ, **self.env},
                # A group apart: Ctrl-C in a terminal must reach the owner, which stops its servers in order.
                start_new_session=True,
            )

    def wait(self) -> int:
        """Wait until it ends by itself; return the exit status."""
        return self._popen.wait() if self._popen else 0

    def ask_to_stop(self) -> None:
        """Ask it to end, without waiting."""
        if self._popen is not None and self.running:
            self._popen.send_signal(self.stop_signal)

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Ask it to end and wait; kill it when it does not. Return the exit status."""
        if self._popen is None:
            return 0
        self.ask_to_stop()
        try:
            return self._popen.wait(seconds)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End it and every process below it at once, as a power cut would."""
        if self._popen is None:
            return 0
        if self.container:
            subprocess.run(["docker", "kill", self.container], capture_output=True, check=False)
        dying: list[psutil.Process] = []
        # Not the leash: it has to collect the server's remains, or PostgreSQL would take its predecessor for alive.
        # Again and again, because the leash may only just be about to start the server.
        while self._popen.poll() is None:
            dying += kill_below(self._popen.pid)
            time.sleep(0.02)
        # The port and the data directory are free only when the last of them is gone.
        wait_until(lambda: not any(map(is_alive, dying)), STOP_SECONDS, lambda: f"{self.name} cannot be killed.")
        return self._popen.wait()

    def tail(self, lines: int = TAIL_LINES) -> str:
        """The end of the log, for an error message."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def ensure_running(self) -> None:
        """Raise what its log says when it has ended by itself."""
        if not self.running:
            raise ServerError(f"{self.name} ended with status {self.status}. {self.log} ends with:\n{self.tail()}")


def kill_below(pid: int) -> list[psutil.Process]:
    """Kill every process that a process started, and those that they started; return them."""
    with contextlib.suppress(psutil.NoSuchProcess):
        found = psutil.Process(pid).children(recursive=True)
        for process in found:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        return found
    return []


def is_alive(process: psutil.Process) -> bool:
    """Whether a process still does or holds anything; a zombie waits for its parent only."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
