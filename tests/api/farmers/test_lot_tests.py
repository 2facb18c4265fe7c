"""Tests of lots: what fails is not packed, mixed or split, and a laboratory stands over a rapid test."""

from typing import Any

from tests.api.farmers.builders import a_county, line, lot, placed, post
from tests.conftest import WorldOf
from tests.world import World, ok, refused


def finding(test_id: str, *, passed: bool = False, method: str = "rapid", **more: Any) -> dict[str, Any]:
    """A test for pesticide residue on the first day a lot of the tests can have."""
    said = {"test_id": test_id, "target": "pesticide_residue", "method": method, "passed": passed}
    report = {"report_no": f"JC-{test_id}"} if method == "laboratory" else {}
    return said | report | {"tested_on": "2026-11-23", "tested_by": "County station (fictional)"} | more


async def examine(world: World, lot_id: str, said: dict[str, Any]) -> Any:
    """Record a test and return what is answered."""
    return await post(world, f"/lots/{lot_id}/tests", **said)


async def two_lots(world: World) -> None:
    """Two lots, and a third mixed of them."""
    await a_county(world)
    await post(world, "/lots", **lot(harvest_day="2026-11-20"))
    await post(world, "/lots", **lot("lot-2", harvest_day="2026-11-20", certificate_no="GZ-2"))
    parts = [{"lot_id": "lot-1", "quantity_g": 20_000}, {"lot_id": "lot-2", "quantity_g": 15_000}]
    await post(world, "/lots/mixtures", lot_id="lot-3", certificate_no="GZ-3", parts=parts)


async def unfit(world: World) -> set[str]:
    """The lots that are unfit now."""
    listed = await ok(await world.client("farmers").get("/lots"))
    return {each["lot_id"] for each in listed["items"] if each["unfit_at"] is not None}


async def test_what_fails_stops_all_made_of_it(world_of: WorldOf) -> None:
    """A failed test stops the lot and every lot mixed or split from it; what left it is named."""
    world = await world_of("farmers")
    await two_lots(world)
    await post(world, "/lots/lot-3/parts", parts=[{"lot_id": "lot-4", "quantity_g": 5_000}])
    answer = await examine(world, "lot-1", finding("t-1"))
    assert answer["unfit_at"] is not None
    assert answer["out_g"] == 20_000
    assert await unfit(world) == {"lot-1", "lot-3", "lot-4"}
    parts = [{"lot_id": "lot-2", "quantity_g": 1_000}, {"lot_id": "lot-4", "quantity_g": 1_000}]
    farmers = world.client("farmers")
    body = {"lot_id": "lot-5", "certificate_no": "GZ-5", "parts": parts}
    refused(await farmers.post("/lots/mixtures", json=body), 409, "lot-unfit")
    refused(await farmers.post("/lots/lot-1/parts", json={"parts": [{"quantity_g": 1_000}]}), 409, "lot-unfit")


async def test_a_laboratory_clears_a_rapid_alarm(world_of: WorldOf) -> None:
    """A rapid test that passes changes nothing against a laboratory; a laboratory's pass clears a rapid alarm."""
    world = await world_of("farmers")
    await two_lots(world)
    await examine(world, "lot-1", finding("t-1"))
    await examine(world, "lot-2", finding("t-2", method="laboratory", tested_on="2026-11-22"))
    await examine(world, "lot-1", finding("t-3", method="laboratory", passed=True))
    assert await unfit(world) == {"lot-2", "lot-3"}
    await examine(world, "lot-2", finding("t-4", passed=True))
    assert await unfit(world) == {"lot-2", "lot-3"}
    await examine(world, "lot-2", finding("t-5", method="laboratory", passed=True))
    assert await unfit(world) == set()
    await examine(world, "lot-2", finding("t-6", target="heavy_metal"))
    assert await unfit(world) == {"lot-2", "lot-3"}
    shown = (await ok(await world.client("farmers").get("/lots/lot-2/tests")))["items"]
    assert [(each["test_id"], each["passed"]) for each in shown] == [
        ("t-2", False),
        ("t-4", True),
        ("t-5", True),
        ("t-6", False),
    ]


async def test_an_unfit_lot_is_not_packed(world_of: WorldOf) -> None:
    """Neither by name nor by the rule of first expired, first out."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1", line(ordered_g=1_000)))
    await world.settle()
    await post(world, "/orders/order-1/accept")
    await post(world, "/lots", **lot())
    await examine(world, "lot-1", finding("t-1"))
    named = {"lines": [{"line_id": "line-1", "lots": [{"lot_id": "lot-1", "quantity_g": 1_000}]}]}
    farmers = world.client("farmers")
    refused(await farmers.post("/orders/order-1/dispatch", json=named), 409, "lot-unfit")
    packing = await ok(await farmers.get("/lots/lot-1"))
    assert packing["remaining_g"] == packing["quantity_g"]


async def test_bad_findings_are_refused(world_of: WorldOf) -> None:
    """A test to come, one before the harvest, a laboratory's without report, one id for two findings, no such lot."""
    world = await world_of("farmers")
    await two_lots(world)
    farmers = world.client("farmers")
    first = finding("t-1", passed=True)
    assert await examine(world, "lot-1", first) == await examine(world, "lot-1", first)
    for said, status, rule, field in (
        (finding("t-9", tested_on="2030-01-01"), 422, "test-to-come", "tested_on"),
        (finding("t-9", tested_on="2026-11-01"), 422, "test-before-harvest", "tested_on"),
        (finding("t-9", method="laboratory", report_no=None), 422, "report-needed", "report_no"),
        (first | {"passed": False}, 409, "test-exists", "test_id"),
    ):
        assert refused(await farmers.post("/lots/lot-1/tests", json=said), status, rule)["field"] == field
    refused(await farmers.post("/lots/none/tests", json=first), 404, "unknown-lot")
    refused(await farmers.get("/lots/none/tests"), 404, "unknown-lot")
