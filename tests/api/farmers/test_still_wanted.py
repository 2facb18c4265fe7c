"""What is still wanted is told to every cooperative once a week, beside what was told before."""

from datetime import timedelta
from typing import Any

from tests.api.farmers.builders import COOP, MONDAY, OTHER, a_county, cooperative, offer, put
from tests.api.farmers.test_guidance import COUNTY, crop, foreseen
from tests.api.farmers.test_prices import price
from tests.conftest import WorldOf
from tests.world import World, ok, refused

WEEK = MONDAY + timedelta(weeks=14)


async def told(world: World, cooperative_id: str = COOP, **params: Any) -> Any:
    """What a cooperative is told, and its weeks by food and week."""
    answer = await ok(await world.client("farmers").get(f"/cooperatives/{cooperative_id}/still-wanted", params=params))
    weeks = {(food["food_code"], week["week_start"]): week for food in answer["items"] for week in food["weeks"]}
    return answer, weeks


async def test_every_county_is_told_once_a_week(world_of: WorldOf) -> None:
    """Quantity, sowing week, area and the public price; offers made later move nothing until the next week."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/crops", crop())
    await world.publish(foreseen(week=WEEK, napa_cabbage=(900_000, 100_000), pork_lean=(500, 0)), price())
    await world.settle()
    answer, weeks = await told(world)
    assert (answer["county_code"], answer["published_week"], answer["version"]) == (COUNTY, "2026-11-23", 1)
    assert answer["compared_with"] is None
    sowing = str(WEEK - timedelta(weeks=10))
    assert weeks == {
        ("napa_cabbage", str(WEEK)): {
            "week_start": str(WEEK),
            "wanted_g": 1_000_000,
            "change_g": None,
            "advice": "sow",
            "sowing_week": sowing,
            "mu_hundredths": 25,
        }
    }
    (food,) = answer["items"]
    assert (food["wanted_g"], food["mu_hundredths"], food["next_sowing_week"]) == (1_000_000, 25, sowing)
    assert food["reference"]["price_fen_per_kg"] == 207
    window = {"available_from": str(WEEK), "available_until": str(WEEK + timedelta(days=6))}
    await put(world, "/offers", offer("off-9", OTHER, quantity_g=400_000, **window))
    await world.settle()
    assert (await told(world))[1] == weeks


async def test_the_next_week_says_what_changed(world_of: WorldOf) -> None:
    """What is wanted less, or no more, is seen against the week before; a week it did not reach has no change."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/crops", crop(), crop("egg"))
    beyond = MONDAY + timedelta(weeks=25)
    await world.publish(foreseen(week=WEEK, napa_cabbage=(1_000_000, 0), egg=(700, 0)))
    await world.publish(foreseen(week=beyond, napa_cabbage=(5_000, 0)))
    await world.settle()
    window = {"available_from": str(WEEK), "available_until": str(WEEK + timedelta(days=6))}
    await put(world, "/offers", offer("off-9", OTHER, quantity_g=400_000, **window))
    await world.publish(foreseen(2, week=WEEK, napa_cabbage=(1_000_000, 0), egg=(0, 0)))
    await world.settle()
    world.clock.advance(timedelta(weeks=1))
    await world.settle()
    answer, weeks = await told(world, OTHER)
    assert (answer["published_week"], answer["compared_with"]) == ("2026-11-30", "2026-11-23")
    cabbage = weeks["napa_cabbage", str(WEEK)]
    assert (cabbage["wanted_g"], cabbage["change_g"]) == (600_000, -400_000)
    assert (weeks["napa_cabbage", str(beyond)]["wanted_g"], weeks["napa_cabbage", str(beyond)]["change_g"]) == (
        5_000,
        None,
    )
    there = {"county_code": COUNTY}
    listed = await ok(await world.client("farmers").get("/planting-guidance/publications", params=there))
    assert [each["published_week"] for each in listed["items"]] == ["2026-11-30", "2026-11-23"]
    await put(world, "/offers", offer("off-egg", food_code="egg"))
    _, weeks = await told(world)
    assert (weeks["egg", str(WEEK)]["wanted_g"], weeks["egg", str(WEEK)]["change_g"]) == (0, -700)
    assert weeks["egg", str(WEEK)]["advice"] == "covered"


async def test_it_is_published_again_on_request(world_of: WorldOf) -> None:
    """A new version replaces what was said this week; where no demand is foreseen there is nothing to publish."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/crops", crop())
    client = world.client("farmers")
    refused(await client.get(f"/cooperatives/{COOP}/still-wanted"), 404, "unknown-publication")
    refused(await client.post("/planting-guidance/publications", json={"county_code": COUNTY}), 404, "unknown-demand")
    refused(await client.get("/cooperatives/nobody/still-wanted"), 404, "unknown-cooperative")
    await world.publish(foreseen(week=WEEK, napa_cabbage=(1_000_000, 0)))
    await world.settle()
    await world.publish(foreseen(2, week=WEEK, napa_cabbage=(300_000, 0)))
    await world.settle()
    said = await ok(await client.post("/planting-guidance/publications", json={"county_code": COUNTY}))
    assert (said["version"], said["published_week"]) == (2, "2026-11-23")
    answer, weeks = await told(world)
    assert (answer["version"], weeks["napa_cabbage", str(WEEK)]["wanted_g"]) == (2, 300_000)


async def test_a_cooperative_hears_of_what_concerns_it(world_of: WorldOf) -> None:
    """What it grows, and what it has time to sow; not what it neither grows nor can sow, nor another county's."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/cooperatives", cooperative("coop-far", county_code="520629"))
    await put(world, "/crops", crop(), crop("egg", growing_weeks=30))
    await put(world, "/offers", offer("off-pork", OTHER, food_code="pork_lean"))
    await world.publish(foreseen(week=WEEK, napa_cabbage=(9_000, 0), pork_lean=(500, 0), egg=(7, 0)))
    await world.settle()
    answer, _ = await told(world, OTHER)
    assert [(food["food_code"], food["grown"]) for food in answer["items"]] == [
        ("napa_cabbage", False),
        ("pork_lean", True),
    ]
    answer, _ = await told(world, OTHER, grown=True)
    assert [food["food_code"] for food in answer["items"]] == ["pork_lean"]
    refused(await world.client("farmers").get("/cooperatives/coop-far/still-wanted"), 404, "unknown-publication")
