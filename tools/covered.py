"""Say what the tests reached, package by package, and end with 1 below the floor of pyproject.toml.

python -m tools.covered    after `make coverage` has run the tests; lines in colours: var/coverage/html/index.html
"""

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from coverage import Coverage
from coverage.exceptions import NoDataError

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "coverage"


class Reached(NamedTuple):
    """How many statements and branches there are, and how many of them a test went through."""

    statements: int = 0
    statements_reached: int = 0
    branches: int = 0
    branches_reached: int = 0

    def plus(self, other: "Reached") -> "Reached":
        """Return the sum of both."""
        return Reached(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def percent(self) -> float:
        """Statements and branches together, as coverage.py counts; what holds nothing is reached whole."""
        all_there = self.statements + self.branches
        return 100 * (self.statements_reached + self.branches_reached) / all_there if all_there else 100.0


def by_package(files: dict[str, Any]) -> dict[str, Reached]:
    """Sum up files as coverage.py reports them (JSON) by package: services.<service>.<slice>, shared.<part>."""
    packages: dict[str, Reached] = defaultdict(Reached)
    for path, told in files.items():
        found = told["summary"]
        reached = Reached(
            found["num_statements"], found["covered_lines"], found["num_branches"], found["covered_branches"]
        )
        package = ".".join(Path(path).parent.parts[:3])
        packages[package] = packages[package].plus(reached)
    return dict(sorted(packages.items()))


def table(packages: dict[str, Reached]) -> str:
    """Return a line for each package, and the sum of all."""
    whole = Reached()
    lines = [f"{'package':<44}{'statements':>12}{'branches':>10}{'reached':>9}"]
    for name, reached in packages.items():
        whole = whole.plus(reached)
        lines.append(_line(name, reached))
    return "\n".join([*lines, _line("all", whole)])


def _line(name: str, reached: Reached) -> str:
    return f"{name:<44}{reached.statements:>12}{reached.branches:>10}{reached.percent:>8.1f}%"


def verdict(packages: dict[str, Reached], floor: float) -> str | None:
    """Return what is wrong: fewer lines and branches reached than the floor says (percent of all)."""
    whole = Reached()
    for reached in packages.values():
        whole = whole.plus(reached)
    if whole.percent < floor:
        return f"{whole.percent:.2f} % reached, the floor is {floor:g} %: test what you added"
    return None


def main() -> None:
    """Print the table, write the pages, and judge."""
    coverage = Coverage(config_file=str(ROOT / "pyproject.toml"))
    coverage.load()
    report = FOLDER / "report.json"
    try:
        coverage.json_report(outfile=str(report))
    except NoDataError:
        sys.exit("Nothing was measured; run: make coverage")
    coverage.html_report(directory=str(FOLDER / "html"))
    packages = by_package(json.loads(report.read_text())["files"])
    print(table(packages))
    sys.exit(verdict(packages, float(str(coverage.get_option("report:fail_under") or 0))))


if __name__ == "__main__":
    main()
