"""The log of the embedded bus after its process was killed: what was acknowledged is there, in order, without gaps."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shared.messaging.embedded import EmbeddedBus
from shared.messaging.envelope import Record
from tests.contracts.buses import nothing, take

TOPIC = "test.order.v1"
BATCH = 3

WRITER = """
import asyncio, os, signal, sys
from pathlib import Path
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.envelope import Record

async def main(path, kill_at, statement):
    bus = EmbeddedBus(Path(path))
    await bus.ensure_topics(["test.order.v1"])
    seen = 0

    def trace(sql):
        nonlocal seen
        seen += sql.startswith(statement)
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    bus._log._writer.set_trace_callback(trace)
    for batch in range(1000):
        await bus.publish([Record("test.order.v1", "a", b"%d" % (batch * 3 + n)) for n in range(3)])
        print(batch, flush=True)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
"""


@pytest.mark.parametrize("statement", ["BEGIN", "INSERT INTO record", "COMMIT"])
async def test_a_killed_writer_leaves_the_log_intact(tmp_path: Path, statement: str) -> None:
    """Killed between appending and committing, a batch is there as a whole or not at all; the log goes on behind it."""
    path = tmp_path / "bus.sqlite"
    command = [sys.executable, "-c", WRITER, str(path), "8", statement]
    writer = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, timeout=30)
    assert writer.returncode == -signal.SIGKILL, writer.stderr
    acknowledged = len(writer.stdout.split()) * BATCH
    bus = EmbeddedBus(path)
    try:
        await bus.publish([Record(TOPIC, "a", b"last")])
        member = await bus.subscribe("farmers", [TOPIC], nothing)
        came = await take(member, acknowledged + 1)
        assert [one.value for one in came] == [*(b"%d" % n for n in range(acknowledged)), b"last"]
        assert [one.offset for one in came] == list(range(acknowledged + 1))
        await member.close()
    finally:
        await bus.close()
