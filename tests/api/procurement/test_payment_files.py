"""Payment files, printed statements, and what has grown old."""

import csv
import io
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import insert, select

from services.procurement.orders.models import order_line
from shared.events.nutrition import FoodRegistered
from shared.events.procurement import PaymentConfirmed
from tests.api.procurement import facts
from tests.api.procurement.test_payments import STATEMENT, balance, pay, settled
from tests.conftest import WorldOf
from tests.world import World, ok, refused

FILE = {"county_code": facts.COUNTY, "until": "2026-12-01", "created_by": "official-1"}


async def on_tuesday(world_of: WorldOf) -> World:
    """Return a world on the day after a delivery for 4,000 fen."""
    world, _ = await settled(world_of)
    world.clock.advance(timedelta(days=8))
    return world


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    """Return the rows of a CSV file that was answered."""
    assert answer.is_success, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_file_pays_everything_that_is_open(world_of: WorldOf) -> None:
    """A file has a row for each cooperative; carried out, each is a payment; the same again changes nothing."""
    world = await on_tuesday(world_of)
    client = world.client("procurement")
    account = {"cooperative_id": "coop-1", "bank": "虚构银行", "account_masked": "***************0017"}
    whole = account | {"account_masked": "6222020000000000017"}
    done = await ok(await client.put("/payment-accounts", json={"rows": [account, whole]}))
    assert (done["created"], [one["rule"] for one in done["refused"]]) == (1, ["string_pattern_mismatch"])
    made = await ok(await client.post("/payment-files", json=FILE))
    assert (made["amount_fen"], made["payments"], made["status"]) == (4_000, 1, "open")
    (row,) = rows_of(await client.get(f"/payment-files/{made['file_id']}/csv"))
    assert row == {
        "reference": made["rows"][0]["reference"],
        "cooperative_id": "coop-1",
        "cooperative": "合作社",
        "bank": "虚构银行",
        "account_masked": "***************0017",
        "amount_yuan": "40.00",
        "purpose": "food",
    }
    refused(await client.post("/payment-files", json=FILE), 422, "nothing-due")
    body = {"payment_file_id": made["file_id"], "paid_on": "2026-12-01", "reference": "batch 7"}
    paid = await ok(await client.post("/payments", json=body))
    assert await ok(await client.post("/payments", json=body)) == paid
    assert [(one["amount_fen"], one["reference"]) for one in paid["payments"]] == [(4_000, "batch 7/0001")]
    await world.settle()
    assert len(world.told_of(PaymentConfirmed)) == 1
    assert await balance(world, "cooperative/coop-1/held") == 3_000
    refused(await client.post("/payments", json=body | {"reference": "batch 8"}), 409, "file-closed")
    refused(await client.post(f"/payment-files/{made['file_id']}/cancel"), 409, "file-closed")
    (listed,) = (await ok(await client.get("/payment-files", params={"status": "confirmed"})))["items"]
    assert (listed["amount_fen"], listed["payments"]) == (4_000, 1)


async def test_what_the_bank_returned_or_nobody_carried_out_is_still_due(world_of: WorldOf) -> None:
    """A cancelled file frees what is in it; a returned payment was none."""
    world = await on_tuesday(world_of)
    client = world.client("procurement")
    first = await ok(await client.post("/payment-files", json=FILE))
    url = f"/payment-files/{first['file_id']}"
    assert (await ok(await client.post(f"{url}/cancel")))["status"] == "cancelled"
    assert (await ok(await client.post(f"{url}/cancel")))["status"] == "cancelled"
    second = await ok(await client.post("/payment-files", json=FILE))
    body = {"payment_file_id": second["file_id"], "paid_on": "2026-12-01", "reference": "b"}
    refused(await client.post("/payments", json=body | {"returned": ["coop-9"]}), 422, "not-in-file")
    assert await ok(await client.post("/payments", json=body | {"returned": ["coop-1"]})) == {"payments": []}
    third = await ok(await client.post("/payment-files", json=FILE))
    assert third["amount_fen"] == 4_000
    refused(await client.post("/payments", json=body | {"payment_file_id": first["file_id"]}), 409, "file-closed")
    refused(await client.post("/payments", json=body | {"payment_file_id": "none"}), 404, "unknown-payment-file")
    refused(await client.post("/payments", json=body | {"month": "2026-11"}), 422, "file-or-cooperative")
    refused(await client.post("/payment-files", json=FILE | {"until": "2026-12-02"}), 422, "until-in-the-future")


async def test_what_is_with_the_bank_is_not_paid_besides(world_of: WorldOf) -> None:
    """What lies in an open file is paid by the file alone, until that is cancelled; the bank would pay it twice."""
    world = await on_tuesday(world_of)
    client = world.client("procurement")
    file = await ok(await client.post("/payment-files", json=FILE))
    (due,) = (await ok(await client.get("/settlements", params={"open": True})))["items"]
    amounts = {"settlements": [{"settlement_id": due["settlement_id"], "amount_fen": 1_000}], "month": None}
    for more in ({}, amounts):
        body = {name: value for name, value in (STATEMENT | more).items() if value is not None}
        refused(await client.post("/payments", json=body), 409, "in-payment-file")
    confirmed = {"payment_file_id": file["file_id"], "paid_on": "2026-12-01", "reference": "b"}
    (payment,) = (await ok(await client.post("/payments", json=confirmed)))["payments"]
    assert payment["amount_fen"] == 4_000


async def test_what_grows_old_is_shown(world_of: WorldOf) -> None:
    """What is due is summed by days beyond the agreed ones, what is held by days since it was paid; both are listed."""
    world = await on_tuesday(world_of)
    client = world.client("procurement")
    assert (await ok(await client.get("/ageing")))["due"]["in_time_fen"] == 4_000
    world.clock.advance(timedelta(days=30))
    aged = await ok(await client.get("/ageing", params={"county_code": facts.COUNTY}))
    assert (aged["on"], aged["due"]["in_time_fen"], aged["due"]["to_30_days_fen"]) == ("2026-12-31", 0, 4_000)
    (late,) = (await ok(await client.get("/late-payments")))["items"]
    assert (late["days_late"], late["left_fen"]) == (1, 4_000)
    world.clock.advance(timedelta(days=45))
    assert (await ok(await client.get("/ageing")))["due"]["to_60_days_fen"] == 4_000
    await pay(world, paid_on="2027-02-01")
    aged = await ok(await client.get("/ageing"))
    assert set(aged["due"].values()) == {0}
    assert aged["held"] == {"to_7_days_fen": 0, "to_30_days_fen": 3_000, "to_60_days_fen": 0, "older_fen": 0}
    (held,) = (await ok(await client.get("/late-payouts")))["items"]
    assert (held["days_late"], held["left_fen"]) == (13, 3_000)
    assert (await ok(await client.get("/late-payouts", params={"days": 13})))["items"] == []
    assert (await ok(await client.get("/late-payments")))["items"] == []


async def test_what_a_correction_takes_back_is_no_late_payment(world_of: WorldOf) -> None:
    """It waits to be set off and lowers what is due; nobody should have been paid less than nothing by now."""
    world, placed = await settled(world_of)
    await pay(world)
    await world.publish(facts.a_receipt(placed, 10_000, version=2))
    await world.settle()
    world.clock.advance(timedelta(days=60))
    client = world.client("procurement")
    assert (await ok(await client.get("/late-payments")))["items"] == []
    assert (await ok(await client.get("/ageing")))["due"]["to_30_days_fen"] == -2_000


async def test_statements_are_printed(world_of: WorldOf) -> None:
    """A statement comes as a PDF document and as a CSV file whose lines sum to what the JSON says, with names."""
    world, _ = await settled(world_of)
    cabbage = FoodRegistered(
        food_code="cabbage",
        version=1,
        name_zh="大白菜",
        name_en="Napa cabbage",
        food_group="vegetable",
        temperature_class=None,
        registered_at=facts.AT,
    )
    await world.publish(cabbage)
    await world.settle()
    client = world.client("procurement")
    for who in ("schools/school-1", "cooperatives/coop-1"):
        month = {"month": "2026-11"}
        shown = await ok(await client.get(f"/statements/{who}", params=month))
        line, total = rows_of(await client.get(f"/statements/{who}/csv", params=month))
        assert (line["accepted_g"], line["amount_fen"]) == ("20000", str(shown["total_fen"]))
        assert (total["line_id"], total["amount_fen"]) == ("total", "4000")
        names = [line[name] for name in ("canteen", "cooperative", "food")]
        assert names == ["小学 Primary school", "合作社 Cooperative", "大白菜 Napa cabbage"]
        document = await client.get(f"/statements/{who}/pdf", params=month)
        assert document.content.startswith(b"%PDF-")
        assert "attachment" in document.headers["content-disposition"]
    refused(await client.get("/statements/schools/nobody/pdf", params={"month": "2026-11"}), 404, "unknown-canteen")
    refused(await client.get("/statements/schools/school-1/doc", params={"month": "2026-11"}), 422, "invalid-input")
    for route in ("/statements/schools/school-1/csv", "/reports/month/csv"):
        # Digits as wide as characters, as Chinese keyboards write them, are a month in nobody's file name.
        refused(await client.get(route, params={"month": "20２６-11"}), 422, "invalid-input")


@pytest.mark.parametrize("lines", [1_000, 1_001])
async def test_a_long_statement_is_printed_whole(world_of: WorldOf, lines: int) -> None:
    """However many lines a month has, each is printed once: also where one is left for the last page."""
    world, _ = await settled(world_of)
    async with world.services["procurement"].begin() as uow:
        known = (await uow.session.execute(select(order_line))).one()._asdict()
        rows = [known | {"line_id": f"line-{number:05}"} for number in range(lines - 1)]
        await uow.session.execute(insert(order_line), rows)
    answer = await world.client("procurement").get("/statements/schools/school-1/csv", params={"month": "2026-11"})
    *printed, _ = rows_of(answer)
    assert len({row["line_id"] for row in printed}) == len(printed) == lines
