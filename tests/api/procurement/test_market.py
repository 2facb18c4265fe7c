"""What no cooperative has is ordered from the licensed market supplier, and shown as such to the end."""

from datetime import timedelta
from typing import Any

from shared.events.procurement import DemandUnmet, MarketGoodsReceived, OrderConfirmed, OrderPlaced, SettlementRecorded
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY
from tests.conftest import WorldOf
from tests.people import official
from tests.world import World, ok, refused

NEEDS = {("cabbage", MONDAY): 30_000, ("pear", MONDAY): 4_000}
SUPPLIER = {
    "supplier_id": "market-1",
    "county_code": facts.COUNTY,
    "name_zh": "配送中心（虚构）",
    "name_en": "Distribution centre (fictional)",
    "licence_no": "FICT-1",
    "licence_until": "2026-12-31",
}
WANTED = {"county_code": facts.COUNTY, "week_start": str(MONDAY), "official": "李主任（虚构）"}


async def a_short_world(world_of: WorldOf, **licence: Any) -> World:
    """Return a world where a run found nobody for pears; a supplier is registered, and pears have a market price."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(NEEDS))
    await world.settle()
    await facts.run(world)
    client = world.client("procurement")
    await ok(await client.put("/market-suppliers", json={"rows": [SUPPLIER | licence]}))
    price = {"food_code": "pear", "region_code": "52", "day": "2026-11-20", "price_fen_per_kg": 600}
    await ok(await client.put("/reference-prices", json={"rows": [price | {"source": "fictional", "verified": True}]}))
    return world


async def post(world: World, path: str, **body: Any) -> Any:
    """Post to procurement."""
    return await world.client("procurement").post(path, json=body)


async def the_order(world: World) -> dict[str, Any]:
    """Order the rest and return the one order it makes."""
    done = await ok(await post(world, "/market-orders", **WANTED))
    (order,) = done["orders"]
    placed: dict[str, Any] = order
    return placed


async def received(world: World, order: dict[str, Any], *grams: int, signers: tuple[str, str] = ("a", "b")) -> Any:
    """Sign for (dispatched, received, accepted) grams of the order's one line."""
    names = ("dispatched_g", "received_g", "accepted_g")
    line = {"line_id": order["lines"][0]["line_id"]} | dict(zip(names, grams, strict=True))
    path = f"/market-orders/{order['order_id']}/receipt"
    return await world.client("procurement").put(path, json={"signers": list(signers), "lines": [line]})


async def confirmed(world: World) -> dict[str, Any]:
    """Order the rest, and note that the supplier takes it."""
    order = await the_order(world)
    lines = [{"line_id": order["lines"][0]["line_id"], "confirmed_g": 4_000}]
    done: dict[str, Any] = await ok(await post(world, f"/market-orders/{order['order_id']}/answer", lines=lines))
    return done


async def test_what_nobody_has_is_ordered_from_the_market(world_of: WorldOf) -> None:
    """At the reference price, marked as such, without farmers or logistics hearing of it; nothing is short any more."""
    world = await a_short_world(world_of)
    order = await the_order(world)
    await world.settle()
    assert (order["supplier"], order["cooperative_id"], order["status"]) == ("market", "market-1", "placed")
    (line,) = order["lines"]
    assert (line["food_code"], line["ordered_g"], line["price_fen_per_kg"]) == ("pear", 4_000, 600)
    assert line["reference"]["difference_permille"] == 0
    assert [each.cooperative_id for each in world.told_of(OrderPlaced)] == ["coop-1"]
    assert [(each.food_code, each.unmet_g) for each in world.told_of(DemandUnmet)] == [("pear", 4_000), ("pear", 0)]
    again = await ok(await post(world, "/market-orders", **WANTED))
    assert again == {"orders": [], "left": []}


async def test_the_order_of_the_market_goes_all_the_way(world_of: WorldOf) -> None:
    """Confirmed by the supplier's word, signed for by two people, settled to the fen, told to the school's store."""
    world = await a_short_world(world_of)
    order = await confirmed(world)
    assert (order["status"], order["version"]) == ("confirmed", 2)
    done = await ok(await received(world, order, 4_000, 3_900, 3_800))
    await world.settle()
    (line,) = done["lines"]
    five = ("ordered_g", "confirmed_g", "dispatched_g", "received_g", "accepted_g")
    assert [line[name] for name in five] == [4_000, 4_000, 4_000, 3_900, 3_800]
    assert (done["status"], line["amount_fen"]) == ("settled", 2_280)
    (told,) = world.told_of(MarketGoodsReceived)
    assert (told.supplier_id, told.version, told.lines[0].accepted_g) == ("market-1", 1, 3_800)
    (booked,) = world.told_of(SettlementRecorded)
    assert (booked.cooperative_fen, booked.households) == (2_280, ())
    assert world.told_of(OrderConfirmed) == []
    week = await ok(await world.client("procurement").get("/reports/week", params={"week_start": str(MONDAY)}))
    assert (week["market_g"], week["market_fen"], week["spend_fen"]) == (3_800, 2_280, 2_280)
    assert week["poor_household_fen"] == 0
    path = "/statements/cooperatives/market-1"
    owed = await ok(await world.client("procurement").get(path, params={"month": "2026-11"}))
    assert [(each["supplier"], each["amount_fen"]) for each in owed["items"]] == [("market", 2_280)]
    printed = await world.client("procurement").get("/statements/schools/school-1/pdf", params={"month": "2026-11"})
    assert printed.content.startswith(b"%PDF-")


async def test_a_receipt_of_the_market_is_corrected(world_of: WorldOf) -> None:
    """Signed again, it is a new version, and the difference is booked."""
    world = await a_short_world(world_of)
    order = await confirmed(world)
    await ok(await received(world, order, 4_000, 3_900, 3_800))
    done = await ok(await received(world, order, 3_000, 3_000, 3_000))
    await world.settle()
    assert done["lines"][0]["amount_fen"] == 1_800
    told = world.told_of(SettlementRecorded)
    assert [each.amount_fen for each in told] == [2_280, -480]
    assert [each.lines[0].accepted_change_g for each in told] == [3_800, -800]
    assert [each.version for each in world.told_of(MarketGoodsReceived)] == [1, 2]


async def test_the_gate_keeps_to_its_rules(world_of: WorldOf) -> None:
    """Two people sign, quantities only shrink on the way, and only what was confirmed is received."""
    world = await a_short_world(world_of)
    order = await the_order(world)
    refused(await received(world, order, 1, 1, 1), 409, "not-confirmed")
    order = await ok(await post(world, f"/market-orders/{order['order_id']}/answer", lines=_all(order)))
    refused(await received(world, order, 1, 1, 1, signers=("a", "a")), 422, "two-signers")
    for grams in ((5_000, 1, 1), (1, 2, 1), (2, 1, 2)):
        refused(await received(world, order, *grams), 422, "quantities-out-of-order")


def _all(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"line_id": line["line_id"], "confirmed_g": line["ordered_g"]} for line in order["lines"]]


async def test_what_the_supplier_leaves_out_is_short_again(world_of: WorldOf) -> None:
    """An answer of less confirms that much; the rest is looked for at once, and nobody has it."""
    world = await a_short_world(world_of)
    order = await the_order(world)
    lines = [{"line_id": order["lines"][0]["line_id"], "confirmed_g": 1_000}]
    done = await ok(await post(world, f"/market-orders/{order['order_id']}/answer", lines=lines))
    assert (done["status"], done["lines"][0]["confirmed_g"]) == ("confirmed", 1_000)
    assert (await facts.lines_of(world))["pear"]["unmet_g"] == 3_000


async def test_no_cooperative_is_registered_as_a_market_supplier(world_of: WorldOf) -> None:
    """What a market supplier earns would be booked to the cooperative of its id: such a row is refused by name."""
    world = await a_short_world(world_of)
    rows = [SUPPLIER | {"supplier_id": "coop-1"}, SUPPLIER | {"supplier_id": "market-2"}]
    done = await ok(await world.client("procurement").put("/market-suppliers", json={"rows": rows}))
    assert done["created"] == 1
    assert [(one["index"], one["rule"], one["field"]) for one in done["refused"]] == [
        (0, "is-a-cooperative", "supplier_id")
    ]


async def test_nothing_is_ordered_without_licence_or_price(world_of: WorldOf) -> None:
    """A licence that ends before the delivery does not count; food without a reference price is not bought."""
    world = await a_short_world(world_of, licence_until="2026-11-29")
    done = await ok(await post(world, "/market-orders", **WANTED))
    assert (done["orders"], [each["rule"] for each in done["left"]]) == ([], ["no-licensed-supplier"])
    client = world.client("procurement")
    shown = await ok(await client.get("/market-suppliers", params={"county_code": facts.COUNTY}))
    assert [each["licensed"] for each in shown["items"]] == [True]
    await ok(await client.put("/market-suppliers", json={"rows": [SUPPLIER]}))
    await world.publish(facts.an_amendment(NEEDS | {("plum", MONDAY): 1_000}, 2))
    await world.settle()
    done = await ok(await post(world, "/market-orders", **WANTED))
    assert [(each["food_code"], each["rule"]) for each in done["left"]] == [("plum", "no-reference-price")]
    assert len(done["orders"]) == 1


async def test_a_preview_orders_nothing(world_of: WorldOf) -> None:
    """What would be ordered is shown; nothing is kept."""
    world = await a_short_world(world_of)
    shown = await ok(await post(world, "/market-orders", **WANTED, preview=True))
    assert len(shown["orders"]) == 1
    assert (await facts.lines_of(world))["pear"]["unmet_g"] == 4_000


async def test_a_market_order_above_the_limit_waits_for_an_official(world_of: WorldOf) -> None:
    """The county's limit holds for the market, too; nobody but the official is told."""
    world = await a_short_world(world_of)
    rule = {"region_code": "52", "valid_from": "2026-09-01", "approval_limit_fen": 2_399, "source": "fictional"}
    await ok(await world.client("procurement").put("/ordering-rules", json={"rows": [rule]}))
    order = await the_order(world)
    assert order["status"] == "draft"
    placed = await ok(await post(world, f"/orders/{order['order_id']}/approve", official="李"))
    await world.settle()
    assert (placed["status"], len(world.told_of(OrderPlaced))) == ("placed", 1)


async def test_a_cooperative_answers_for_itself(world_of: WorldOf) -> None:
    """Nobody answers or receives a cooperative's order here."""
    world = await a_short_world(world_of)
    (placed,) = world.told_of(OrderPlaced)
    path = f"/market-orders/{placed.order_id}"
    refused(await post(world, path + "/answer", lines=[]), 409, "not-a-market-order")
    refused(await post(world, "/market-orders/unknown/answer", lines=[]), 404, "unknown-order")


async def test_a_county_pays_its_market_supplier(world_of: WorldOf) -> None:
    """An official reads, prints and pays what the supplier is due as what a cooperative is; nobody elsewhere does."""
    world = await a_short_world(world_of)
    await ok(await received(world, await confirmed(world), 4_000, 4_000, 4_000))
    mine, elsewhere = (world.client("procurement", as_=official(each)) for each in (facts.COUNTY, "520602"))
    month = {"month": "2026-11"}
    statement = "/statements/cooperatives/market-1"
    assert (await ok(await mine.get(statement, params=month)))["total_fen"] == 2_400
    assert (await mine.get(f"{statement}/pdf", params=month)).content.startswith(b"%PDF-")
    of = {"cooperative_id": "market-1"}
    (due,) = (await ok(await mine.get("/settlements", params=of)))["items"]
    account = of | {"bank": "虚构银行", "account_masked": "****0017"}
    assert (await ok(await mine.put("/payment-accounts", json={"rows": [account]})))["created"] == 1
    world.clock.advance(timedelta(days=8))
    file = {"county_code": facts.COUNTY, "until": "2026-12-01", "created_by": "official-1"}
    made = await ok(await mine.post("/payment-files", json=file))
    told = (await mine.get(f"/payment-files/{made['file_id']}/csv")).content.decode("utf-8-sig")
    assert "market-1,配送中心（虚构）,虚构银行,****0017,24.00" in told
    await ok(await mine.post(f"/payment-files/{made['file_id']}/cancel"))
    payment = of | month | {"paid_on": "2026-12-01", "reference": "20261201-1"}
    refused(await elsewhere.post("/payments", json=payment), 404, "unknown-cooperative")
    refused(await elsewhere.get(statement, params=month), 404, "unknown-cooperative")
    paid = (await ok(await mine.post("/payments", json=payment)))["payments"][0]
    assert [(each["settlement_id"], each["amount_fen"]) for each in paid["settlements"]] == [
        (due["settlement_id"], 2_400)
    ]
    account_of = {"account": "cooperative/market-1/paid"}
    assert (await ok(await mine.get("/ledger/entries", params=account_of)))["items"]
    refused(await elsewhere.get("/ledger/entries", params=account_of), 404, "unknown-account")
