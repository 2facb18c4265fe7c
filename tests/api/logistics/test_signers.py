"""Signers' names: said with a receipt, told to those who answer for it, forgotten, and nowhere else."""

from typing import Any

import pytest
from sqlalchemy import select

from services.logistics.main import definition
from services.logistics.signers.queries import signer
from shared.resealing import count, prove, reseal
from shared.sealing import Sealer, new_key
from tests import people
from tests.api.acts import acts_of
from tests.api.logistics.county import COUNTY, an_arrived_order, open_county
from tests.api.logistics.test_receipts import a_receipt
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NAMES = ["王芳（虚构）", "李老师（虚构）"]
SIGNERS = "/canteens/sch-1/signers"
COOK = people.canteen("sch-1")


async def signed(world_of: WorldOf, **more: Any) -> tuple[World, dict[str, Any]]:
    """A school whose two people have signed by name."""
    world = await world_of("logistics")
    await open_county(world)
    await an_arrived_order(world, "ord-1")
    client = world.client("logistics", as_=COOK)
    body = a_receipt(signer_names=NAMES) | more
    receipt: dict[str, Any] = await ok(
        await client.post("/receipts", json=body, headers={"Idempotency-Key": "one-receipt-1"})
    )
    return world, receipt


async def named(world: World, who: Any = COOK) -> dict[str, str]:
    """What signers are called, as somebody is told."""
    told = await ok(await world.client("logistics", as_=who).get(SIGNERS))
    return {one["signer_id"]: one["name"] for one in told["items"]}


async def test_who_received_is_told_by_name_to_those_who_answer_for_it(world_of: WorldOf) -> None:
    """The school and the county's staff read it, auditors and officials see that there is a name; others nothing."""
    world, _ = await signed(world_of)
    told = dict(zip(("cook-1", "teacher-2"), NAMES, strict=True))
    for who in (COOK, people.nutritionist(COUNTY), people.administrator(COUNTY)):
        assert await named(world, who) == told
    for who in (people.official(COUNTY), people.auditor()):
        assert await named(world, who) == {"cook-1": "王**", "teacher-2": "李**"}
    strangers = (people.canteen("sch-2"), people.nutritionist("520627"), people.clerk("coop-1"), people.driver("drv-1"))
    for who in strangers:
        client = world.client("logistics", as_=who)
        assert (await client.get(SIGNERS)).status_code in (403, 404), who
        assert (await client.delete(f"{SIGNERS}/cook-1")).status_code in (403, 404), who
    assert (await world.client("logistics", as_=people.official(COUNTY)).delete(f"{SIGNERS}/cook-1")).status_code == 403


async def test_a_name_is_put_right_and_forgotten(world_of: WorldOf) -> None:
    """What was said last holds; forgotten, the receipt stays; it comes back when it is said again, not before."""
    world, receipt = await signed(world_of)
    client = world.client("logistics", as_=COOK)
    right = {"reason": "weighed again", "signers": ["cook-1", "teacher-2"], "lines": receipt["lines"]}
    right["lines"] = [{name: line[name] for name in ("line_id", "received_g", "accepted_g")} for line in right["lines"]]
    again = right | {"signer_names": ["王芳", NAMES[1]]}
    where = f"/receipts/{receipt['receipt_id']}"
    await ok(await client.put(where, json=again, headers={"If-Match": '"1"'}))
    assert (await named(world))["cook-1"] == "王芳"
    for _ in range(2):
        assert (await client.delete(f"{SIGNERS}/cook-1")).status_code == 204
    assert list(await named(world)) == ["teacher-2"]
    assert (await ok(await client.get(where)))["signers"] == ["cook-1", "teacher-2"]
    await ok(await client.put(where, json=right | {"reason": "a photo"}, headers={"If-Match": '"2"'}))
    assert list(await named(world)) == ["teacher-2"]
    acts = await acts_of(world, "logistics", "DELETE /canteens/{canteen_id}/signers/{signer_id}")
    assert [act["parameters"]["signer_id"] for act in acts] == ["cook-1", "cook-1"]


@pytest.mark.parametrize("names", [["one"], ["a", ""], ["a", "x" * 61], ["a", "\x00"], "ab", [1, 2]])
async def test_what_is_no_name_is_refused(world_of: WorldOf, names: Any) -> None:
    """Two of them, each of 1 to 60 characters; nothing is signed."""
    world = await world_of("logistics")
    await open_county(world)
    await an_arrived_order(world, "ord-1")
    client = world.client("logistics", as_=COOK)
    answer = refused(await client.post("/receipts", json=a_receipt(signer_names=names)), 422, "invalid-input")
    assert answer["field"].startswith("body.signer_names")
    assert (await ok(await client.get("/receipts", params={"canteen_id": "sch-1"})))["items"] == []


async def test_names_are_nowhere_in_the_clear(
    world_of: WorldOf, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sealed in the table; not in an event, an act, the answer that is kept for the same key, a log."""
    world, receipt = await signed(world_of)
    await world.settle()
    written = "".join(repr(record) for record in world.records) + caplog.text + "".join(capsys.readouterr())
    async with world.services["logistics"].begin(read_only=True) as uow:
        for table in definition.metadata.sorted_tables:
            written += repr((await uow.session.execute(select(table))).all())
        assert len((await uow.session.execute(select(signer))).all()) == 2
    for name in ("王芳", "李老师"):
        assert name not in written
        assert name not in repr(receipt)


async def test_keys_change_under_names(world_of: WorldOf) -> None:
    """Sealed anew with another key, they open with it alone."""
    world, _ = await signed(world_of)
    service = world.services["logistics"]
    (column,) = [each for each in definition.sealed if each.column is signer.c.name_sealed]
    old = service.sealer
    (kept,) = {row.split(".")[0] for row in [old.seal("x", "y")]}
    both = Sealer.of_text(new_key("next"))
    both._ciphers = {**both._ciphers, kept: old._ciphers[kept]}
    assert [each.closed async for each in reseal(service.database, column, both)] == [()]
    assert await count(service.database, column, "next") == 0
    assert [each.closed async for each in prove(service.database, column, both.alone())] == [()]
