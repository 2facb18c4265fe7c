"""Small changes of the rules are made one at a time, and it is said which of them no test noticed."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

from tools import mutants

ROOT = Path(__file__).resolve().parents[2]

SOURCE = '''
LIMIT = 5

def fits(grams: int, left: int) -> bool:
    """Whether 3 fit."""
    if not grams and left:
        raise ValueError(f"{grams + 1}")
    return min(grams, 2) + 1 <= left
'''
RULE = """from rules import fits
def test_it():
    assert fits(1, 2) and not fits(2, 2)
"""


def test_a_change_moves_a_bound_or_leaves_a_rule_out() -> None:
    """Comparisons, sums, conditions, numbers and what is raised; neither types nor the words of messages."""
    found = [f"{change.line} {change.words}" for change in mutants.changes(ast.parse(SOURCE))]
    assert sorted(found) == sorted(
        [
            *("2 5 → 6", "6 And → Or", "6 no not", "7 raises nothing"),
            *("8 LtE → Lt", "8 Add → Sub", "8 min → max", "8 2 → 3", "8 1 → 2"),
        ]
    )


def test_each_change_is_made_alone() -> None:
    """The rest of the module stays, and stays Python."""
    numbers = range(len(list(mutants.changes(ast.parse(SOURCE)))))
    made = {mutants.changed(SOURCE, number)[0] for number in numbers}
    assert len(made) == len(numbers)
    assert ast.unparse(ast.parse(SOURCE)) not in made
    for source in made:
        compile(source, "rules.py", "exec")


TRIAL = """
import json, sys
from pathlib import Path
from tools import mutants
mutants.ROOT = Path(sys.argv[1])
sys.path.insert(0, sys.argv[1])
source = (mutants.ROOT / "rules.py").read_text()
numbers = {mutants.changed(source, number)[1]: number for number in range(9)}
some = [numbers[words] for words in sys.argv[2:]]
print(json.dumps(dict(mutants.tried("rules.py", ["test_rules.py"], some, 2))))
"""


def trial(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Try changes of the module in a folder, in a process of its own: each is tried in a fork of it, as it stands."""
    return subprocess.run(
        [sys.executable, "-c", TRIAL, str(folder), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_what_no_test_notices_is_told(tmp_path: Path) -> None:
    """A process for each change runs the module's tests; a change that all of them pass was not noticed."""
    (tmp_path / "rules.py").write_text(SOURCE)
    (tmp_path / "test_rules.py").write_text(RULE)
    some = ("8: LtE → Lt", "8: 2 → 3")
    told = trial(tmp_path, *some)
    assert json.loads(told.stdout or "null") == dict(zip(some, (True, False), strict=True)), told.stderr
    (tmp_path / "test_rules.py").write_text("def test_it():\n    assert False\n")
    failed = trial(tmp_path, *some)
    assert failed.returncode
    assert "ValueError: without any change these fail: test_rules.py" in failed.stderr


def test_the_table_names_modules_and_tests_there_are() -> None:
    """Each module of the table is pure enough to be tried in a second: its tests are unit tests."""
    table = tomllib.loads(mutants.TABLE.read_text())["tests"]
    assert len(table) > 30
    for module, tests in table.items():
        assert (mutants.ROOT / module).is_file()
        assert tests
        assert [
            test for test in tests if not (mutants.ROOT / test).is_file() or not test.startswith("tests/unit/")
        ] == []
