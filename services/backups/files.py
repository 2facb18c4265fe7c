"""The embedded set-up: every SQLite file as of one moment, and the attached files."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path

LOCK_S = 30.0


def copy_databases(sources: Iterable[Path], folder: Path) -> None:
    """Copy SQLite files into a folder, all as of the same moment.

    Writers wait while it is noted where each file stands, which takes milliseconds, and no longer: what is copied then
    is what was there at that moment, whatever is written meanwhile.
    """
    paths = sorted(sources)
    with ExitStack() as stack:
        # Nobody writes to two files in one transaction, so locks that are taken in turn meet no other's.
        writers = [_opened(stack, path) for path in paths]
        for writer in writers:
            writer.execute("BEGIN IMMEDIATE")
        readers = [_opened(stack, path) for path in paths]
        for reader in readers:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        for writer in writers:
            writer.execute("ROLLBACK")
        for path, reader in zip(paths, readers, strict=True):
            with closing(sqlite3.connect(folder / path.name)) as copy:
                reader.backup(copy)


def _opened(stack: ExitStack, path: Path) -> sqlite3.Connection:
    return stack.enter_context(closing(sqlite3.connect(path, isolation_level=None, timeout=LOCK_S)))


def require_sound(path: Path) -> None:
    """Raise ValueError for a SQLite file that is damaged."""
    with closing(sqlite3.connect(path)) as database:
        (said,) = database.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        raise ValueError(f"{path} is damaged: {said}")


def copy_attached(source: Path, target: Path) -> None:
    """Copy attached files, which are written once and never changed.

    Done after the databases were copied, so that what they name is there.
    """
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.new"), dirs_exist_ok=True)
