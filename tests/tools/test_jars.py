"""The broker's jars are, byte by byte, the ones that were tested, and a Java that is too old is not used."""

import hashlib
from pathlib import Path

import pytest

from tools.servers import jars
from tools.servers.system import ServerError


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two jars and the list of their hashes."""
    directory = tmp_path / "jars"
    directory.mkdir()
    for name in ("kafka.jar", "scala.jar"):
        (directory / name).write_text(name)
    hashes = tmp_path / "jars.sha256"
    lines = [f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in directory.iterdir()]
    hashes.write_text("".join(lines))
    monkeypatch.setattr(jars, "HASHES", hashes)
    return directory


def test_the_tested_jars_are_accepted(directory: Path) -> None:
    """Nothing is said when all is well."""
    jars.check_hashes(directory)


@pytest.mark.parametrize("change", ["altered", "missing", "added"])
def test_other_jars_are_refused(directory: Path, change: str) -> None:
    """A jar that was altered, is missing or came in addition is named."""
    jar = directory / "kafka.jar"
    if change == "missing":
        jar.unlink()
    else:
        (jar if change == "altered" else directory / "more.jar").write_text("something else")
    with pytest.raises(ServerError, match="more.jar" if change == "added" else "kafka.jar"):
        jars.check_hashes(directory)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_402"', 8),
        ('openjdk version "21" 2023-09-19', 21),
    ],
)
def test_javas_version_is_read(said: str, version: int, tmp_path: Path) -> None:
    """Old and new ways of counting Java's versions."""
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    assert jars.java_version(str(java)) == version
    assert jars.java_release(str(java)) == said.split('"')[1]
    assert jars.java_version(str(tmp_path / "none")) == 0
