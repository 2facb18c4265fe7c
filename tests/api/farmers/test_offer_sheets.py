"""Offers from CSV files: tried first, taken row by row, in the encodings that office programs write."""

from typing import Any

import httpx
import pytest

from shared.events.farmers import OfferPublished
from tests.api.farmers.builders import COOP, a_county, put
from tests.api.farmers.test_contracts import sign
from tests.conftest import WorldOf
from tests.world import World, ok, refused

HEADER = (
    "offer_id,cooperative_id,food_code,available_from,available_until,quantity_g,price_fen_per_kg,shelf_life_days,"
    "minimum_lot_g,harvest_day,pack_size_g,contract_id"
)


def row(**other: object) -> str:
    """A line of a file: 100 kg of potatoes, without an id."""
    cells: dict[str, object] = {
        "offer_id": "",
        "cooperative_id": COOP,
        "food_code": "potato",
        "available_from": "2026-11-30",
        "available_until": "2026-12-06",
        "quantity_g": 100_000,
        "price_fen_per_kg": 210,
        "shelf_life_days": 60,
        "minimum_lot_g": 1_000,
        "harvest_day": "",
        "pack_size_g": "",
        "contract_id": "",
    }
    return ",".join(str(cell) for cell in (cells | other).values())


def sheet(*rows: str, header: str = HEADER) -> bytes:
    """A file."""
    return "\n".join([header, *rows, ""]).encode()


async def send(world: World, data: bytes, **params: Any) -> httpx.Response:
    """Send a file."""
    headers = {"content-type": "text/csv"}
    return await world.client("farmers").post("/offers/import", content=data, headers=headers, params=params)


async def test_a_preview_says_what_would_become_of_a_file_and_keeps_nothing(world_of: WorldOf) -> None:
    """The preview's answer is the import's; between them nothing is kept, and nobody is told."""
    world = await world_of("farmers")
    await a_county(world)
    data = sheet(row(), row(food_code="egg", quantity_g=-1), row(offer_id="off-1", food_code="napa_cabbage"))
    tried = await ok(await send(world, data, preview="true"))
    await world.settle()
    assert len((await ok(await world.client("farmers").get("/offers")))["items"]) == 1
    assert {told.offer_id for told in world.told_of(OfferPublished)} == {"off-1"}
    done = await ok(await send(world, data))
    assert (tried.pop("preview"), done.pop("preview")) == (True, False)
    assert tried == done
    assert (done["created"], done["changed"], done["refused_rows"]) == (1, 1, 1)
    assert [(one["row"], one["field"], one["rule"]) for one in done["refused"]] == [(3, "quantity_g", "greater_than")]
    await world.settle()
    assert len(world.told_of(OfferPublished)) == 3


async def test_the_same_file_again_changes_nothing(world_of: WorldOf) -> None:
    """Without an id, cooperative, food, days and contract say which offer is meant; other grams amend it."""
    world = await world_of("farmers")
    await a_county(world)
    assert (await ok(await send(world, sheet(row()))))["created"] == 1
    assert (await ok(await send(world, sheet(row()))))["unchanged"] == 1
    assert (await ok(await send(world, sheet(row(quantity_g=90_000)))))["changed"] == 1
    twice = await ok(await send(world, sheet(row(), row())))
    assert [(one["row"], one["rule"]) for one in twice["refused"]] == [(3, "twice-in-request")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
async def test_files_of_office_programs_load(world_of: WorldOf, encoding: str) -> None:
    """UTF-8, with a mark or without, and GBK, with Windows line ends; a column nobody knows is named and left out."""
    world = await world_of("farmers")
    await a_county(world)
    text = f"{HEADER},备注\r\n{row()},早上采摘\r\n{row(food_code='egg')},\r\n"
    done = await ok(await send(world, text.encode(encoding)))
    assert (done["created"], done["refused"]) == (2, [])
    assert [(one["row"], one["field"], one["rule"]) for one in done["warned"]] == [(1, "备注", "unknown-column")]


async def test_bad_rows_are_named_and_the_good_ones_load(world_of: WorldOf) -> None:
    """A row is named by its line in the file, its field and its rule, whatever is wrong with it."""
    world = await world_of("farmers")
    await a_county(world)
    contract_id = (await sign(world))["contract_id"]
    capacity = {"capacity_id": "cap-1", "cooperative_id": COOP, "food_code": "yam", "quantity_g": 150_000}
    await put(world, "/capacities", capacity | {"season_from": "2026-11-01", "season_until": "2026-12-31"})
    cabbage = {"food_code": "napa_cabbage", "contract_id": contract_id, "price_fen_per_kg": 154}
    bad: list[tuple[str, str, str]] = [
        (row(quantity_g="viel"), "quantity_g", "int_type"),
        (row(quantity_g="1e3"), "quantity_g", "int_type"),
        (row(available_from="30.11.2026"), "available_from", "day"),
        (row(cooperative_id="coop-404"), "cooperative_id", "unknown-cooperative"),
        (row(cooperative_id=""), "cooperative_id", "missing"),
        (row(food_code="egg", pack_size_g=3_000), "quantity_g", "not-whole-packs"),
        (row(food_code="yam", quantity_g=150_001), "quantity_g", "beyond-capacity"),
        (row(quantity_g=500_001, **cabbage), "quantity_g", "beyond-contract"),
        ("a,b", "", "cells"),
        (row()[:-1] + ',"open', "", "csv"),
    ]
    done = await ok(await send(world, sheet(row(), *(line for line, _, _ in bad), row(food_code="yam"))))
    named = [(one["row"], one["field"], one["rule"]) for one in done["refused"]]
    assert named == [(number, field, rule) for number, (_, field, rule) in enumerate(bad, start=3)]
    assert (done["created"], done["refused_rows"]) == (2, len(bad))


async def test_files_nobody_can_mean_are_refused(world_of: WorldOf) -> None:
    """No header, a column twice, another media type, too many lines: one refusal, and nothing is taken."""
    world = await world_of("farmers")
    await a_county(world)
    refused(await send(world, sheet(header="food_code,quantity_g")), 422, "no-header")
    refused(await send(world, b""), 422, "no-header")
    refused(await send(world, sheet(header=HEADER + ",offer_id")), 422, "column-twice")
    refused(await send(world, sheet(*(["x"] * 5_002))), 422, "too-many-rows")
    other = await world.client("farmers").post("/offers/import", json={})
    assert other.status_code == 415
    assert len((await ok(await world.client("farmers").get("/offers")))["items"]) == 1
