"""A food nobody has: other dishes are proposed, and put into the menu when an official chose them."""

from datetime import date

from shared.events.nutrition import MenuAmended, SubstitutionEnded, SubstitutionProposed
from shared.events.procurement import (
    DishSwap,
    GoodsReceived,
    MarketGoodsReceived,
    SubstitutionApproved,
    SubstitutionAsked,
)
from shared.fields import Meal
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf
from tests.world import World

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
    assert [(dish.instead_of, dish.dish_code, dish.name_en) for dish in told.dishes] == [("d01", "d02", "d02")]
    assert (told.menu_id, told.menu_version, told.reason) == (menu_id, 1, "")
    assert world.told_of(MenuAmended) == []
    await world.publish(approved(world, menu_id))
    await world.settle()
    (amended,) = world.told_of(MenuAmended)
    assert (amended.version, amended.reason) == (2, "nobody has pork")
    days = {line.delivery_day for line in amended.demand if line.food_code == "pork"}
    assert days == {date.fromisoformat(day) for day in b.WEEK} - {TUESDAY}
    assert [(each.menu_version, each.reason) for each in world.told_of(SubstitutionEnded)] == [(2, "")]


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
