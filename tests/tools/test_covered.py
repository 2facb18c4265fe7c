"""What tests reach is told by package, and less than the floor fails."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import covered
from tools.covered import Reached

SLICE = "services/farmers/orders"


def reported(statements: int, lines: int, branches: int = 0, ways: int = 0) -> dict[str, Any]:
    """A file as coverage.py reports it."""
    counts = {
        "num_statements": statements,
        "covered_lines": lines,
        "num_branches": branches,
        "covered_branches": ways,
    }
    return {"summary": counts}


def test_files_are_summed_by_slice() -> None:
    """What lies deeper belongs to its slice, a service's own files to the service."""
    files = {
        f"{SLICE}/domain.py": reported(10, 9, 4, 3),
        f"{SLICE}/hooks/sending.py": reported(5, 5),
        "services/farmers/main.py": reported(3, 3),
        "shared/clock.py": reported(2, 0),
    }
    assert covered.by_package(files) == {
        "services.farmers": Reached(3, 3),
        "services.farmers.orders": Reached(15, 14, 4, 3),
        "shared": Reached(2, 0),
    }


def test_branches_count_as_much_as_statements() -> None:
    """A way that no test takes is missed like a line, and what is empty misses nothing."""
    assert Reached(8, 8, 2, 0).percent == 80
    assert Reached().percent == 100


@pytest.mark.parametrize(("floor", "wrong"), [(80, None), (80.5, "80.00 % reached, the floor is 80.5 %")])
def test_less_than_the_floor_fails(floor: float, wrong: str | None) -> None:
    """The sum of all packages is judged; the floor itself is enough."""
    said = covered.verdict({"shared": Reached(5, 5), "services": Reached(5, 3)}, floor)
    assert said is None if wrong is None else said and said.startswith(wrong)


def test_the_table_ends_with_the_sum() -> None:
    """Each package has its line, and the whole the last."""
    lines = covered.table({"shared": Reached(5, 5), "services": Reached(5, 3)}).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["shared", "5", "0", "100.0%"],
        ["services", "5", "0", "60.0%"],
        ["all", "10", "0", "80.0%"],
    ]


def test_a_floor_is_set() -> None:
    """There is a floor, and it asks for something."""
    told = subprocess.run(
        [sys.executable, "-c", "from coverage import Coverage; print(Coverage().get_option('report:fail_under'))"],
        cwd=Path(covered.ROOT),
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(told.stdout) >= 77
