"""Change the rules one small thing at a time and see whether a test notices: what none notices, none holds.

python -m tools.mutants [MODULE …] [--sample 10] [--seed 1] [--at-once 1]    modules and their tests: tools/mutants.toml

Of each module so many changes are drawn; the same seed draws the same. Ctrl-C ends it and says what is known by then.
"""

import argparse
import ast
import os
import random
import signal
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "tools" / "mutants.toml"
# Loaded once and inherited by each process: no change touches it, and it takes longest.
HEAVY = ("pytest", "_pytest.assertion.rewrite", "hypothesis", "fastapi", "sqlmodel", "httpx", "aiokafka", "jwt")
_PAIRS = "Lt LtE, Gt GtE, Eq NotEq, Is IsNot, In NotIn, Add Sub, Mult FloorDiv, And Or"
OTHER = {a: b for one, two in (pair.split() for pair in _PAIRS.split(", ")) for a, b in ((one, two), (two, one))}
OTHER |= {"Mod": "FloorDiv", "Div": "Mult", "min": "max", "max": "min", "any": "all", "all": "any"}
# Types, decorators, examples and the words of messages say nothing of what happens.
PASSED_OVER = {"annotation", "returns", "decorator_list", "exc", "msg"}


class Change(NamedTuple):
    """A change of a tree: what is put where (a node or a list, and its attribute or place), in words."""

    line: int
    words: str
    holder: Any
    key: Any
    fresh: Any


def changes(node: ast.AST) -> Iterator[Change]:
    """Give every small change of a tree: a bound by one, plus for minus, a condition turned round, a rule left out."""
    yield from _own(node)
    for name, value in ast.iter_fields(node):
        for place, child in enumerate(value if isinstance(value, list) else [value]):
            shown = isinstance(child, ast.keyword) and child.arg == "examples"
            if shown or name in PASSED_OVER or isinstance(child, ast.JoinedStr) or not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.Raise):
                yield Change(child.lineno, "raises nothing", value, place, ast.Pass())
            yield from changes(child)


def _own(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=ops, lineno=line):
            for place, op in enumerate(ops):
                yield _swapped(line, op, ops, place)
        case ast.BinOp(op=op, lineno=line) | ast.BoolOp(op=op, lineno=line) if type(op).__name__ in OTHER:
            yield _swapped(line, op, node, "op")
        case ast.UnaryOp(op=ast.Not(), operand=operand, lineno=line):
            yield Change(line, "no not", node, "operand", ast.UnaryOp(ast.Not(), operand))
        case ast.If(test=ast.Name() | ast.Attribute() | ast.Call() as test, lineno=line):
            yield Change(line, "if not", node, "test", ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=int() as value, lineno=line):
            fresh = not value if isinstance(value, bool) else value + 1
            yield Change(line, f"{value} → {fresh}", node, "value", fresh)
        case ast.Call(func=ast.Name(id=name) as called, lineno=line) if name in OTHER:
            yield Change(line, f"{name} → {OTHER[name]}", called, "id", OTHER[name])


def _swapped(line: int, op: ast.AST, holder: Any, key: Any) -> Change:
    name = type(op).__name__
    return Change(line, f"{name} → {OTHER[name]}", holder, key, getattr(ast, OTHER[name])())


def changed(source: str, number: int) -> tuple[str, str]:
    """Return a module's source with the change of this number, and `line: what`."""
    tree = ast.parse(source)
    change = list(changes(tree))[number]
    if isinstance(change.holder, list):
        change.holder[change.key] = change.fresh
    else:
        setattr(change.holder, change.key, change.fresh)
    return ast.unparse(ast.fix_missing_locations(tree)), f"{change.line}: {change.words}"


class _Put(SourceFileLoader):
    """Gives a module this source in the place of its file's."""

    def __init__(self, module: str, source: str) -> None:
        super().__init__(module.removesuffix(".py").replace("/", "."), str(ROOT / module))
        self._source = source

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> Any:
        return compile(self._source, self.path, "exec", dont_inherit=True)


def start(module: str, source: str, tests: Sequence[str], limit_s: float) -> int:
    """Start a process that runs tests with this source of a module; returns its id. It ends with 0 if all passed."""
    if child := os.fork():
        return child
    signal.alarm(int(limit_s))  # a change may make a loop endless
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    sys.meta_path.insert(0, _Put(module, source))
    quiet = ["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
    os._exit(import_module("pytest").main([*quiet, *(str(ROOT / each) for each in tests)]))


def tried(module: str, tests: Sequence[str], numbers: Sequence[int], at_once: int) -> Iterator[tuple[str, bool]]:
    """Give each change (`line: what`), and whether a test noticed. Raises ValueError where tests fail without one."""
    source, began = (ROOT / module).read_text(), time.monotonic()
    if os.waitpid(start(module, source, tests, 600), 0)[1]:
        raise ValueError(f"without any change these fail: {' '.join(tests)}")
    limit_s = 10 + 10 * (time.monotonic() - began)
    waiting, running = list(numbers), dict[int, str]()
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                fresh, words = changed(source, waiting.pop(0))
                running[start(module, fresh, tests, limit_s)] = words
            child, status = os.wait()
            yield running.pop(child), status != 0
    finally:
        for child in running:
            os.kill(child, signal.SIGKILL)


def main(arguments: Sequence[str]) -> None:
    """Try each module that is asked for, by default all of the table, and print a table of scores."""
    table: dict[str, list[str]] = tomllib.loads(TABLE.read_text())["tests"]
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", usage=__doc__)
    parser.add_argument("modules", nargs="*", choices=[*table, []])
    for name, default in (("--sample", 10), ("--seed", 1), ("--at-once", 1)):
        parser.add_argument(name, type=int, default=default)
    options = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):  # in the background the first would be passed over
        signal.signal(number, signal.default_int_handler)
    for name in HEAVY:
        import_module(name)
    print("| module | possible | tried | noticed | score |\n| --- | --: | --: | --: | --: |")
    missed: list[str] = []
    for module in options.modules or table:
        possible = len(list(changes(ast.parse((ROOT / module).read_text()))))
        draw = random.Random(f"{options.seed} {module}")  # noqa: S311
        numbers = draw.sample(range(possible), min(options.sample, possible))
        noticed = count = 0
        try:
            for words, seen in tried(module, table[module], numbers, options.at_once):
                noticed, count = noticed + seen, count + 1
                missed += [] if seen else [f"{module}:{words}"]
                said = "" if seen else f" missed {words}\n"
                print(f"\r{module} {noticed}/{count} of {len(numbers)}{said}", end="", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            break
        finally:
            print(f"| `{module}` | {possible} | {count} | {noticed} | {100 * noticed // max(count, 1)} % |", flush=True)
    print("\nNoticed by no test:", *(missed or ["none"]), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
