"""Lots made of lots: mixed, split, recalled."""

import asyncio
from typing import Any

from shared.events.farmers import LotHarvested
from shared.events.logistics import RecallRaised
from tests.api.farmers.builders import COOP, OTHER, a_county, line, lot, placed, post, put, status
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused


def parts(**grams: int) -> list[dict[str, Any]]:
    """Parts of a mixture; `_` stands for `-` in names."""
    return [{"lot_id": name.replace("_", "-"), "quantity_g": each} for name, each in grams.items()]


async def two_lots(world: World) -> None:
    """Two lots of different days: hh-1 brought to both, hh-2 to the younger."""
    await a_county(world)
    old = lot(harvest_day="2026-11-20", contributions={"hh-1": 30_000}, best_before="2026-12-05")
    young = lot("lot-2", contributions={"hh-1": 6_000, "hh-2": 24_000}, certificate_no="GZ-2", best_before="2026-12-03")
    await post(world, "/lots", **old)
    await post(world, "/lots", **young)


async def seen(world: World, lot_id: str) -> Any:
    """A lot as everybody sees it."""
    return await ok(await world.client("farmers").get(f"/lots/{lot_id}"))


def brought(shown: dict[str, Any]) -> dict[str, int]:
    """Grams by household of a lot that is shown."""
    return {each["household_id"]: each["quantity_g"] for each in shown["contributions"]}


async def test_a_mixed_lot_names_the_old_ones(world_of: WorldOf) -> None:
    """Mixing makes a lot with a certificate of its own: oldest harvest, shortest life, every household's grams."""
    world = await world_of("farmers")
    await two_lots(world)
    body = {"lot_id": "lot-3", "certificate_no": "GZ-3", "parts": parts(lot_1=20_000, lot_2=30_000)}
    made = await post(world, "/lots/mixtures", **body)
    assert (made["harvest_day"], made["best_before"]) == ("2026-11-20", "2026-12-03")
    assert (made["quantity_g"], made["own_g"]) == (50_000, 25_000)
    assert brought(made) == {"hh-1": 13_000, "hh-2": 12_000}
    assert [(each["lot_id"], each["certificate_no"], each["quantity_g"]) for each in made["parents"]] == [
        ("lot-1", "GZ-1", 20_000),
        ("lot-2", "GZ-2", 30_000),
    ]
    assert await seen(world, "lot-3") == made
    parent = await seen(world, "lot-1")
    assert (parent["remaining_g"], parent["moved_g"]) == (40_000, 20_000)
    assert parent["children"] == [{"lot_id": "lot-3", "certificate_no": "GZ-3", "quantity_g": 20_000}]
    assert await post(world, "/lots/mixtures", **body) == made
    other = body | {"parts": parts(lot_1=20_000, lot_2=30_001)}
    refused(await world.client("farmers").post("/lots/mixtures", json=other), 409, "lot-exists")
    await world.settle()
    told = {each.lot_id: each for each in world.told_of(LotHarvested)}
    assert [(each.lot_id, each.quantity_g) for each in told["lot-3"].parents] == [("lot-1", 20_000), ("lot-2", 30_000)]
    assert {each.household_id: (each.poor, each.quantity_g) for each in told["lot-3"].contributions} == {
        "hh-1": (True, 13_000),
        "hh-2": (True, 12_000),
    }
    assert told["lot-1"].parents == ()


async def test_a_split_keeps_the_link(world_of: WorldOf) -> None:
    """Parts keep certificate, days and households; split to the end, they sum to what each household brought."""
    world = await world_of("farmers")
    await two_lots(world)
    first = {"parts": [{"lot_id": "a", "quantity_g": 20_001}, {"lot_id": "b", "quantity_g": 9_998}]}
    done = await post(world, "/lots/lot-2/parts", **first)
    assert (done["whole"]["remaining_g"], done["whole"]["moved_g"]) == (30_001, 29_999)
    assert {each["certificate_no"] for each in done["parts"]} == {"GZ-2"}
    assert await post(world, "/lots/lot-2/parts", **first) == done
    rest = await post(world, "/lots/lot-2/parts", parts=[{"quantity_g": 30_001, "certificate_no": "GZ-9"}])
    every = [*done["parts"], *rest["parts"]]
    for household_id, grams in (("hh-1", 6_000), ("hh-2", 24_000)):
        assert sum(brought(each).get(household_id, 0) for each in every) == grams
    assert sum(each["own_g"] for each in every) == 30_000
    assert rest["whole"]["remaining_g"] == 0
    assert [each["quantity_g"] for each in rest["whole"]["children"] if each["lot_id"] in "ab"] == [20_001, 9_998]
    client = world.client("farmers")
    refused(await client.post("/lots/lot-2/parts", json={"parts": [{"quantity_g": 1}]}), 409, "lot-exhausted")
    partly = {"parts": [*first["parts"], {"lot_id": "c", "quantity_g": 1}]}
    refused(await client.post("/lots/lot-2/parts", json=partly), 409, "split-differs")
    taken = {"parts": [{"lot_id": "lot-1", "quantity_g": 1}]}
    refused(await client.post("/lots/lot-2/parts", json=taken), 409, "lot-exists")
    refused(await client.post("/lots/lot-404/parts", json={"parts": [{"quantity_g": 1}]}), 404, "unknown-lot")
    twice = {"parts": [{"lot_id": "d", "quantity_g": 1}] * 2}
    refused(await client.post("/lots/lot-1/parts", json=twice), 422, "lot-twice")


async def test_the_same_grams_are_not_mixed_twice(world_of: WorldOf) -> None:
    """Of mixtures at the same moment that want the same grams one is made; the other is refused whole."""
    world = await world_of("farmers")
    await two_lots(world)
    client = world.client("farmers")
    bodies = [
        {"lot_id": f"mix-{n}", "certificate_no": "GZ-3", "parts": parts(lot_1=40_000, lot_2=10_000)} for n in range(3)
    ]
    answers = await asyncio.gather(*(client.post("/lots/mixtures", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert [(await seen(world, each))["remaining_g"] for each in ("lot-1", "lot-2")] == [20_000, 50_000]


async def test_what_cannot_be_mixed_is_refused(world_of: WorldOf) -> None:
    """Each refusal names field and rule; nothing is written and nothing told."""
    world = await world_of("farmers")
    await two_lots(world)
    await post(world, "/lots", **lot("potato", food_code="potato"))
    await post(world, "/lots", **lot("foreign", OTHER))
    await put(world, "/household-statuses", status("hh-1", "not_poor", "2026-11-22"))
    await post(world, "/lots", **lot("later", harvest_day="2026-11-22", contributions={"hh-1": 60_000}))
    await post(world, "/lots", **lot("spoilt", harvest_day="2026-11-01", best_before="2026-11-20"))
    await world.settle()
    before = len(world.told_of(LotHarvested))
    client = world.client("farmers")
    for second, grams, status_code, rule, field in (
        ("lot-404", 1, 404, "unknown-lot", "parts.1.lot_id"),
        ("lot-1", 1, 422, "lot-twice", "parts.1.lot_id"),
        ("potato", 1, 422, "another-food", "parts.1.lot_id"),
        ("foreign", 1, 422, "another-cooperative", "parts.1.lot_id"),
        ("lot-2", 60_001, 409, "lot-exhausted", "parts.1.quantity_g"),
        ("spoilt", 1, 409, "lot-expired", "parts.1.lot_id"),
        ("later", 1_000, 409, "household-status-differs", "parts.1.lot_id"),
    ):
        two = [{"lot_id": "lot-1", "quantity_g": 1_000}, {"lot_id": second, "quantity_g": grams}]
        answer = await client.post("/lots/mixtures", json={"certificate_no": "GZ-3", "parts": two})
        assert refused(answer, status_code, rule)["field"] == field
    old = {"certificate_no": "GZ-2", "parts": parts(lot_1=1, lot_2=1)}
    assert refused(await client.post("/lots/mixtures", json=old), 422, "certificate-of-old-lot")["field"]
    alone = {"certificate_no": "GZ-3", "parts": parts(lot_1=1)}
    refused(await client.post("/lots/mixtures", json=alone), 422, "invalid-input")
    best = lot("odd", best_before="2026-11-20")
    assert refused(await client.post("/lots", json=best), 422, "best-before-harvest")["field"] == "best_before"
    await world.settle()
    assert len(world.told_of(LotHarvested)) == before
    assert (await seen(world, "lot-1"))["moved_g"] == 0


async def test_a_recall_reaches_what_was_made_of_a_lot(world_of: WorldOf) -> None:
    """A recalled lot, and lots mixed and split from it, are not packed, mixed or split; its other parents are."""
    world = await world_of("farmers")
    await two_lots(world)
    mixed = {"lot_id": "lot-3", "certificate_no": "GZ-3", "parts": parts(lot_1=20_000, lot_2=30_000)}
    await post(world, "/lots/mixtures", **mixed)
    await post(world, "/lots/lot-3/parts", parts=[{"lot_id": "lot-4", "quantity_g": 10_000}])
    recall = RecallRaised(recall_id="r", lot_id="lot-1", cooperative_id=COOP, reason="residue", raised_at=START)
    await world.publish(recall, placed("order-1", line(ordered_g=40_000)))
    await world.settle()
    for lot_id, is_recalled in (("lot-1", True), ("lot-2", False), ("lot-3", True), ("lot-4", True)):
        assert ((await seen(world, lot_id))["recalled_at"] is not None) == is_recalled
    client = world.client("farmers")
    again = {"certificate_no": "GZ-5", "parts": parts(lot_2=1, lot_4=1)}
    answer = refused(await client.post("/lots/mixtures", json=again), 409, "lot-recalled")
    assert answer["field"] == "parts.1.lot_id"
    refused(await client.post("/lots/lot-3/parts", json={"parts": [{"quantity_g": 1}]}), 409, "lot-recalled")
    await post(world, "/orders/order-1/accept")
    said = {"lines": [{"line_id": "line-1", "lots": [{"lot_id": "lot-4", "quantity_g": 40}]}], "reason": "few"}
    refused(await client.post("/orders/order-1/dispatch", json=said), 409, "lot-recalled")
    packed = await post(world, "/orders/order-1/dispatch")
    assert packed["lines"][0]["lots"] == [{"lot_id": "lot-2", "quantity_g": 30_000}]
    assert packed["reason"] == "lots-exhausted"


async def test_first_expired_goes_first(world_of: WorldOf) -> None:
    """The lot that spoils first is packed first, whenever it was harvested; one that would be spoilt is not packed."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1", line(ordered_g=40_000)))
    await world.settle()
    await post(world, "/orders/order-1/accept")
    for lot_id, day, end in (("old", "2026-11-18", None), ("young", "2026-11-22", "2026-12-01")):
        await post(world, "/lots", **lot(lot_id, harvest_day=day, best_before=end, quantity_g=25_000))
    await post(world, "/lots", **lot("spoilt", best_before="2026-11-29"))
    said = {"lines": [{"line_id": "line-1", "lots": [{"lot_id": "spoilt", "quantity_g": 40_000}]}]}
    answer = await world.client("farmers").post("/orders/order-1/dispatch", json=said)
    assert refused(answer, 422, "expired-before-delivery")["field"] == "lines.0.lots.0.lot_id"
    packed = await post(world, "/orders/order-1/dispatch")
    assert packed["lines"][0]["lots"] == [
        {"lot_id": "young", "quantity_g": 25_000},
        {"lot_id": "old", "quantity_g": 15_000},
    ]
