"""A food nobody has: other dishes are proposed, and put into the menu when an official chose them."""

from datetime import date

from shared.events.nutrition import MenuAmended, SubstitutionEnded, SubstitutionProposed
from shared.events.procurement import (
    AlsoShort,
    DishSwap,
    FoodSwap,
    GoodsReceived,
    MarketGoodsReceived,
    OrderPlaced,
    SubstitutionApproved,
    SubstitutionAsked,
)
from shared.fields import Meal
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.procurement import facts
from tests.conftest import WorldOf
from tests.world import World, ok

TUESDAY = date.fromisoformat(b.WEEK[1])


def asked(world: World, food: str = "pork", canteen_id: str = "sch-1") -> SubstitutionAsked:
    """Return the question what to serve on Tuesday without a food."""
    return SubstitutionAsked(
        substitution_id="sub-1",
        canteen_id=canteen_id,
        county_code=b.COUNTY,
        food_code=food,
        delivery_day=TUESDAY,
        unmet_g=2_000,
        without=(food,),
        asked_at=world.clock.now(),
    )


def approved(world: World, menu_id: str, instead_of: str = "d01") -> SubstitutionApproved:
    """Return the decision to serve d02."""
    return SubstitutionApproved(
        substitution_id="sub-1",
        canteen_id="sch-1",
        menu_id=menu_id,
        delivery_day=TUESDAY,
        swaps=(DishSwap(meal=Meal.LUNCH, instead_of=instead_of, dish_code="d02"),),
        reason="nobody has pork",
        approved_at=world.clock.now(),
    )


async def test_a_dish_without_the_food_is_proposed_and_put_in(world_of: WorldOf) -> None:
    """d01 needs pork, d02 does not; approved, the menu is amended for that day alone, and says why."""
    world = await world_of("nutrition")
    school = await School(world).set_up()
    menu_id = (await school.publish())["menu_id"]
    await world.publish(asked(world))
    await world.settle()
    (told,) = world.told_of(SubstitutionProposed)
    assert [(dish.instead_of, dish.dish_code, dish.name_en) for dish in told.dishes] == [
        ("d01", "d02", "Rice with cabbage")
    ]
    assert (told.menu_id, told.menu_version, told.reason) == (menu_id, 1, "")
    assert world.told_of(MenuAmended) == []
    await world.publish(approved(world, menu_id))
    await world.settle()
    (amended,) = world.told_of(MenuAmended)
    assert (amended.version, amended.reason) == (2, "nobody has pork")
    days = {line.delivery_day for line in amended.demand if line.food_code == "pork"}
    assert days == {date.fromisoformat(day) for day in b.WEEK} - {TUESDAY}
    assert [(each.menu_version, each.reason) for each in world.told_of(SubstitutionEnded)] == [(2, "")]


def approved_food(world: World, menu_id: str, food: str = "radish") -> SubstitutionApproved:
    """Return the decision to cook another food for cabbage."""
    swap = FoodSwap(instead_of="cabbage", food_code=food, edible_permille=1000)
    return approved(world, menu_id).model_copy(update={"swaps": (), "foods": (swap,)})


async def test_a_food_on_offer_is_proposed_and_cooked(world_of: WorldOf) -> None:
    """Radish is on offer and kale is not; the dish is cooked with as many edible grams of it, that day alone."""
    world = await world_of("nutrition")
    school = await School(world).set_up()
    await school.put("/foods", b.a_food("radish", edible_permille=500), b.a_food("kale"))
    menu_id = (await school.publish())["menu_id"]
    await world.publish(facts.a_cooperative(), facts.an_offer(food_code="radish"))
    await world.settle()
    await world.publish(asked(world, "cabbage"))
    await world.settle()
    (told,) = world.told_of(SubstitutionProposed)
    (radish,) = told.foods
    assert (radish.food_code, radish.dish_codes, radish.edible_permille) == ("radish", ("d01",), 1000)
    assert (radish.needed_g, radish.available_g, radish.price_fen_per_kg) == (17_000, 100_000, 200)
    for _ in range(2):
        await world.publish(approved_food(world, menu_id))
        await world.settle()
    (amended,) = world.told_of(MenuAmended)
    lines = {(line.food_code, line.delivery_day): line.quantity_g for line in amended.demand}
    assert lines["radish", TUESDAY] == 17_000
    assert {day for food, day in lines if food == "cabbage"} == {date.fromisoformat(d) for d in b.WEEK} - {TUESDAY}
    assert [each.menu_version for each in world.told_of(SubstitutionEnded)] == [2, None]
    assert "no dish of the day needs cabbage" in world.told_of(SubstitutionEnded)[1].reason
    served = await ok(await school.http.get(f"/menus/{menu_id}"))
    (code,) = next(day["dishes"] for day in served["days"] if day["day"] == str(TUESDAY))
    dish = await ok(await school.http.get(f"/dishes/{code['dish_code']}"))
    assert (dish["canteen_id"], dish["copied_from"], dish["retired_reason"]) == ("sch-1", "d01", "nobody has pork")


async def test_a_food_does_for_every_school_that_lacks_the_other(world_of: WorldOf) -> None:
    """Asked for a county, a food one school's child could not eat, or its day cannot pay, is proposed to none."""
    world = await world_of("nutrition")
    school = await School(world).set_up()
    await school.put("/canteens", b.a_canteen(2))
    await school.put("/foods", b.a_food("radish"), b.a_food("pork_leaf"))
    await school.publish()
    await world.publish(facts.a_cooperative())
    await world.publish(facts.an_offer(food_code="radish"), facts.an_offer("offer-2", food_code="pork_leaf"))
    await world.settle()
    also = AlsoShort(canteen_id="sch-2", delivery_day=TUESDAY, unmet_g=1_000)
    of_county = asked(world, "cabbage").model_copy(update={"county_unmet_g": 3_000, "others": (also,)})

    async def proposed() -> list[str]:
        await world.publish(of_county)
        await world.settle()
        return sorted(food.food_code for food in world.told_of(SubstitutionProposed)[-1].foods)

    assert await proposed() == ["pork_leaf", "radish"]
    await school.put("/diets", {"canteen_id": "sch-2", "kind": "no_pork", "pupils": 1})
    assert await proposed() == ["pork_leaf", "radish"]
    await school.publish(b.a_menu("sch-2"))
    assert await proposed() == ["radish"]
    await world.publish(facts.an_offer(food_code="radish", price_fen_per_kg=2_000, version=2))
    await world.settle()
    assert await proposed() == ["radish"]
    await school.put("/canteens", b.a_canteen(2, budget_fen_per_pupil_day=1))
    assert await proposed() == []
    assert "for every school that lacks the one" in world.told_of(SubstitutionProposed)[-1].reason


async def test_a_food_somebody_could_not_eat_is_not_cooked(world_of: WorldOf) -> None:
    """One child without pork in a hundred is enough; what was approved for a county ends there with the reason."""
    world = await world_of("nutrition")
    school = await School(world).set_up()
    await school.put("/diets", {"canteen_id": "sch-1", "kind": "no_pork", "pupils": 1})
    await school.put("/foods", b.a_food("pork_leaf"))
    menu_id = (await school.publish())["menu_id"]
    await world.publish(facts.a_cooperative(), facts.an_offer(food_code="pork_leaf"), asked(world, "cabbage"))
    await world.publish(approved_food(world, menu_id, "pork_leaf"))
    await world.settle()
    assert [each.foods for each in world.told_of(SubstitutionProposed)] == [()]
    (ended,) = world.told_of(SubstitutionEnded)
    assert (ended.menu_version, ended.reason) == (None, "pork_leaf is not eaten by those who keep no_pork")


async def test_a_food_replaced_is_sourced_at_once(world_of: WorldOf) -> None:
    """A run leaves cabbage unmet, asks by itself; approved, radish is on the menu and ordered, with the reason."""
    world = await world_of("nutrition", "procurement")
    school = await School(world).set_up()
    await school.put("/foods", b.a_food("radish"))
    await world.publish(facts.a_cooperative(), facts.an_offer(food_code="radish"))
    await world.settle()
    await school.publish(b.a_menu(days=(str(TUESDAY),)))
    await world.settle()
    await facts.run(world)
    await world.settle()
    (question,) = [each for each in world.told_of(SubstitutionAsked) if each.food_code == "cabbage"]
    assert question.county_unmet_g == question.unmet_g == 10_000
    procurement = world.client("procurement")
    decision = {"official": "李主任（虚构）", "reason": "hail on the cabbage"}
    await ok(await procurement.post(f"/substitutions/{question.substitution_id}/approve", json=decision))
    await world.settle()
    (amended,) = world.told_of(MenuAmended)
    assert amended.reason == "hail on the cabbage"
    lines = [line for order in world.told_of(OrderPlaced) for line in order.lines]
    assert [(line.food_code, line.ordered_g) for line in lines] == [("radish", 8_500)]
    items = (await ok(await procurement.get("/substitutions", params={"status": "done"})))["items"]
    assert [one["substitution_id"] for one in items] == [question.substitution_id]


async def test_where_nothing_serves_it_says_why(world_of: WorldOf) -> None:
    """Both dishes need rice, and the third is banned; a school without a menu needs nothing."""
    world = await world_of("nutrition")
    school = await School(world).set_up()
    await school.publish()
    await school.put("/canteens", b.a_canteen(2))
    await world.publish(asked(world, "rice"), asked(world, canteen_id="sch-2"))
    await world.settle()
    reasons = {each.canteen_id: (each.dishes, each.reason) for each in world.told_of(SubstitutionProposed)}
    assert reasons["sch-1"][0] == ()
    assert "no dish of the same kind" in reasons["sch-1"][1]
    assert reasons["sch-2"] == ((), "no menu stands for the week any more")


async def test_a_menu_that_changed_meanwhile_stays(world_of: WorldOf) -> None:
    """A dish that is no longer served is not replaced; the decision ends with the reason."""
    world = await world_of("nutrition")
    school = await School(world).set_up()
    menu_id = (await school.publish())["menu_id"]
    await world.publish(approved(world, menu_id, instead_of="d09"))
    await world.settle()
    (ended,) = world.told_of(SubstitutionEnded)
    assert (ended.menu_version, world.told_of(MenuAmended)) == (None, [])
    assert "no longer serves d09" in ended.reason


async def test_what_the_market_supplier_brought_is_in_the_store(world_of: WorldOf) -> None:
    """Goods without lots are food of unknown lot; a correction changes the difference."""
    world = await world_of("nutrition")
    school = await School(world).set_up()
    await school.publish()
    for version, grams in ((1, 3_000), (2, 2_500)):
        line = GoodsReceived(line_id="l-1", food_code="pork", received_g=grams, accepted_g=grams)
        await world.publish(
            MarketGoodsReceived(
                receipt_id="receipt-1",
                version=version,
                order_id="order-1",
                canteen_id="sch-1",
                supplier_id="market-1",
                delivery_day=TUESDAY,
                signers=("a", "b"),
                lines=(line,),
                signed_at=world.clock.now(),
            )
        )
        await world.settle()
        assert (await school.stock())["pork"]["on_hand_g"] == grams
