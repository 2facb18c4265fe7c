"""What nobody has is asked about; an official decides on what nutrition proposes."""

from typing import Any

from shared.events.nutrition import DishProposed, FoodProposed, SubstitutionEnded, SubstitutionProposed
from shared.events.procurement import SubstitutionApproved, SubstitutionAsked
from shared.fields import Meal
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY, TUESDAY
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
    return world, question(world, "pear")


def question(world: World, food: str, *, of_county: bool = False) -> SubstitutionAsked:
    """Return the question about a food, of an official's or of the county's run."""
    asked = [each for each in world.told_of(SubstitutionAsked) if each.food_code == food]
    (found,) = [each for each in asked if (each.county_unmet_g is not None) is of_county]
    return found


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


def a_food(code: str) -> FoodProposed:
    """Return a food nutrition proposes."""
    return FoodProposed(
        food_code=code,
        name_zh="苹果",
        name_en="Apple",
        dish_codes=("pear-cup",),
        edible_permille=900,
        needed_g=4_200,
        available_g=None,
        price_fen_per_kg=300,
        score_change=0,
        worst_target="",
        worst_permille=0,
        more_fen=1,
    )


async def answer(
    world: World, asked: SubstitutionAsked, *dishes: DishProposed, foods: tuple[FoodProposed, ...] = ()
) -> None:
    """Let nutrition answer."""
    told = SubstitutionProposed(
        substitution_id=asked.substitution_id,
        canteen_id=asked.canteen_id,
        menu_id="menu-1",
        menu_version=1,
        dishes=dishes,
        foods=foods,
        reason="" if dishes or foods else "no dish",
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
    assert sum(each.county_unmet_g is None for each in world.told_of(SubstitutionAsked)) == 2


async def test_a_county_asks_for_all_that_lack_a_food(world_of: WorldOf) -> None:
    """Its question names every other school and day of the week, what each lacks, and what any of them lacks beside."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_canteen("school-2"), facts.a_menu(NEEDS))
    await world.publish(facts.a_menu({("pear", TUESDAY): 3_000, ("fig", TUESDAY): 500}, "school-2", "menu-2"))
    await world.settle()
    await facts.run(world)
    pears = question(world, "pear", of_county=True)
    assert (pears.canteen_id, pears.county_unmet_g) == ("school-1", 7_000)
    assert [(one.canteen_id, one.delivery_day, one.unmet_g) for one in pears.others] == [("school-2", TUESDAY, 3_000)]
    assert pears.without == ("cabbage", "fig", "pear", "plum")
    assert question(world, "plum", of_county=True).others == ()


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
    plums = question(world, "plum")
    await answer(world, plums)
    assert (await shown(world, plums))["status"] == "none"
    refused(await post(world, "/unknown/approve", **OFFICIAL), 404, "unknown-substitution")
    refused(await post(world, "", county_code="520628", week_start="2026-12-01"), 422, "not-a-monday")


async def test_an_official_chooses_a_food(world_of: WorldOf) -> None:
    """The food is named among those proposed, without dishes beside it; without a choice dishes come first."""
    world, pears = await an_asking_world(world_of)
    await answer(world, pears, a_dish("apple-cup"), foods=(a_food("apple"), a_food("orange")))
    path = f"/{pears.substitution_id}/approve"
    assert [food["food_code"] for food in (await shown(world, pears))["foods"]] == ["apple", "orange"]
    refused(await post(world, path, **OFFICIAL, food_code="cake"), 422, "not-among-proposed")
    swap = {"meal": "lunch", "instead_of": "pear-cup", "dish_code": "apple-cup"}
    refused(await post(world, path, **OFFICIAL, food_code="apple", swaps=[swap]), 422, "dishes-or-food")
    done = await ok(await post(world, path, **OFFICIAL, food_code="orange"))
    assert (done["status"], done["chosen_food"]) == ("approved", "orange")
    await world.settle()
    (told,) = world.told_of(SubstitutionApproved)
    assert [(food.instead_of, food.food_code, food.edible_permille) for food in told.foods] == [("pear", "orange", 900)]
    assert told.swaps == ()


async def test_a_run_asks_for_the_county_once_and_one_approval_serves_all(world_of: WorldOf) -> None:
    """By the line that lacks most, with all the county lacks; sourced again, it is not asked again."""
    world = await world_of("procurement")
    needs = {("pear", MONDAY): 4_000, ("pear", TUESDAY): 6_000}
    await world.publish(facts.a_canteen(), facts.a_canteen("school-2"), facts.a_cooperative(), facts.a_menu(needs))
    await world.publish(facts.a_menu({("pear", MONDAY): 5_000}, "school-2", "menu-2"))
    await world.settle()
    await facts.run(world)
    await facts.run(world)
    await world.settle()
    (asked,) = world.told_of(SubstitutionAsked)
    assert (asked.canteen_id, asked.delivery_day) == ("school-1", TUESDAY)
    assert (asked.unmet_g, asked.county_unmet_g) == (6_000, 15_000)
    await answer(world, asked, foods=(a_food("apple"),))
    await ok(await post(world, f"/{asked.substitution_id}/approve", **OFFICIAL))
    await world.settle()
    told = {(each.menu_id, each.delivery_day): each for each in world.told_of(SubstitutionApproved)}
    assert set(told) == {("menu-1", MONDAY), ("menu-1", TUESDAY), ("menu-2", MONDAY)}
    assert len({each.substitution_id for each in told.values()}) == 3
    assert {food.food_code for each in told.values() for food in each.foods} == {"apple"}
