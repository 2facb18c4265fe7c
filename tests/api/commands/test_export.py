"""A county is handed over: every row that is its and no other's, by file, with a manifest."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from shared.errors import DomainError
from tests import builders as b
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.world import World, ok

OTHER = "520402"


async def two_counties(world_of: WorldOf) -> World:
    """A county with a week of orders, and the beginnings of another."""
    world = await world_of("nutrition", "farmers", "procurement", "logistics")
    county = County(world)
    await county.set_up()
    await county.put("farmers", "/cooperatives", b.a_cooperative("z", county_code=OTHER))
    await county.put("farmers", "/households", b.a_household("z", 1))
    await county.put(
        "farmers", "/household-people", {"household_id": "hh-a-1", "name": "虚构甲", "phone": "13800001234"}
    )
    await county.publish()
    await county.source()
    return world


def lines(folder: Path, service: str, table: str) -> list[dict[str, Any]]:
    """Return the rows of a file."""
    return [json.loads(line) for line in (folder / service / f"{table}.jsonl").read_text().splitlines()]


async def test_all_that_is_a_countys_is_written(world_of: WorldOf, tmp_path: Path) -> None:
    """Rows come by their county, by who lies in it and with what they are part of; what is sealed stays here."""
    world = await two_counties(world_of)
    folder = tmp_path / "handed-over"
    tried = await asked(tmp_path, "export", b.COUNTY, "--to", str(folder), "--dry-run", "--by", BY)
    assert not folder.exists()
    answer = await asked(tmp_path, "export", b.COUNTY, "--to", str(folder), "--by", BY)
    assert {**tried.data, "dry_run": False} == answer.data
    assert [row["cooperative_id"] for row in lines(folder, "farmers", "cooperative")] == ["coop-a", "coop-b"]
    assert {row["household_id"] for row in lines(folder, "farmers", "household")} == {
        f"hh-{name}-{number}" for name in "ab" for number in (1, 2, 3)
    }
    (person,) = lines(folder, "farmers", "household_person")
    assert "13800001234" not in json.dumps(person)
    assert not any(name.endswith("_sealed") for name in person)
    orders = {row["order_id"] for row in lines(folder, "procurement", "purchase_order")}
    assert orders
    assert {row["order_id"] for row in lines(folder, "procurement", "order_line")} == orders
    assert {row["kind"] for row in lines(folder, "logistics", "place")} == {"canteen", "cooperative"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert "household_person.name_sealed" in manifest["services"]["farmers"]["left_out"]
    assert "food" in manifest["services"]["nutrition"]["of_no_county"]
    (act,) = await acts_of(world.services["farmers"])
    assert act.parameters == {"county_code": b.COUNTY, "format": "jsonl"}
    with pytest.raises(DomainError, match="not an empty folder"):
        await asked(tmp_path, "export", b.COUNTY, "--to", str(folder))


async def test_csv_says_the_same(world_of: WorldOf, tmp_path: Path) -> None:
    """As CSV a file begins with the columns; a county nobody knows has nothing, and that is not well."""
    world = await world_of("farmers")
    rows = [b.a_cooperative("a"), b.a_cooperative("z", county_code=OTHER)]
    await ok(await world.client("farmers").put("/cooperatives", json={"rows": rows}))
    folder = tmp_path / "other"
    answer = await asked(tmp_path, "export", OTHER, "farmers", "--to", str(folder), "--format", "csv")
    assert answer.data["farmers"]["cooperative"] == 1
    with (folder / "farmers" / "cooperative.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["cooperative_id"], row["county_code"]) == ("coop-z", OTHER)
    nobody = await asked(tmp_path, "export", "999999", "farmers", "--to", str(tmp_path / "nobody"))
    assert (nobody.well, nobody.wrong) == (False, ["nothing here belongs to county 999999"])
