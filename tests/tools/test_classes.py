"""A broker is given the classes that the same Java kept of the same Kafka, and none of another."""

from pathlib import Path

import pytest

from tools.servers import classes


def java_of(release: str, folder: Path) -> str:
    """A program that says it is this Java."""
    program = folder / f"java-{release}"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{release}\" 2025-04-15' >&2\n")
    program.chmod(0o755)
    return str(program)


def test_a_java_is_given_what_it_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any are kept a broker loads its classes itself, and so does one of another Java afterwards."""
    monkeypatch.setattr(classes, "VAR", tmp_path)
    ours, another = java_of("17.0.15", tmp_path), java_of("17.0.16", tmp_path)
    assert classes.mapped(ours) == []
    kept = classes.archive(ours)
    kept.parent.mkdir()
    kept.touch()
    assert classes.mapped(ours) == [f"-XX:SharedArchiveFile={kept}"]
    assert classes.mapped(another) == []
