"""Who may call what in procurement: the walk over all routes, and real things of one's own and of others."""

from typing import Any

from shared.events.procurement import OrderPlaced
from tests.api.procurement import facts
from tests.api.procurement.facts import COUNTY, MONDAY
from tests.api.procurement.test_disputes import a_dispute
from tests.api.procurement.test_payments import settled
from tests.api.walk import walk
from tests.conftest import WorldOf
from tests.people import administrator, canteen, clerk, dispatcher, official
from tests.world import World, ok, refused

OTHER_COUNTY = "520602"


async def test_walk(world_of: WorldOf) -> None:
    """Every route asks for a token, a role and a tenant of its own, and lets its own in."""
    await walk(await world_of("procurement"), "procurement")


async def a_run(world_of: WorldOf) -> tuple[World, str, OrderPlaced]:
    """Return a world with a run over two cooperatives and two schools, its route, and the order of the first."""
    world = await world_of("procurement")
    await world.publish(facts.a_canteen(), facts.a_canteen("school-2"), facts.a_cooperative())
    await world.publish(facts.a_cooperative("coop-2"), facts.an_offer())
    await world.publish(facts.an_offer("offer-2", "coop-2", food_code="pear"))
    await world.publish(facts.a_menu({("cabbage", MONDAY): 30_000}))
    await world.publish(facts.a_menu({("pear", MONDAY): 10_000}, "school-2", "menu-2"))
    await world.settle()
    run = await facts.run(world)
    (order,) = [each for each in world.told_of(OrderPlaced) if each.canteen_id == "school-1"]
    return world, f"/sourcing-runs/{run['run_id']}", order


async def test_an_order_is_its_parties_alone(world_of: WorldOf) -> None:
    """School, cooperative and county see it; for all others it is not there. Lists are asked for one's own."""
    world, _, order = await a_run(world_of)
    route = f"/orders/{order.order_id}"
    for who in (canteen("school-1"), clerk("coop-1"), official(COUNTY), official(), dispatcher(COUNTY)):
        assert (await ok(await world.client("procurement", as_=who).get(route)))["order_id"] == order.order_id
    for who in (canteen("school-2"), clerk("coop-2"), official(OTHER_COUNTY)):
        refused(await world.client("procurement", as_=who).get(route), 404, "unknown-order")
    mine = world.client("procurement", as_=canteen("school-1"))
    assert len((await ok(await mine.get("/orders", params={"canteen_id": "school-1"})))["items"]) == 1
    refused(await mine.get("/orders"), 403, "tenant-not-named")
    refused(await mine.get("/orders", params={"canteen_id": "school-2"}), 403, "other-tenant")


async def test_only_an_official_changes_an_order_as_one(world_of: WorldOf) -> None:
    """The school calls off what it ordered in its own name; what only officials may, it may not by saying so."""
    world, _, order = await a_run(world_of)
    body = {"reason": "closed", "by": "official", "name": "x"}
    route = f"/orders/{order.order_id}/cancel"
    school = world.client("procurement", as_=canteen("school-1"))
    refused(await school.post(route, json=body), 403, "not-an-official")
    refused(await school.post(f"/orders/{order.order_id}/approve", json={"official": "x"}), 403, "role-not-allowed")
    assert (await ok(await school.post(route, json={"reason": "closed"})))["status"] == "cancelled"
    elsewhere = world.client("procurement", as_=administrator(OTHER_COUNTY))
    refused(await elsewhere.post(route, json=body), 404, "unknown-order")


async def test_a_run_says_why_to_those_it_concerns(world_of: WorldOf) -> None:
    """A clerk reads of its own offers, a school of its own lines, the county of all; of no others."""
    world, route, _ = await a_run(world_of)

    async def told(who: Any, of: str, name: str) -> set[str]:
        items = (await ok(await world.client("procurement", as_=who).get(f"{route}/{of}")))["items"]
        return {item[name] for item in items}

    assert await told(clerk("coop-1"), "offers", "cooperative_id") == {"coop-1"}
    assert await told(canteen("school-2"), "lines", "canteen_id") == {"school-2"}
    assert await told(official(COUNTY), "offers", "cooperative_id") == {"coop-1", "coop-2"}
    assert await told(official(COUNTY), "lines", "canteen_id") == {"school-1", "school-2"}
    first = world.client("procurement", as_=clerk("coop-1"))
    refused(await first.get(f"{route}/offers/offer-2"), 404, "unknown-offer-in-this-run")
    refused(await first.get(f"{route}/allocations"), 403, "role-not-allowed")
    for stranger in (clerk("coop-9"), official(OTHER_COUNTY)):
        refused(await world.client("procurement", as_=stranger).get(f"{route}/offers"), 404, "unknown-sourcing-run")


async def test_money_is_shown_to_whom_it_concerns(world_of: WorldOf) -> None:
    """Accounts, bookings, households and files: a cooperative its own, a school its own, nobody another's."""
    world, _ = await settled(world_of)
    found = (await ok(await world.client("procurement").get("/settlements")))["items"]
    mine, school = (world.client("procurement", as_=who) for who in (clerk("coop-1"), canteen("school-1")))
    theirs = world.client("procurement", as_=clerk("coop-2"))
    assert (await ok(await mine.get("/settlements", params={"cooperative_id": "coop-1"})))["items"] == found
    household = {"account": "household/poor-1"}
    assert (await ok(await mine.get("/ledger/entries", params=household)))["items"]
    for who in (theirs, school):
        refused(await who.get("/ledger/entries", params=household), 404, "unknown-account")
    assert (await ok(await school.get("/ledger/entries", params={"account": "school/school-1/food-money"})))["items"]
    refused(await school.get("/ledger/entries", params={"account": "cooperative/coop-1"}), 404, "unknown-account")
    booking = f"/ledger/transactions/{found[0]['settlement_id']}"
    assert (await mine.get(booking)).is_success
    refused(await theirs.get(booking), 404, "unknown-transaction")
    refused(await school.get(booking), 403, "role-not-allowed")
    statement = "/statements/households/poor-1"
    month = {"month": "2026-11"}
    assert (await mine.get(statement, params=month)).is_success
    refused(await theirs.get(statement, params=month), 404, "unknown-household")
    county, elsewhere = (world.client("procurement", as_=official(each)) for each in (COUNTY, OTHER_COUNTY))
    payment = {"cooperative_id": "coop-1", "month": "2026-11", "paid_on": "2026-11-23", "reference": "20261123-1"}
    refused(await elsewhere.post("/payments", json=payment), 404, "unknown-cooperative")
    assert (await county.post("/payments", json=payment)).is_success


async def test_a_side_of_a_dispute_speaks_for_itself(world_of: WorldOf) -> None:
    """The school does not speak for the cooperative, nor another cooperative for it; the county decides."""
    world, _, dispute = await a_dispute(world_of)
    route = f"/disputes/{dispute['dispute_id']}"
    said = {"text": "the scales had not been set to zero"}
    school, mine = (world.client("procurement", as_=who) for who in (canteen("school-1"), clerk("coop-1")))
    refused(await school.put(f"{route}/statements/cooperative", json=said), 403, "other-side")
    assert (await school.put(f"{route}/statements/school", json=said)).is_success
    assert (await mine.put(f"{route}/statements/cooperative", json=said)).is_success
    other = world.client("procurement", as_=clerk("coop-2"))
    refused(await other.put(f"{route}/statements/cooperative", json=said), 404, "unknown-dispute")
    refused(await school.post(f"{route}/decision", json={}), 403, "role-not-allowed")
