"""Planting guidance: demand foreseen by nutrition, what covers it, and what to sow."""

from datetime import date, timedelta
from typing import Any

from services.generator.reference import DATA
from services.loading import REFERENCE, Loaded
from shared.events.nutrition import DemandForecast, ForecastLine
from tests.api.farmers.builders import COOP, MONDAY, OTHER, a_county, offer, put
from tests.api.farmers.test_prices import price
from tests.conftest import WorldOf
from tests.world import START, World, ok, refused

COUNTY = "520628"
THERE: dict[str, Any] = {"county_code": COUNTY, "from": str(MONDAY), "weeks": 20}


def foreseen(
    version: int = 1, week: date = MONDAY, county_code: str = COUNTY, **grams: tuple[int, int]
) -> DemandForecast:
    """What nutrition tells of a week: grams from cycles and from menus by food."""
    lines = [ForecastLine(food_code=f, from_cycles_g=c, from_menus_g=m) for f, (c, m) in grams.items()]
    return DemandForecast(
        county_code=county_code,
        week_start=week,
        version=version,
        canteens=3,
        cycle_ids=(),
        lines=tuple(lines),
        forecast_at=START,
    )


def crop(food_code: str = "napa_cabbage", **other: Any) -> dict[str, Any]:
    """A row of `PUT /crops`: 10 weeks, a week of harvest, 4 t per mu."""
    row = {
        "food_code": food_code,
        "name_zh": "大白菜",
        "name_en": "Napa cabbage",
        "growing_weeks": 10,
        "harvest_weeks": 1,
        "yield_kg_per_mu": 4000,
        "sow_from_month": 1,
        "sow_until_month": 12,
        "source": "station (fictional)",
        "estimate": True,
    }
    return row | other


async def guidance(world: World, **other: Any) -> dict[tuple[str, str], Any]:
    """The guidance of the county by food and week."""
    answer = await ok(await world.client("farmers").get("/planting-guidance", params=THERE | other))
    return {(food["food_code"], week["week_start"]): week for food in answer["items"] for week in food["weeks"]}


async def test_what_is_foreseen_less_what_is_covered_is_wanted(world_of: WorldOf) -> None:
    """Contracts, offers and forecasts of the county are taken off; the rest is sown ten weeks before, at a price."""
    world = await world_of("farmers")
    await a_county(world)
    week = MONDAY + timedelta(weeks=14)
    terms = {
        "cooperative_id": COOP,
        "food_code": "napa_cabbage",
        "season_from": str(week),
        "season_until": str(week + timedelta(days=6)),
        "quantity_g": 100_000,
        "grade": "first",
        "price": {"kind": "fixed", "price_fen_per_kg": 154, "floor_at_market_mean": False},
        "deliveries": [{"week_start": str(week), "quantity_g": 100_000}],
    }
    contract = await ok(await world.client("farmers").post("/contracts", json=terms))
    window = {"available_from": str(week), "available_until": str(week + timedelta(days=6))}
    await put(
        world,
        "/offers",
        offer("off-8", quantity_g=30_000, contract_id=contract["contract_id"], **window),
        offer("off-9", OTHER, quantity_g=20_000, **window),
    )
    await put(world, "/crops", crop())
    said = {"cooperative_id": OTHER, "food_code": "napa_cabbage", "week_start": str(week)}
    harvest = {"p10_g": 10_000, "p50_g": 40_000, "p90_g": 70_000}
    bound = {**said, "cooperative_id": COOP, "p10_g": 0, "p50_g": 75_000, "p90_g": 90_000}
    await put(world, "/forecasts", said | harvest, bound)
    await world.publish(foreseen(week=week, napa_cabbage=(900_000, 100_000), pork_lean=(500, 0)), price())
    await world.settle()
    found = await guidance(world)
    assert found["napa_cabbage", str(week)] == {
        "week_start": str(week),
        "demand_g": 1_000_000,
        "from_cycles_g": 900_000,
        "from_menus_g": 100_000,
        "contracts_g": 70_000,
        "offers_g": 50_000,
        "forecasts_g": 45_000,
        "wanted_g": 835_000,
        "surplus_g": 0,
        "planned_g": 0,
        "advice": "sow",
        "sowing_week": str(week - timedelta(weeks=10)),
        "mu_hundredths": 21,
    }
    assert found["pork_lean", str(week)]["advice"] == "no_crop"
    answer = await ok(
        await world.client("farmers").get("/planting-guidance", params=THERE | {"food_code": "napa_cabbage"})
    )
    (food,) = answer["items"]
    assert (food["wanted_g"], food["mu_hundredths"]) == (835_000, 21)
    assert food["next_sowing_week"] == str(week - timedelta(weeks=10))
    assert (food["reference"]["price_fen_per_kg"], food["reference"]["region_code"]) == (207, "52")


async def test_forecasts_count_as_sure_as_is_asked_for(world_of: WorldOf) -> None:
    """P10, P50, P90 or the mean; an amount that comes 6 times in 10 counts in P50 and P90, not in P10."""
    world = await world_of("farmers")
    await a_county(world)
    said = {"cooperative_id": OTHER, "food_code": "napa_cabbage", "week_start": str(MONDAY)}
    likely = {**said, "cooperative_id": COOP, "quantity_g": 1_000, "probability_permille": 600}
    await put(world, "/forecasts", said | {"p10_g": 10_000, "p50_g": 40_000, "p90_g": 70_000}, likely)
    await world.publish(foreseen(napa_cabbage=(0, 1_000_000)))
    await world.settle()
    counted = {}
    for quantile in ("p10", "p50", "p90", "mean"):
        counted[quantile] = (await guidance(world, forecasts=quantile))["napa_cabbage", str(MONDAY)]["forecasts_g"]
    assert counted == {"p10": 10_000, "p50": 41_000, "p90": 71_000, "mean": 40_600}


async def test_the_highest_version_of_a_week_counts_whole(world_of: WorldOf) -> None:
    """Older and repeated news change nothing; a food the newest leaves out is foreseen no more."""
    world = await world_of("farmers")
    await world.publish(foreseen(2, egg=(5, 6), tofu_soft=(7, 0)), foreseen(1, egg=(999, 0), apple=(1, 0)))
    await world.settle()
    await world.publish(foreseen(1, apple=(1, 0)), foreseen(2, egg=(5, 6), tofu_soft=(7, 0)))
    await world.publish(foreseen(county_code="520629", apple=(3, 0)))
    await world.settle()
    assert {key: each["demand_g"] for key, each in (await guidance(world)).items()} == {
        ("egg", str(MONDAY)): 11,
        ("tofu_soft", str(MONDAY)): 7,
    }
    await world.publish(foreseen(3, egg=(4, 0)))
    await world.settle()
    assert [each["demand_g"] for each in (await guidance(world)).values()] == [4]
    await world.publish(foreseen(4))
    await world.settle()
    assert await guidance(world) == {}


async def test_guidance_comes_in_pages_of_foods(world_of: WorldOf) -> None:
    """The next page begins after the last food; weeks outside the span are left out."""
    world = await world_of("farmers")
    later = MONDAY + timedelta(weeks=20)
    await world.publish(foreseen(apple=(1, 0), egg=(2, 0)), foreseen(week=later, pear=(3, 0)))
    await world.settle()
    client = world.client("farmers")
    first = await ok(await client.get("/planting-guidance", params=THERE | {"limit": 1}))
    assert ([food["food_code"] for food in first["items"]], first["next"]) == (["apple"], "apple")
    rest = await ok(await client.get("/planting-guidance", params=THERE | {"after": "apple"}))
    assert ([food["food_code"] for food in rest["items"]], rest["next"]) == (["egg"], None)


async def test_nonsense_is_refused(world_of: WorldOf) -> None:
    """A week that begins on a Tuesday, no county, more than a year, a quantile nobody knows."""
    client = (await world_of("farmers")).client("farmers")
    for path in ("/planting-guidance", "/planting-guidance/export"):
        refused(await client.get(path, params=THERE | {"from": "2026-12-01"}), 422, "not-a-monday")
        refused(await client.get(path), 422, "invalid-input")
        refused(await client.get(path, params=THERE | {"weeks": 53}), 422, "invalid-input")
        refused(await client.get(path, params=THERE | {"forecasts": "p99"}), 422, "invalid-input")


async def test_how_crops_grow_is_data(world_of: WorldOf) -> None:
    """Good rows load and bad ones are named; said twice nothing changes; the sample data load whole."""
    world = await world_of("farmers")
    bad = [crop("a", yield_kg_per_mu=0), crop("b", sow_from_month=13), crop()]
    first = await put(world, "/crops", crop(), *bad)
    assert first["created"] == 1
    assert [(one["index"], one["field"]) for one in first["refused"]] == [
        (1, "yield_kg_per_mu"),
        (2, "sow_from_month"),
        (3, "food_code"),
    ]
    assert (await put(world, "/crops", crop()))["unchanged"] == 1
    assert (await put(world, "/crops", crop(yield_kg_per_mu=3500)))["changed"] == 1
    assert (await ok(await world.client("farmers").get("/crops")))["items"] == [crop(yield_kg_per_mu=3500)]
    loaded = Loaded()
    (source,) = (one for one in REFERENCE if one.file == "crops.csv")
    rows = [row for _, row in source.rows(DATA, loaded)]
    answer = await put(world, "/crops", *rows)
    assert (loaded.bad, answer["refused"], answer["created"]) == ([], [], len(rows) - 1)


async def test_a_list_for_the_wall_names_what_to_sow_by_week(world_of: WorldOf) -> None:
    """Only what there is time for, in mu, kg and yuan; a file office programs open."""
    world = await world_of("farmers")
    await put(world, "/crops", crop(), crop("egg", growing_weeks=30))
    week = MONDAY + timedelta(weeks=14)
    await world.publish(foreseen(week=week, napa_cabbage=(0, 500_500), egg=(5, 0), pork_lean=(5, 0)), price())
    await world.settle()
    answer = await world.client("farmers").get("/planting-guidance/export", params=THERE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0].startswith("播种周（周一起）,品种,面积（亩）,还缺（公斤）,供餐周（周一起）")
    sowing = week - timedelta(weeks=10)
    assert lines[1:] == [f"{sowing},大白菜,0.13,501,{week},2.07,2026-11-22,bulletin (fictional)", ""]
