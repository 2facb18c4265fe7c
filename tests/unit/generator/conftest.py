"""One small county and one small province, generated once for all tests of the generator."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from services.generator import BadRow, generate, read
from services.generator.columns import FILES, Row
from services.generator.reference import Reference, load

SEED = 7


class Dataset:
    """A generated directory, read back through the reader that the loaders use."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, file: str) -> Iterator[Row]:
        for entry in read(self.path, file):
            assert not isinstance(entry, BadRow), str(entry)
            yield entry[1]

    def texts(self, file: str, column: str) -> list[str]:
        return [cast("str", row[column]) for row in self.rows(file)]


def whole(row: Row, column: str) -> int:
    return cast("int", row[column])


def words(row: Row, column: str) -> str:
    return cast("str", row[column])


def day(row: Row, column: str) -> date:
    return cast("date", row[column])


def contents(directory: Path) -> dict[str, bytes]:
    return {name: (directory / name).read_bytes() for name in [*FILES, "manifest.json"]}


@pytest.fixture(scope="session")
def reference() -> Reference:
    return load()


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The size of the sample county: 44 schools, 33 cooperatives."""
    out = tmp_path_factory.mktemp("county")
    generate(44, 33, SEED, out)
    return Dataset(out)


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Five counties of 600 schools and 170 cooperatives in the province's proportion."""
    out = tmp_path_factory.mktemp("province")
    generate(600, 170, SEED, out, counties=5)
    return Dataset(out)


@pytest.fixture(params=["county", "province"])
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return cast("Dataset", request.getfixturevalue(request.param))
