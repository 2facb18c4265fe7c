"""What a county or a school needs of each food, and who supplies it."""

from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY, TUESDAY
from tests.conftest import WorldOf
from tests.people import canteen, clerk, nutritionist
from tests.world import World, ok, refused

NEEDS = {("cabbage", MONDAY): 30_000, ("cabbage", TUESDAY): 20_000, ("pork", MONDAY): 5_000}
WEEK = {"first_day": str(MONDAY), "last_day": str(TUESDAY)}
OF_COUNTY = WEEK | {"county_code": COUNTY}
PRICE = {"food_code": "cabbage", "region_code": "52", "day": "2026-11-22", "price_fen_per_kg": 250}
RULE = {"region_code": COUNTY, "valid_from": "2026-11-01", "cut_off_days": 2, "cut_off_at": "16:00", "source": "county"}


async def _a_county(world_of: WorldOf) -> World:
    """A school, one cooperative whose cabbage is a little cheaper than another's, and a market price."""
    world = await world_of("procurement")
    other = facts.an_offer("offer-2", "coop-2", price_fen_per_kg=900, poor_share_permille=100)
    schools = facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2")
    await world.publish(*schools, facts.an_offer(), other, facts.a_menu(NEEDS))
    await world.settle()
    client = world.client("procurement")
    await ok(await client.put("/reference-prices", json={"rows": [PRICE | {"source": "x", "verified": True}]}))
    await ok(await client.put("/ordering-rules", json={"rows": [RULE]}))
    return world


async def test_a_county_sees_each_food_by_day(world_of: WorldOf) -> None:
    """Need, what is ordered and short, what is left on offer, price beside the market's, and when each day closes."""
    world = await _a_county(world_of)
    client = world.client("procurement")
    before = await ok(await client.get("/needs", params=OF_COUNTY))
    cabbage, pork = before["foods"]
    assert (cabbage["quantity_g"], cabbage["open_g"], cabbage["offered_g"]) == (50_000, 50_000, 200_000)
    assert (cabbage["price_fen_per_kg"], cabbage["poor_permille"]) == (200, None)
    assert cabbage["reference"]["difference_permille"] == -200
    assert (pork["offered_g"], pork["price_fen_per_kg"], pork["reference"]) == (0, None, None)
    assert [day["closes_at"] for day in before["days"]] == ["2026-11-28T08:00:00Z", "2026-11-29T08:00:00Z"]
    await facts.run(world)
    cabbage, pork = (await ok(await client.get("/needs", params=OF_COUNTY)))["foods"]
    assert (cabbage["allocated_g"], cabbage["open_g"], cabbage["offered_g"]) == (50_000, 0, 150_000)
    assert (cabbage["price_fen_per_kg"], cabbage["poor_permille"]) == (200, 600)
    assert [(day["delivery_day"], day["allocated_g"]) for day in cabbage["days"]] == [
        (str(MONDAY), 30_000),
        (str(TUESDAY), 20_000),
    ]
    assert (pork["unmet_g"], pork["open_g"]) == (5_000, 0)


async def test_a_food_shows_who_supplies_it_and_why(world_of: WorldOf) -> None:
    """The offer that was taken stands first with its rank, the other one with what kept it out, both by name."""
    world = await _a_county(world_of)
    await facts.run(world)
    first, second = (await ok(await world.client("procurement").get("/needs/cabbage/supply", params=OF_COUNTY)))[
        "offers"
    ]
    assert (first["supplier_id"], first["ordered_g"], first["schools"], first["rank"]) == ("coop-1", 50_000, 1, 1)
    assert (first["poor_share_permille"], first["left_g"], first["name_zh"]) == (600, 50_000, "合作社")
    assert first["nearest_m"] == first["farthest_m"] > 0
    assert (second["supplier_id"], second["ordered_g"], second["left_g"]) == ("coop-2", 0, 100_000)
    assert second["reason"] is not None
    assert second["text_zh"] != second["text_en"]


async def test_a_school_sees_its_own(world_of: WorldOf) -> None:
    """A canteen reads its own needs, no other's, and nobody's offers."""
    world = await _a_county(world_of)
    own = world.client("procurement", as_=canteen("school-1"))
    told = await ok(await own.get("/needs", params=WEEK | {"canteen_id": "school-1"}))
    assert [(food["food_code"], food["quantity_g"], food["offered_g"]) for food in told["foods"]] == [
        ("cabbage", 50_000, None),
        ("pork", 5_000, None),
    ]
    assert (await own.get("/needs", params=WEEK | {"canteen_id": "school-2"})).status_code == 403
    assert (await own.get("/needs/cabbage/supply", params=OF_COUNTY)).status_code == 403
    staff = world.client("procurement", as_=nutritionist(COUNTY))
    assert (await staff.get("/needs/cabbage/supply", params=OF_COUNTY)).status_code == 200


async def test_the_nearest_days_with_needs_are_told(world_of: WorldOf) -> None:
    """The last before and the first after a day, of a county or one school; what is needed no more is none."""
    world = await _a_county(world_of)
    cook = world.client("procurement", as_=canteen("school-1"))
    for of, client in (({"county_code": COUNTY}, world.client("procurement")), ({"canteen_id": "school-1"}, cook)):
        after = await ok(await client.get("/needs/days", params={"near": "2026-12-20"} | of))
        assert after == {"before": str(TUESDAY), "after": None}
        assert await ok(await client.get("/needs/days", params={"near": "2026-11-20"} | of)) == {
            "before": None,
            "after": str(MONDAY),
        }
        between = await ok(await client.get("/needs/days", params={"near": str(MONDAY)} | of))
        assert between == {"before": None, "after": str(TUESDAY)}
    await world.publish(facts.an_amendment({}, version=2))
    await world.settle()
    none = await ok(await cook.get("/needs/days", params={"near": "2026-12-20", "canteen_id": "school-1"}))
    assert none == {"before": None, "after": None}


async def test_days_with_needs_are_told_to_whom_they_concern(world_of: WorldOf) -> None:
    """Another school's are refused, and so are those of nobody and a day that is none."""
    world = await _a_county(world_of)
    client, cook = world.client("procurement"), world.client("procurement", as_=canteen("school-1"))
    other = await cook.get("/needs/days", params={"near": str(MONDAY), "canteen_id": "school-2"})
    assert other.status_code == 403
    refused(await client.get("/needs/days", params={"near": str(MONDAY)}), 422, "county-or-canteen")
    refused(await client.get("/needs/days", params={"near": "60", "county_code": COUNTY}), 422, "invalid-input")
    nobody = await client.get("/needs/days", params={"near": str(MONDAY), "canteen_id": "nobody"})
    assert nobody.status_code == 404


async def test_nonsense_is_refused(world_of: WorldOf) -> None:
    """Of nobody, of a window that ends before it begins, of a school that is unknown."""
    client = (await _a_county(world_of)).client("procurement")
    refused(await client.get("/needs", params=WEEK), 422, "county-or-canteen")
    backwards = await client.get("/needs", params=OF_COUNTY | {"last_day": "2026-11-29"})
    assert refused(backwards, 422, "window")["field"] == "last_day"
    assert (await client.get("/needs", params=WEEK | {"canteen_id": "nobody"})).status_code == 404


async def test_lists_are_of_a_week(world_of: WorldOf) -> None:
    """Orders are listed by a window of days and runs by their week; names are told to everybody who has ids."""
    world = await _a_county(world_of)
    await facts.run(world)
    client = world.client("procurement")
    monday = await ok(await client.get("/orders", params={"first_day": str(MONDAY), "last_day": str(MONDAY)}))
    assert [order["delivery_day"] for order in monday["items"]] == [str(MONDAY)]
    assert len((await ok(await client.get("/sourcing-runs", params={"week_start": str(MONDAY)})))["items"]) == 1
    assert not (await ok(await client.get("/sourcing-runs", params={"week_start": "2026-12-07"})))["items"]
    asked = {"canteen_id": ["school-1", "nobody"], "supplier_id": ["coop-1"]}
    told = await ok(await world.client("procurement", as_=clerk("coop-1")).get("/names", params=asked))
    assert told["canteens"] == {"school-1": {"zh": "小学", "en": "Primary school"}}
    assert told["suppliers"] == {"coop-1": {"zh": "合作社", "en": "Cooperative"}}
