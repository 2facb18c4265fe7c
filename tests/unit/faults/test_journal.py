"""What a run's journal says is what its clients were told."""

from pathlib import Path

from tests.faults.journal import Command, Journal, read, told


def sent(key: str, attempt: int, status: int | None) -> Command:
    """One sending of a command."""
    answer = {"menu_id": "m"} if status == 200 else None
    body = {"canteen_id": "学校"}
    return Command(key, attempt, "c", "publish", "nutrition", "POST", "/menus", body, {}, status, answer, 0.5, 1.5)


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Every sending is a line, in the order in which they were answered; an answer that never came is one, too."""
    lines = [sent("a", 1, None), sent("b", 1, 409), sent("a", 2, 200)]
    with Journal(tmp_path / "journal.jsonl") as journal:
        for line in lines:
            journal.write(line)
            assert list(read(journal.path))[-1] == line
    assert list(read(journal.path)) == lines


def test_what_a_client_knows_in_the_end() -> None:
    """Done once answered so; a sending without an answer may be done whatever another was answered; else refused."""
    lines = [
        *(sent("done", n, status) for n, status in enumerate([None, 200, 200, None])),
        *(sent("maybe", n, status) for n, status in enumerate([503, 409])),
        *(sent("refused", n, status) for n, status in enumerate([429, 409])),
    ]
    known = told(lines)
    assert known["done"].acknowledged
    assert known["done"].attempt == 1
    assert known["maybe"].unknown
    assert known["refused"].refused
