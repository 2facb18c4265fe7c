"""What nobody has is asked about; an official decides on what nutrition proposes."""

from typing import Any

from shared.events.nutrition import DishProposed, SubstitutionEnded, SubstitutionProposed
from shared.events.procurement import SubstitutionApproved, SubstitutionAsked
from shared.fields import Meal
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NEEDS = {("cabbage", MONDAY): 30_000, ("pear", MONDAY): 4_000, ("plum", MONDAY): 1_000}
WEEK = {"county_code": facts.COUNTY, "week_start": str(MONDAY)}
OFFICIAL = {"official": "李主任（虚构）", "reason": "nobody has pears"}


async def an_asking_world(world_of: WorldOf) -> tuple[World, SubstitutionAsked]:
    """Return a world that asked about pears and plums, and the question about pears."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(NEEDS))
    await world.settle()
    await facts.run(world)
    asked = await ok(await post(world, "", **WEEK))
    assert {one["food_code"] for one in asked["items"]} == {"pear", "plum"}
    await world.settle()
    (pears,) = [each for each in world.told_of(SubstitutionAsked) if each.food_code == "pear"]
    return world, pears


async def post(world: World, path: str, **body: Any) -> Any:
    """Post to substitutions."""
    return await world.client("procurement").post("/substitutions" + path, json=body)


def a_dish(code: str, instead_of: str = "pear-cup") -> DishProposed:
    """Return a dish nutrition proposes."""
    return DishProposed(
        meal=Meal.LUNCH,
        instead_of=instead_of,
        dish_code=code,
        name_zh="苹果",
        name_en="Apple",
        score_change=-2,
        more_fen=5,
        over_budget=False,
    )


async def answer(world: World, asked: SubstitutionAsked, *dishes: DishProposed) -> None:
    """Let nutrition answer."""
    told = SubstitutionProposed(
        substitution_id=asked.substitution_id,
        canteen_id=asked.canteen_id,
        menu_id="menu-1",
        menu_version=1,
        dishes=dishes,
        reason="" if dishes else "no dish",
        proposed_at=facts.AT,
    )
    await world.publish(told)
    await world.settle()


async def shown(world: World, asked: SubstitutionAsked) -> dict[str, Any]:
    """Return a substitution as its list shows it."""
    client = world.client("procurement")
    items = (await ok(await client.get("/substitutions", params={"county_code": facts.COUNTY})))["items"]
    (one,) = [each for each in items if each["substitution_id"] == asked.substitution_id]
    found: dict[str, Any] = one
    return found


async def test_a_shortage_is_asked_about_once(world_of: WorldOf) -> None:
    """The question names all that the school lacks that day; asked again, nothing new is asked."""
    world, pears = await an_asking_world(world_of)
    assert (pears.unmet_g, pears.without) == (4_000, ("pear", "plum"))
    assert (await ok(await post(world, "", **WEEK)))["items"] == []
    await world.settle()
    assert len(world.told_of(SubstitutionAsked)) == 2


async def test_an_official_approves_the_best_or_chooses(world_of: WorldOf) -> None:
    """Without a choice the best of each dish; the menu's amendment ends it."""
    world, pears = await an_asking_world(world_of)
    await answer(world, pears, a_dish("apple"), a_dish("orange"))
    path = f"/{pears.substitution_id}/approve"
    assert (await shown(world, pears))["status"] == "proposed"
    wrong = [{"meal": "lunch", "instead_of": "pear-cup", "dish_code": "cake"}]
    refused(await post(world, path, **OFFICIAL, swaps=wrong), 422, "not-among-proposed")
    done = await ok(await post(world, path, **OFFICIAL))
    assert (done["status"], done["official"]) == ("approved", "李主任（虚构）")
    await world.settle()
    (told,) = world.told_of(SubstitutionApproved)
    assert [(swap.instead_of, swap.dish_code) for swap in told.swaps] == [("pear-cup", "apple")]
    refused(await post(world, path, **OFFICIAL), 409, "not-proposed")
    ended = SubstitutionEnded(
        substitution_id=pears.substitution_id, canteen_id="school-1", menu_version=2, reason="", ended_at=facts.AT
    )
    await world.publish(ended)
    await world.settle()
    after = await shown(world, pears)
    assert (after["status"], after["menu_version"]) == ("done", 2)


async def test_every_dish_concerned_is_replaced(world_of: WorldOf) -> None:
    """Choosing for one of two dishes that need the food leaves the shortage: refused by name."""
    world, pears = await an_asking_world(world_of)
    await answer(world, pears, a_dish("apple"), a_dish("rice", instead_of="pear-rice"))
    swap = {"meal": "lunch", "instead_of": "pear-cup", "dish_code": "apple"}
    path = f"/{pears.substitution_id}/approve"
    refused(await post(world, path, **OFFICIAL, swaps=[swap]), 422, "dish-kept")
    refused(await post(world, path, **OFFICIAL, swaps=[swap, swap]), 422, "dish-twice")


async def test_a_menu_that_takes_it_not_says_why(world_of: WorldOf) -> None:
    """The substitution has failed, with the menu's reason; the market supplier can still be asked."""
    world, pears = await an_asking_world(world_of)
    await answer(world, pears, a_dish("apple"))
    await ok(await post(world, f"/{pears.substitution_id}/approve", **OFFICIAL))
    ended = SubstitutionEnded(
        substitution_id=pears.substitution_id,
        canteen_id="school-1",
        menu_version=None,
        reason="the day has begun",
        ended_at=facts.AT,
    )
    await world.publish(ended)
    await world.settle()
    after = await shown(world, pears)
    assert (after["status"], after["reason"]) == ("failed", "the day has begun")


async def test_a_proposal_is_refused_or_there_is_none(world_of: WorldOf) -> None:
    """Refused with a reason it stays on record; where nothing is proposed there is nothing to decide."""
    world, pears = await an_asking_world(world_of)
    path = f"/{pears.substitution_id}/refuse"
    refused(await post(world, path, **OFFICIAL), 409, "not-proposed")
    await answer(world, pears, a_dish("apple"))
    await answer(world, pears)
    assert (await ok(await post(world, path, **OFFICIAL)))["status"] == "refused"
    plums = next(each for each in world.told_of(SubstitutionAsked) if each.food_code == "plum")
    await answer(world, plums)
    assert (await shown(world, plums))["status"] == "none"
    refused(await post(world, "/unknown/approve", **OFFICIAL), 404, "unknown-substitution")
    refused(await post(world, "", county_code="520628", week_start="2026-12-01"), 422, "not-a-monday")
