"""Loading a directory: good rows load, bad rows are named, loading twice changes nothing."""

import shutil
from pathlib import Path

from services.generator.reference import DATA
from services.loading import Loaded, load
from services.together import Together
from shared.settings import Settings


async def _load(together: Together, directory: Path) -> Loaded:
    loaded = Loaded()
    async for _ in load(directory, await together.clients(), loaded):
        pass
    await together.settle()
    return loaded


async def test_loading_twice_changes_nothing(tmp_path: Path) -> None:
    """The second time every row is unchanged and no event is told."""
    async with Together(Settings(var=tmp_path)) as together:
        first = await _load(together, DATA / "county")
        assert (first.bad_rows, first.changed) == (0, 0)
        assert first.created > 2000
        told = together.bus.stored()
        second = await _load(together, DATA / "county")
        assert (second.created, second.changed, second.bad_rows) == (0, 0, 0)
        assert second.unchanged == first.created
        assert together.bus.stored() == told


async def test_bad_rows_are_named_and_the_good_ones_load(tmp_path: Path) -> None:
    """A negative quantity and an unknown cooperative are reported with file, line and reason."""
    county = tmp_path / "county"
    shutil.copytree(DATA / "county", county)
    offers = (county / "offers.csv").read_text(encoding="utf-8").splitlines()
    cells = offers[1].split(",")
    negative = ",".join(["off-new-1", *cells[1:5], "-5", *cells[6:]])
    nobody = ",".join(["off-new-2", "coop-nobody", *cells[2:]])
    (county / "offers.csv").write_text("\n".join([*offers, negative, nobody, ""]), encoding="utf-8")
    async with Together(Settings(var=tmp_path / "var")) as together:
        loaded = await _load(together, county)
        assert [(row.file, row.line) for row in loaded.bad] == [
            ("offers.csv", len(offers) + 1),
            ("offers.csv", len(offers) + 2),
        ]
        assert "quantity_g" in str(loaded.bad[0])
        assert "cooperative" in str(loaded.bad[1])
