"""Run one server for as long as the process that wanted it lives.

    python leash.py PARENT '{"command": [...], "user": null, "afterwards": [[...]]}'

A process of its own, because the kernel's death signal follows the *thread* that started the child: a server restarted
from a worker thread of a test would die with that thread. The leash watches its parent process instead, and its only
thread lives as long as itself, so the death signal is safe to use between the leash and the server.
"""

import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
from types import FrameType
from typing import TypedDict

LOOK_SECONDS = 0.25
PR_SET_PDEATHSIG = 1


class Spec(TypedDict):
    """What to run, as whom, and what to run once the parent died without stopping it."""

    command: list[str]
    user: str | None
    afterwards: list[list[str]]


def main(parent: int, spec: Spec) -> int:
    """Run the command until it ends or the parent is gone; return its exit status."""
    child = start(spec)
    pass_on(child, signal.SIGTERM, signal.SIGINT)
    while os.getppid() == parent:
        try:
            return as_shell(child.wait(LOOK_SECONDS))
        except subprocess.TimeoutExpired:
            continue
    child.kill()
    child.wait()
    for command in spec["afterwards"]:
        subprocess.run(command, check=False)
    return 1


def as_shell(status: int) -> int:
    """A death by signal as shells report it: 128 and the signal's number."""
    return status if status >= 0 else 128 - status


def start(spec: Spec) -> subprocess.Popen[bytes]:
    """Start the server, as another user when asked to: PostgreSQL refuses to run as root."""
    if spec["user"] is None:
        return subprocess.Popen(spec["command"], preexec_fn=die_with_parent)
    user = spec["user"]
    return subprocess.Popen(
        spec["command"], user=user, group=pwd.getpwnam(user).pw_gid, extra_groups=[], preexec_fn=die_with_parent
    )


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the leash dies; called after the change of user, which would undo it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def pass_on(child: subprocess.Popen[bytes], *signals: signal.Signals) -> None:
    """Hand signals on to the server: PostgreSQL and Kafka give them meanings of their own."""

    def hand_on(number: int, _frame: FrameType | None) -> None:
        child.send_signal(number)

    for each in signals:
        signal.signal(each, hand_on)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), json.loads(sys.argv[2])))
