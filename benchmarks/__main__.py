"""`python -m benchmarks` lists; `python -m benchmarks NAME [--seed S] [--scale X] [--file F]` prints one JSON line.

`all` runs every one in a process of its own, so that none is measured in what another left behind, and keeps what they
print under var; `python -m benchmarks.report` makes a page of it. What would live for hours is given a part of the
scale there (`PART_OF_ALL`). `quick` runs every one as small as it goes, two at a time, the longest first, on servers
lent to those that need none of their own, and judges no time: it shows that they work.
"""

import argparse
import importlib
import json
import math
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import benchmarks
from benchmarks.harness import Options, Unfinished, measure, registered
from tools.servers import kafka, postgres

_NOT_BENCHMARKS = {"__main__", "aim", "aims", "bars", "harness", "optimisers", "report"}
LINES = Path("var") / "bench.jsonl"
QUICK_SCALE = 0.001
QUICK_TOGETHER = 2
LONGEST = ("cloud.province_week", "cloud.rest", "shared.startup", "farmers.replicas", "procurement.order_day")
"""What is begun first where several run at the same time, so that none runs alone at the end."""
LENT = {
    postgres.ENVIRONMENT: frozenset({"backbone", "accepting", "order_day", "tracking", "recall", "planting"})
    | {"month_report", "province_day", "registry_load"},
    kafka.ENVIRONMENT: frozenset({"backbone", "backbone_latency"}),
}
"""The modules of benchmarks that a server may be lent to: the others measure their servers, or fill topics by name."""
PART_OF_ALL = {"cloud.province_week": 0.007}
"""How much of the scale a benchmark is given among all: a school's week costs the cloud 4 CPU seconds, and the week
is lived twice. At 0.1 that is 13 schools beside 3 for two CPU minutes, not 1,789 beside 447 for fifty minutes.
"""
UNFINISHED = 3
"""The exit status of a run that was laid down."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    for module in [options.module] if options.module else _modules():
        importlib.import_module(f"benchmarks.{module}")
    if options.name is None:
        for name, run in registered().items():
            print(f"{name:28} {(run.__doc__ or '').strip().splitlines()[0]}")
        return 0
    if options.name == "all":
        LINES.parent.mkdir(exist_ok=True)
        with LINES.open("w") as kept:
            return _told(_run_all(options.seed, options.scale), kept)
    if options.name == "quick":
        with lent() as environments:
            return _told(_run_all(options.seed, QUICK_SCALE, QUICK_TOGETHER, environments))
    if options.name not in registered():
        print(f"no benchmark {options.name}; `python -m benchmarks` lists them", file=sys.stderr)
        return 2
    chosen = Options(options.seed, options.scale, options.file, options.keep, options.minutes)
    try:
        print(json.dumps(measure(options.name, chosen), ensure_ascii=False), flush=True)
    except Unfinished as laid_down:
        print(laid_down, file=sys.stderr)
        return UNFINISHED
    return 0


def _modules() -> Iterator[str]:
    return (module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in _NOT_BENCHMARKS)


@contextmanager
def lent() -> Iterator[dict[str, Mapping[str, str]]]:
    """Run one server of each kind for the benchmarks that can do with it; gives the environment of each benchmark."""
    with kafka.kafka_server() as broker, postgres.postgres_server() as database:
        addresses = {kafka.ENVIRONMENT: broker.bootstrap, postgres.ENVIRONMENT: database.dsn}
        yield {
            name: kafka.BRIEF | {known: addresses[known] for known, modules in LENT.items() if module in modules}
            for name, module in ((name, _module_of(name)) for name in registered())
        }


def _run_all(
    seed: int, scale: float, together: int = 1, environments: Mapping[str, Mapping[str, str]] | None = None
) -> Iterator[subprocess.CompletedProcess[str]]:
    """Run all, some at a time, each with more in its environment; yields what each came to, in the order of names."""
    names = list(registered())
    begun = sorted(names, key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))
    if together == 1:
        begun = names
    with ThreadPoolExecutor(together) as hands:
        running = {
            name: hands.submit(_run_apart, {**os.environ, **(environments or {}).get(name, {})}, seed, scale, name)
            for name in begun
        }
        for name in names:
            yield running[name].result()


def _module_of(name: str) -> str:
    return registered()[name].__module__.partition(".")[2]


def _run_apart(environment: Mapping[str, str], seed: int, scale: float, name: str) -> subprocess.CompletedProcess[str]:
    """Run one in a process that loads nothing of the others: it would cost more than many of them, and be measured."""
    command = [
        sys.executable,
        "-m",
        "benchmarks",
        name,
        f"--module={_module_of(name)}",
        f"--seed={seed}",
        f"--scale={scale * PART_OF_ALL.get(name, 1)}",
    ]
    return subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, env=environment)


def _told(runs: Iterable[subprocess.CompletedProcess[str]], kept: TextIO | None = None) -> int:
    """Print what runs print, and keep it; returns 1 if one of them failed."""
    failed = 0
    for done in runs:
        for file in filter(None, (sys.stdout, kept)):
            print(done.stdout, end="", flush=True, file=file)
        failed += bool(done.returncode)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", help="which one, all or quick; without it they are listed")
    parser.add_argument("--seed", type=int, default=1, help="makes the instance")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the instance; 1 is as documented")
    parser.add_argument("--file", type=Path, help="an instance to measure instead of a made one")
    parser.add_argument("--keep", type=Path, help="where what takes hours is laid down, to go on from")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after how many it is laid down there")
    parser.add_argument("--module", help="where it stands; without it all benchmarks are loaded")
    return parser


if __name__ == "__main__":
    sys.exit(main())
