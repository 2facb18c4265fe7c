"""`python -m tests.faults --seed S --minutes M [--brokers 3]`: the long run; prints one JSON object (`make soak`)."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence

from shared.telemetry import log_as_json
from tests.faults.bench import Plan, carry_out
from tests.faults.load import Size
from tools.servers.system import temporary_directory

SIZE = Size(schools=12, cooperatives=3, days=5, part_s=6.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as long as is asked for; returns 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--hands", type=int, default=4, help="how many things may be broken at once")
    parser.add_argument("--brokers", type=int, choices=(1, 3), default=3)
    parser.add_argument("--per-second", type=float, default=60.0, help="commands in a second, at most")
    parser.add_argument("--rows-per-second", type=float, default=200.0, help="rows registered beside them")
    parser.add_argument("--disk-mb", type=int, default=3_072, help="the database's disk, which is filled: in memory")
    asked = parser.parse_args(arguments)
    log_as_json("ERROR")
    plan = Plan(
        asked.seed,
        SIZE,
        asked.per_second,
        asked.minutes * 60,
        asked.hands,
        asked.brokers,
        asked.rows_per_second,
        asked.disk_mb,
    )
    with temporary_directory("faults") as folder:
        result = asyncio.run(carry_out(plan, folder, lambda line: print(line, file=sys.stderr, flush=True)))
    print(json.dumps(result.figures))
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
