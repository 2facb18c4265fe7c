"""A menu changes after orders exist: orders follow, promises are released."""

from datetime import timedelta

from shared.events.procurement import OrderAmended, OrderCancelled
from tests import builders as b
from tests.journeys.county import County
from tests.world import World, ok


async def _amend(county: County[World], menu: dict[str, object], **changed: object) -> None:
    body = {"reason": "guests are coming", "days": b.a_menu()["days"]} | changed
    headers = {"If-Match": f'"{menu["version"]}"'}
    await ok(await county.nutrition.put(f"/menus/{menu['menu_id']}", json=body, headers=headers))
    await county.world.settle()


async def _promised(county: County[World]) -> int:
    offers = (await ok(await county.farmers.get("/offers")))["items"]
    return sum(offer["promised_g"] for offer in offers)


async def test_a_smaller_menu_reduces_orders_and_releases_promises(county: County[World]) -> None:
    """Dish d02 needs half the rice, 40 g cabbage, no pork: accepted orders shrink, no new answer is asked for."""
    await county.set_up()
    menu = await county.publish()
    await county.source()
    await county.accept_all()
    assert await _promised(county) == 110_000
    await _amend(county, menu, days=b.a_menu(dish="d02")["days"])
    report = await county.check()
    assert (report["demand_g"], report["allocated_g"]) == (45_000, 45_000)
    assert await _promised(county) == 45_000
    assert any(isinstance(event, (OrderAmended, OrderCancelled)) for event in county.world.told)
    assert await county.inbox("a") == []


async def test_an_unanswered_order_shrinks_too(county: County[World]) -> None:
    """What a cooperative then accepts is the smaller order."""
    await county.set_up()
    menu = await county.publish()
    await county.source()
    await _amend(county, menu, days=b.a_menu(dish="d02")["days"])
    await county.accept_all()
    report = await county.check()
    assert (report["demand_g"], report["allocated_g"]) == (45_000, 45_000)
    assert await _promised(county) == 45_000


async def test_a_larger_menu_orders_the_difference(county: County[World]) -> None:
    """More is a new order: the accepted one stands as it was."""
    await county.set_up()
    menu = await county.publish(b.a_menu(dish="d02"))
    await county.source()
    await county.accept_all()
    await _amend(county, menu)
    await county.accept_all()
    report = await county.check()
    assert (report["demand_g"], report["allocated_g"], report["unmet_g"]) == (110_000, 110_000, 0)
    assert await _promised(county) == 110_000


async def test_a_withdrawn_menu_cancels_its_orders(county: County[World]) -> None:
    """Nothing is ordered any more, every promise is released, no vehicle drives."""
    await county.set_up()
    menu = await county.publish()
    await county.source()
    await county.accept_all()
    await ok(await county.nutrition.post(f"/menus/{menu['menu_id']}/withdraw", json={"reason": "flood"}))
    await county.world.settle()
    report = await county.check()
    assert (report["demand_g"], report["allocated_g"]) == (0, 0)
    assert await _promised(county) == 0
    await ok(await county.logistics.post("/trip-plans", json={"county_code": b.COUNTY, "day": b.WEEK[0]}))
    await county.world.settle()
    trips = await ok(await county.logistics.get("/trips", params={"county_code": b.COUNTY, "day": b.WEEK[0]}))
    assert trips["items"] == []


async def test_withdrawn_in_mid_week_the_days_eaten_stand(county: County[World]) -> None:
    """Monday was served and is paid; Tuesday to Friday are cancelled."""
    await county.set_up()
    menu = await county.publish()
    await county.source()
    await county.accept_all()
    await county.live_through(b.WEEK[0])
    await ok(await county.nutrition.post(f"/menus/{menu['menu_id']}/withdraw", json={"reason": "flood"}))
    await county.world.settle()
    report = await county.check()
    assert report["accepted_g"] == report["demand_g"] == 22_000
    assert await _promised(county) == 22_000


async def test_what_is_packed_already_stays_as_explained_surplus(county: County[World]) -> None:
    """A dispatched order cannot be taken back: demand + surplus = allocated + unmet still holds."""
    await county.set_up()
    menu = await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    evening_before = county.world.clock
    for name in "ab":
        for order in await county.inbox(name, "accepted"):
            for line in order["lines"]:
                lot = county.a_lot(name, line["food_code"], "2026-11-23", line["confirmed_g"])
                await ok(await county.farmers.post("/lots", json=lot))
            await ok(await county.farmers.post(f"/orders/{order['order_id']}/dispatch", json={}))
    await county.world.settle()
    evening_before.advance(timedelta(hours=1))
    await ok(await county.nutrition.post(f"/menus/{menu['menu_id']}/withdraw", json={"reason": "flood"}))
    await county.world.settle()
    report = await county.check()
    assert (report["demand_g"], report["surplus_g"], report["allocated_g"]) == (0, 22_000, 22_000)
