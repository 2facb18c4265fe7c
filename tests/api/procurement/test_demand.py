"""Menus come, change and go; demand and orders follow."""

from datetime import timedelta

from services.procurement.demand.domain import demand_id
from shared.events import Event
from shared.events.procurement import OrderAmended, OrderCancelled, OrderConfirmed, OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import MONDAY, TUESDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

CABBAGE = {("cabbage", MONDAY): 30_000}


async def a_sourced_school(world_of: WorldOf, needs: facts.Needs | None = None) -> tuple[World, OrderPlaced]:
    """Return a world whose school has ordered cabbage for Monday, and the order."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.an_offer(), facts.a_menu(needs or CABBAGE))
    await world.settle()
    await facts.run(world)
    return world, world.told_of(OrderPlaced)[0]


async def tell(world: World, *events: Event) -> None:
    """Let something be heard."""
    await world.publish(*events)
    await world.settle()


async def test_a_published_menu_waits_for_the_run(world_of: WorldOf) -> None:
    """A menu's demand is open; the same fact twice is one demand."""
    world = await world_of("procurement")
    await tell(world, facts.a_menu(CABBAGE), facts.a_menu(CABBAGE))
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["demand_id"], line["quantity_g"]) == (demand_id("school-1", "cabbage", MONDAY), 30_000)
    assert (line["open_g"], line["status"]) == (30_000, "open")


async def test_an_older_version_brings_nothing_back(world_of: WorldOf) -> None:
    """Published after amended does not bring old demand back; nor does anything bring back what is withdrawn."""
    world = await world_of("procurement")
    await tell(world, facts.an_amendment({("rice", MONDAY): 5_000}, 2), facts.a_menu(CABBAGE))
    assert {food: line["quantity_g"] for food, line in (await facts.lines_of(world)).items()} == {"rice": 5_000}
    await tell(world, facts.a_withdrawal(4), facts.an_amendment(CABBAGE, 3))
    assert {line["quantity_g"] for line in (await facts.lines_of(world)).values()} == {0}


async def test_a_withdrawal_heard_before_the_menu_keeps_earlier_days(world_of: WorldOf) -> None:
    """Days before `from_day` stand as served, whatever the order in which the facts arrive."""
    world = await world_of("procurement")
    needs = {("cabbage", MONDAY): 1_000, ("rice", TUESDAY): 2_000}
    await tell(world, facts.a_withdrawal(2, TUESDAY))
    await tell(world, facts.a_menu(needs))
    assert {food: line["quantity_g"] for food, line in (await facts.lines_of(world)).items()} == {"cabbage": 1_000}


async def test_a_smaller_menu_reduces_an_unanswered_order(world_of: WorldOf) -> None:
    """Less demand amends the order; its grams go back to the offer for others."""
    world, placed = await a_sourced_school(world_of)
    await tell(world, facts.an_amendment({("cabbage", MONDAY): 12_000}, 2))
    (amended,) = world.told_of(OrderAmended)
    assert (amended.version, amended.reason, amended.lines[0].ordered_g) == (2, "fewer pupils", 12_000)
    assert world.told_of(OrderConfirmed) == []
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["quantity_g"], line["allocated_g"], line["surplus_g"]) == (12_000, 12_000, 0)
    await tell(world, facts.a_canteen("school-2"), facts.a_menu({("cabbage", MONDAY): 88_000}, "school-2", "menu-2"))
    assert (await facts.run(world))["allocated_g"] == 88_000
    await tell(world, facts.accepted(placed))
    assert (await facts.order(world, placed))["lines"][0]["confirmed_g"] == 12_000


async def test_a_smaller_menu_reduces_a_confirmed_order_for_farmers_and_logistics(world_of: WorldOf) -> None:
    """A confirmed order that shrinks is amended for the cooperative and confirmed anew for the vehicle."""
    world, placed = await a_sourced_school(world_of)
    await tell(world, facts.accepted(placed))
    await tell(world, facts.an_amendment({("cabbage", MONDAY): 12_000}, 2))
    first, second = world.told_of(OrderConfirmed)
    assert second.version > first.version
    assert (first.lines[0].confirmed_g, second.lines[0].confirmed_g) == (30_000, 12_000)
    assert world.told_of(OrderAmended)[0].version == second.version


async def test_a_withdrawn_menu_cancels_its_orders(world_of: WorldOf) -> None:
    """Demand from the day on is gone, the orders are cancelled, an answer that comes later is passed over."""
    world, placed = await a_sourced_school(world_of)
    await tell(world, facts.a_withdrawal(2))
    (cancelled,) = world.told_of(OrderCancelled)
    assert (cancelled.order_id, cancelled.reason) == (placed.order_id, "snow")
    await tell(world, facts.accepted(placed))
    assert (await facts.order(world, placed))["status"] == "cancelled"
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["quantity_g"], line["allocated_g"], line["surplus_g"]) == (0, 0, 0)
    await facts.no_dead_letters(world)


async def test_what_was_dispatched_becomes_surplus(world_of: WorldOf) -> None:
    """Food on its way cannot be taken back: it shows as surplus and is still eaten by later demand."""
    world, placed = await a_sourced_school(world_of)
    await tell(world, facts.accepted(placed))
    await tell(world, facts.dispatched(placed))
    await tell(world, facts.an_amendment({("cabbage", MONDAY): 10_000}, 2))
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["quantity_g"], line["allocated_g"], line["surplus_g"]) == (10_000, 30_000, 20_000)
    assert [*world.told_of(OrderAmended), *world.told_of(OrderCancelled)] == []
    await tell(world, facts.an_amendment({("cabbage", MONDAY): 35_000}, 3))
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["allocated_g"], line["surplus_g"]) == (35_000, 0)


async def test_more_of_what_was_sourced_is_ordered_at_once(world_of: WorldOf) -> None:
    """An increase after the run is a new order; a food new to a sourced week is ordered at once as well."""
    world, _ = await a_sourced_school(world_of)
    await tell(world, facts.an_offer("offer-2", food_code="rice"))
    await tell(world, facts.an_amendment({("cabbage", MONDAY): 50_000, ("rice", TUESDAY): 4_000}, 2))
    ordered = sorted((line.food_code, line.ordered_g) for o in world.told_of(OrderPlaced) for line in o.lines)
    assert ordered == [("cabbage", 20_000), ("cabbage", 30_000), ("rice", 4_000)]


async def test_more_before_the_run_waits_for_it(world_of: WorldOf) -> None:
    """Nothing is ordered before the county's run."""
    world = await world_of("procurement")
    await tell(world, facts.an_offer(), facts.a_menu(CABBAGE), facts.an_amendment({("cabbage", MONDAY): 50_000}, 2))
    assert (await facts.lines_of(world))["cabbage"]["open_g"] == 50_000
    assert world.told_of(OrderPlaced) == []


async def test_a_menu_published_after_a_withdrawn_one_takes_the_week_over(world_of: WorldOf) -> None:
    """A second menu for the week is the demand; a late fact of the first one does not touch it."""
    world, _ = await a_sourced_school(world_of)
    later = facts.a_menu(CABBAGE, menu_id="menu-2").model_copy(update={"published_at": facts.AT + timedelta(days=1)})
    await tell(world, later)
    await tell(world, facts.a_withdrawal(2))
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["menu_id"], line["quantity_g"], line["allocated_g"]) == ("menu-2", 30_000, 30_000)


async def test_a_new_menu_for_a_sourced_week_is_ordered_at_once(world_of: WorldOf) -> None:
    """After a withdrawal the week's next menu does not wait for another run."""
    world, _ = await a_sourced_school(world_of)
    await tell(world, facts.a_withdrawal(2))
    later = facts.a_menu({("cabbage", MONDAY): 8_000}, menu_id="menu-2")
    await tell(world, later.model_copy(update={"published_at": facts.AT + timedelta(days=1)}))
    line = (await facts.lines_of(world))["cabbage"]
    assert (line["quantity_g"], line["allocated_g"], line["open_g"]) == (8_000, 8_000, 0)


async def test_demand_is_listed_of_a_window_and_a_food(world_of: WorldOf) -> None:
    """What is needed from a day to another, both included, of every food or of one."""
    world = await world_of("procurement")
    wednesday = TUESDAY + timedelta(days=1)
    await tell(world, facts.a_menu({(food, day): 100 for food in "ab" for day in (MONDAY, TUESDAY, wednesday)}))
    client = world.client("procurement")
    for query, found in (
        ({"first_day": str(TUESDAY)}, 4),
        ({"last_day": str(TUESDAY), "food_code": "a"}, 2),
        ({"first_day": str(TUESDAY), "last_day": str(TUESDAY)}, 2),
        ({"first_day": str(TUESDAY), "last_day": str(MONDAY)}, 0),
    ):
        assert len((await ok(await client.get("/demand", params=query)))["items"]) == found, query


async def test_demand_is_listed_in_pages(world_of: WorldOf) -> None:
    """The list is bounded, and filters by day; a bad filter names its field."""
    world = await world_of("procurement")
    await tell(world, facts.a_menu({(f"food-{n}", MONDAY): 100 + n for n in range(5)}))
    client = world.client("procurement")
    seen, after = [], None
    while True:
        query: dict[str, str | int | None] = {"limit": 2, "delivery_day": str(MONDAY), "after": after}
        query = {name: value for name, value in query.items() if value is not None}
        page = await ok(await client.get("/demand", params=query))
        seen += [line["food_code"] for line in page["items"]]
        if not (after := page["next"]):
            break
    assert sorted(seen) == [f"food-{n}" for n in range(5)]
    assert (await ok(await client.get("/demand", params={"delivery_day": str(TUESDAY)})))["items"] == []
    problem = refused(await client.get("/demand", params={"delivery_day": "soon"}), 422, "invalid-input")
    assert problem["field"] == "query.delivery_day"
