"""Statements: every fen of a household's income stands on a line, is paid or waits, and adds up to what was settled."""

from typing import Any

from shared.events.logistics import LineReceived, LotAccepted, ReceiptSigned
from shared.events.procurement import SettlementRecorded
from tests.api.farmers.builders import COOP, a_county, cooperative, line, lot, placed, post, put
from tests.api.farmers.money import MONDAY, corrected, of_lines, paid, payout, settled, tell
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused

RANGE = {"from": "2026-11", "until": "2026-12"}


def receipt(version: int, accepted_g: int) -> ReceiptSigned:
    """What the school weighs of the order's two lines: all of the first, so much of the second."""
    lines = tuple(
        LineReceived(
            line_id=name,
            food_code="napa_cabbage",
            received_g=20_000,
            accepted_g=grams,
            reason="" if grams == 20_000 else "bruised",
            lots=(LotAccepted(lot_id="lot-1", accepted_g=grams),) if grams else (),
        )
        for name, grams in (("line-1", 20_000), ("line-2", accepted_g))
    )
    return ReceiptSigned(
        receipt_id="receipt-1",
        version=version,
        order_id="order-1",
        canteen_id="canteen-1",
        cooperative_id=COOP,
        delivery_day=MONDAY,
        signers=("cook", "head"),
        lines=lines,
        signed_at=START,
    )


async def a_delivery(world_of: WorldOf) -> tuple[World, SettlementRecorded, SettlementRecorded]:
    """An order of two lines from a lot of which hh-1 brought a third and hh-4 a sixth, settled and corrected.

    Both settlements are as procurement makes them, to the fen: 20 kg at 154 fen/kg twice, then 10,003 g less.
    """
    world = await world_of("farmers")
    await a_county(world)
    second = line("line-2", 20_000, price_fen_per_kg=151)
    await tell(world, placed("order-1", line("line-1", 20_000), second, delivery_day=MONDAY))
    await post(world, "/lots", **lot(harvest_day="2026-11-15", contributions={"hh-1": 20_000, "hh-4": 10_000}))
    await post(world, "/orders/order-1/accept")
    await post(world, "/orders/order-1/dispatch")
    whole = settled("s-1", 3_050, hh_1=(13_334, 2_034), hh_4=(6_666, 1_016))
    whole = of_lines(whole, "order-1", line_1=(20_000, 3_080), line_2=(20_000, 3_020))
    less = corrected(whole, "s-2", -756, hh_1=(-3_335, -503), hh_4=(-1_667, -252))
    less = of_lines(less, "order-1", line_2=(-10_003, -1_511))
    await tell(world, receipt(1, 20_000), whole, receipt(2, 9_997), less)
    return world, whole, less


async def statement(world: World, path: str, **query: Any) -> Any:
    """A statement of November and December."""
    return await ok(await world.client("farmers").get(path, params=RANGE | query))


async def test_a_household_sees_lot_grams_price_and_amount_of_each_line(world_of: WorldOf) -> None:
    """Lines are split as procurement split them; a correction is a part of its own on the line it is about."""
    world, *_ = await a_delivery(world_of)
    shown = await statement(world, "/households/hh-1/statement")
    assert [
        [(one["line_id"], one["accepted_g"], one["price_fen_per_kg"], one["amount_fen"]) for one in part["lines"]]
        for part in shown["items"]
    ] == [[("line-1", 6_667, 154, 1_027), ("line-2", 6_667, 151, 1_007)], [("line-2", -3_335, 151, -503)]]
    first = shown["items"][0]
    assert {(one["lot_id"], one["food_code"], one["harvest_day"]) for one in first["lines"]} == {
        ("lot-1", "napa_cabbage", "2026-11-15")
    }
    assert (first["order_id"], first["delivery_day"], first["poor"]) == ("order-1", "2026-11-16", True)
    for part in shown["items"]:
        assert sum(one["amount_fen"] for one in part["lines"]) == part["amount_fen"]
        assert sum(one["accepted_g"] for one in part["lines"]) == part["accepted_g"]
    assert (shown["totals"]["accepted_g"], shown["totals"]["amount_fen"]) == (9_999, 1_531)


async def test_each_part_is_awaited_then_waits_then_is_paid(world_of: WorldOf) -> None:
    """A part waits since the delivery for the cooperative's money, then since that came, then says when and how."""
    world, whole, less = await a_delivery(world_of)

    async def states() -> list[tuple[str, int | None]]:
        items = (await statement(world, "/households/hh-1/statement"))["items"]
        return [(item["state"], item["waiting_days"]) for item in items]

    assert await states() == [("awaiting_cooperative", 7), ("awaiting_cooperative", 7)]
    await tell(world, paid("pay-1", whole))
    assert await states() == [("waiting", 3), ("awaiting_cooperative", 7)]
    await ok(await world.client("farmers").post("/payouts", json=payout(method="cash")))
    assert await states() == [("paid", None), ("awaiting_cooperative", 7)]
    shown = await statement(world, "/households/hh-1/statement")
    part = shown["items"][0]
    assert (part["cooperative_paid_on"], part["paid_on"], part["method"], part["payout_id"]) == (
        "2026-11-20",
        "2026-11-23",
        "cash",
        "payout-1",
    )
    assert shown["totals"] == {
        "accepted_g": 9_999,
        "amount_fen": 1_531,
        "paid_fen": 2_034,
        "waiting_fen": 0,
        "awaiting_cooperative_fen": -503,
    }
    await tell(world, paid("pay-2", less))
    assert (await states())[1] == ("waiting", 3)


async def test_a_statement_is_read_page_by_page(world_of: WorldOf) -> None:
    """Parts come by delivery day; `after` goes on where the page before ended; other months have none."""
    world, *_ = await a_delivery(world_of)
    first = await statement(world, "/households/hh-1/statement", limit=1)
    rest = await statement(world, "/households/hh-1/statement", after=first["next"])
    assert [item["settlement_id"] for item in first["items"] + rest["items"]] == ["s-1", "s-2"]
    assert first["totals"] == rest["totals"]
    none = await ok(await world.client("farmers").get("/households/hh-1/statement", params={"from": "2026-10"}))
    assert (none["items"], none["totals"]["amount_fen"], none["last_month"]) == ([], 0, "2026-10")


async def test_what_was_told_without_lines_is_traced_by_the_order(world_of: WorldOf) -> None:
    """Of a settlement told before it named its lines the order's accepted grams say where the money comes from."""
    world, whole, _ = await a_delivery(world_of)
    old = whole.model_copy(update={"settlement_id": "s-0", "lines": ()})
    unknown = whole.model_copy(update={"settlement_id": "s-9", "order_id": "order-404", "lines": ()})
    await tell(world, old, unknown)
    items = {item["settlement_id"]: item for item in (await statement(world, "/households/hh-1/statement"))["items"]}
    assert [(one["line_id"], one["amount_fen"]) for one in items["s-0"]["lines"]] == [
        ("line-1", 1_365),
        ("line-2", 669),
    ]
    (untraced,) = items["s-9"]["lines"]
    assert (untraced["line_id"], untraced["amount_fen"], untraced["accepted_g"]) == (None, 2_034, 13_334)


async def test_a_cooperatives_statement_adds_up_to_what_was_settled(world_of: WorldOf) -> None:
    """Own part + households = settled; households = paid + waiting + awaited; counts are those of the statuses."""
    world, whole, less = await a_delivery(world_of)
    await tell(world, paid("pay-1", whole))
    await ok(await world.client("farmers").post("/payouts", json=payout(household_ids=["hh-4"])))
    shown = await statement(world, f"/cooperatives/{COOP}/statement")
    assert shown["totals"] == {
        "accepted_g": 14_998,
        "amount_fen": 2_295,
        "paid_fen": 1_016,
        "waiting_fen": 2_034,
        "awaiting_cooperative_fen": -755,
        "households": 2,
        "poor_households": 1,
        "poor_households_fen": 1_531,
        "own_fen": 2_294,
        "own_paid_fen": 3_050,
        "settled_fen": whole.amount_fen + less.amount_fen,
    }
    page = await statement(world, f"/cooperatives/{COOP}/statement", limit=1)
    rest = await statement(world, f"/cooperatives/{COOP}/statement", after=page["next"])
    assert [(one["household_id"], one["poor"], one["waiting_days"]) for one in page["items"] + rest["items"]] == [
        ("hh-1", True, 3),
        ("hh-4", False, None),
    ]


async def test_a_village_sums_up_its_cooperatives(world_of: WorldOf) -> None:
    """A village is that of its cooperatives; where nobody named one it is the town's nameless one."""
    world, whole, less = await a_delivery(world_of)
    await put(
        world, "/cooperatives", cooperative(village="云盘村（虚构）"), cooperative("coop-3", town_code="520628101")
    )
    other = settled("s-7", 5, hh_9=(1_000, 95)).model_copy(update={"cooperative_id": "coop-3"})
    await tell(world, other)
    first = await statement(world, "/village-statements", county_code="520628", limit=1)
    rest = await statement(world, "/village-statements", county_code="520628", after=first["next"])
    items = first["items"] + rest["items"]
    assert [(one["town_code"], one["village"], one["households"], one["settled_fen"]) for one in items] == [
        ("520628101", "", 1, 100),
        ("520628103", "云盘村（虚构）", 2, whole.amount_fen + less.amount_fen),
    ]
    assert (await statement(world, "/village-statements", county_code="529999"))["items"] == []


async def test_statements_are_files_for_office_programs(world_of: WorldOf) -> None:
    """A byte-order mark, Chinese words, yuan and kg; one line an order line and lot, a household, a village."""
    world, *_ = await a_delivery(world_of)
    client = world.client("farmers")
    expected = {
        "/households/hh-1/statement/export": (4, "order-1,canteen-1,napa_cabbage,lot-1,2026-11-15,6.667,1.54,10.27"),
        f"/cooperatives/{COOP}/statement/export": (3, "hh-1,是,9.999,15.31,0.00,0.00,15.31,"),
        "/village-statements/export": (2, "520628103,,1,2,1,15.31,22.94,14.998,22.95,0.00,0.00,22.95,"),
    }
    for path, (lines, part) in expected.items():
        county = {"county_code": "520628"} if "village" in path else {}
        answer = await client.get(path, params=RANGE | county)
        text = answer.content.decode("utf-8-sig")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert len(text.splitlines()) == lines
        assert part in text, text


async def test_what_no_statement_covers_is_refused(world_of: WorldOf) -> None:
    """Unknown parties are not found; months in disorder, more than a year and cursors nobody gave are refused."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    refused(await client.get("/households/hh-404/statement"), 404, "unknown-household")
    refused(await client.get("/cooperatives/coop-404/statement"), 404, "unknown-cooperative")
    path = "/households/hh-1/statement"
    refused(await client.get(path, params={"from": "2026-12", "until": "2026-11"}), 422, "months-reversed")
    refused(await client.get(path, params={"from": "2026-01", "until": "2027-01"}), 422, "too-many-months")
    refused(await client.get(path, params={"after": "yesterday"}), 422, "after")
    assert (await client.get(path, params={"from": "2026-13"})).status_code == 422
