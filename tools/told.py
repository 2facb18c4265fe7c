"""A file by which one process tells others something while they run: written whole, read anew when it changed."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


class ToldFile(Generic[T]):
    """What the file at `path` says; `read` makes it of the text."""

    def __init__(self, path: Path, read: Callable[[str], T]) -> None:
        self.path = path
        self._of = read
        self._known: tuple[tuple[int, int], T] | None = None

    def tell(self, text: str) -> None:
        """Say something else from now on; who reads meanwhile finds the one or the other."""
        fresh = self.path.with_suffix(".fresh")
        fresh.write_text(text)
        fresh.replace(self.path)

    def get(self) -> T:
        """Return what it says now."""
        state = self.path.stat()
        version = (state.st_ino, state.st_mtime_ns)
        if self._known is None or self._known[0] != version:
            self._known = version, self._of(self.path.read_text())
        return self._known[1]
