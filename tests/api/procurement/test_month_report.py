"""The month's report: its figures, the lines they are opened down to, and the page that is printed."""

from typing import Any

from tests.api.procurement import facts
from tests.api.procurement.test_payment_files import rows_of
from tests.api.procurement.test_payments import pay, settled
from tests.api.procurement.test_prices import price, put
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NOVEMBER = {"month": "2026-11"}


async def a_month(world_of: WorldOf) -> World:
    """Return a world in which 4,000 fen were earned, 4,000 paid, and the market asks a quarter more."""
    world, _ = await settled(world_of)
    await put(world, price(price_fen_per_kg=250))
    await pay(world)
    await world.settle()
    return world


async def report(world: World, **query: str) -> Any:
    """Return the report of November."""
    return await ok(await world.client("procurement").get("/reports/month", params=NOVEMBER | query))


async def test_the_month_is_reported(world_of: WorldOf) -> None:
    """Spend, shares, households, unmet demand and prices are those of the month, by county and in all."""
    world = await a_month(world_of)
    shown = await report(world)
    expected = {
        "orders": 1,
        "accepted_g": 20_000,
        "spend_fen": 4_000,
        "households_fen": 3_000,
        "poor_households_fen": 1_000,
        "poor_household_share": 0.25,
        "from_county_fen": 4_000,
        "from_county_share": 1.0,
        "from_province_fen": 4_000,
        "from_province_share": 1.0,
        "from_market_fen": 0,
        "from_market_share": 0.0,
        "households": 2,
        "poor_households": 1,
        "gini": 0.1667,
        "demand_lines": 2,
        "demand_g": 31_000,
        "lines_unmet": 1,
        "unmet_g": 1_000,
        "unmet_share": 0.0323,
        "compared_fen": 4_000,
        "reference_fen": 5_000,
        "price_difference": -0.2,
        "paid_fen": 4_000,
        "held_fen": 3_000,
        "disputed_fen": 0,
        "freight_fen": 0,
        "compensation_fen": 0,
    }
    assert shown["total"] == expected
    (county,) = shown["counties"]
    assert {name: county[name] for name in expected} == expected
    assert county["county_code"] == facts.COUNTY
    (anchor,) = shown["ledger"]
    (chain,) = (await ok(await world.client("procurement").get("/ledger/chains")))["items"]
    assert (anchor["links"], anchor["hash"]) == (chain["links"], chain["last"]["hash"])
    assert (await report(world, county_code=facts.COUNTY))["total"] == expected
    elsewhere = await report(world, county_code="520602")
    assert (elsewhere["counties"], elsewhere["total"]["spend_fen"], elsewhere["total"]["gini"]) == ([], 0, None)


async def test_every_figure_can_be_opened(world_of: WorldOf) -> None:
    """Lines sum to the spend, households to what they earned, demand lines to what is unmet; entries to a household."""
    world = await a_month(world_of)
    client = world.client("procurement")
    shown = await report(world)
    for figure, url in {**shown["opens"], **shown["counties"][0]["opens"]}.items():
        items = (await ok(await client.get(url)))["items"]
        name = "unmet_g" if figure == "unmet_g" else "amount_fen"
        assert sum(item[name] for item in items) == shown["total"][figure], figure
    (line,) = (await ok(await client.get(shown["opens"]["spend_fen"])))["items"]
    assert (line["from_county"], line["from_market"]) == (True, False)
    assert line["reference"]["difference_permille"] == -200
    first = await ok(await client.get("/reports/month/households", params=NOVEMBER | {"limit": "1"}))
    rest = await ok(await client.get("/reports/month/households", params=NOVEMBER | {"after": first["next"]}))
    assert [(one["account"], one["poor"]) for one in first["items"] + rest["items"]] == [
        ("household/hh-2", False),
        ("household/poor-1", True),
    ]


async def test_the_report_is_printed(world_of: WorldOf) -> None:
    """The page holds every figure and leads to its lines; the CSV file has a row for each county, and one for all."""
    world = await a_month(world_of)
    client = world.client("procurement")
    page = await client.get("/reports/month/page", params=NOVEMBER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "校农结合月报 Monthly report 2026-11" in page.text
    assert '<a href="lines?month=2026-11">40.00</a>' in page.text
    named = "松桃苗族自治县 Songtao Miao Autonomous County"
    assert f'<a href="page?month=2026-11&amp;county_code={facts.COUNTY}">{named}</a>' in page.text
    assert f"<td>{named}</td>" in page.text
    of_county = await client.get("/reports/month/page", params=NOVEMBER | {"county_code": facts.COUNTY})
    assert f"Monthly report 2026-11 – {named}</h1>" in of_county.text
    assert (await report(world))["ledger"][0]["hash"] in page.text
    county, total = rows_of(await client.get("/reports/month/csv", params=NOVEMBER))
    assert (county["county_code"], total["county_code"]) == (facts.COUNTY, "total")
    assert county["spend_fen"] == total["spend_fen"] == "4000"
    refused(await client.get("/reports/month", params={"month": "2026-00"}), 422, "invalid-input")


async def test_freight_has_a_fund_of_its_own(world_of: WorldOf) -> None:
    """What a carrier gets is booked with a reason, once, out of the county's freight fund, and in no figure of food."""
    world = await a_month(world_of)
    before = (await report(world))["total"]
    client = world.client("procurement")
    freight = {
        "county_code": facts.COUNTY,
        "carrier_id": "carrier-1",
        "day": "2026-11-23",
        "amount_fen": 26_000,
        "reference": "23-01",
        "reason": "65 km at ¥4 a km",
        "booked_by": "official-1",
    }
    booked = await ok(await client.post("/freight", json=freight))
    assert await ok(await client.post("/freight", json=freight)) == booked
    assert (await report(world))["total"] == before | {"freight_fen": 26_000}
    entries = (await ok(await client.get("/ledger/entries", params={"account": f"freight/{facts.COUNTY}"})))["items"]
    assert [entry["amount_fen"] for entry in entries] == [-26_000]
    back = freight | {"amount_fen": -26_000, "reference": "23-01 back", "reason": "booked twice"}
    await ok(await client.post("/freight", json=back))
    assert (await report(world))["total"] == before
    assert len((await ok(await client.get("/freight", params={"carrier_id": "carrier-1"})))["items"]) == 2
    refused(await client.post("/freight", json=freight | {"amount_fen": 1}), 409, "reference-used")
    refused(await client.post("/freight", json=freight | {"amount_fen": 0}), 422, "nothing-to-book")
    refused(await client.post("/freight", json=freight | {"day": "2026-11-24"}), 422, "day-in-the-future")
