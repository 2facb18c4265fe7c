"""Writes rows to the files of a directory as they come, so that a province never has to fit in memory."""

import csv
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Protocol

from services.generator.columns import FILES, Value


class _Rows(Protocol):
    def writerow(self, row: Iterable[str], /) -> object: ...


class Writer(AbstractContextManager["Writer"]):
    """All files of one directory, open at once; headers, UTF-8 and line ends are the same on every system."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._stack = ExitStack()
        self._files: dict[str, _Rows] = {}

    def __enter__(self) -> "Writer":
        self._out.mkdir(parents=True, exist_ok=True)
        for name, columns in FILES.items():
            handle = self._stack.enter_context((self._out / name).open("w", encoding="utf-8", newline=""))
            self._files[name] = csv.writer(handle, lineterminator="\n")
            self._files[name].writerow([column.name for column in columns])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def row(self, file: str, *values: Value) -> None:
        """One row, its values in the order of the file's columns."""
        if len(values) != len(FILES[file]):
            raise ValueError(f"{file} has {len(FILES[file])} columns, not {len(values)}")
        self._files[file].writerow([_cell(value) for value in values])


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.5f}"
    if isinstance(value, tuple):
        return "|".join(value)
    return "" if value is None else str(value)
