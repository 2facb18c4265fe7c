"""The inbox of a cooperative: answering orders and handing over what was packed."""

from datetime import timedelta
from typing import Any

import httpx

from tests.api.farmers.builders import MONDAY, a_county, line, lot, offer, order_of, placed, post, put
from tests.api.portal.browser import forms_in, portal_of, send
from tests.conftest import WorldOf
from tests.people import clerk, driver
from tests.world import START, World

CLERK = clerk("coop-1")


async def a_world(world_of: WorldOf, *orders: Any) -> World:
    """A cooperative with 100 kg of cabbage on offer, and the orders placed on it."""
    world = await world_of("portal", "farmers", "nutrition")
    await a_county(world)
    await world.publish(*(orders or [placed()]))
    await world.settle()
    return world


async def opened(world: World, path: str) -> tuple[httpx.AsyncClient, httpx.Response]:
    """A clerk's browser, and a page in it."""
    browser = portal_of(world, CLERK)
    page = await browser.get(path, headers={"Accept-Language": "en"})
    assert page.status_code == 200, page.text
    return browser, page


async def test_orders_wait_with_what_is_asked_and_until_when(world_of: WorldOf) -> None:
    """A card says the food, its weight, what it comes to and how long there is left to answer."""
    _, page = await opened(await a_world(world_of), "/inbox")
    for told in ("40 kg", "¥61.60", "2 days left to answer", 'href="/inbox/order-1"'):
        assert told in page.text
    assert "/inbox/accept" not in page.text, "one order is answered by itself"


async def test_an_order_is_accepted_in_two_taps(world_of: WorldOf) -> None:
    """Open and accept: the cooperative has promised all of it, however often the second tap comes."""
    world = await a_world(world_of)
    browser, page = await opened(world, "/inbox/order-1")
    for _ in range(2):
        answer = await send(browser, page, "/inbox/order-1/accept")
        assert (answer.status_code, answer.headers["location"]) == (303, "/inbox/order-1")
    assert (await order_of(world))["status"] == "accepted"
    _, listed = await opened(world, "/inbox?tab=accepted")
    assert "You accepted it" in listed.text


async def test_a_part_is_accepted_with_a_reason_and_more_than_ordered_is_not(world_of: WorldOf) -> None:
    """What was typed stays beside what is wrong with it; put right it is taken."""
    world = await a_world(world_of)
    browser, page = await opened(world, "/inbox/order-1")
    told: dict[str, str] = {"reason": "other", "told": "the hail of Tuesday 🌨"}
    for wrong, said in (("99", "超过了订购数量"), ("twelve", "请填写数字"), ("0", "拒绝")):
        page = await browser.get("/inbox/order-1")
        answer = await send(browser, page, "/inbox/order-1/accept-part", **told, **{"kg.line-1": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.text
        assert said in answer.text
    answer = await send(browser, page, "/inbox/order-1/accept-part", **told, **{"kg.line-1": "12,5"})
    assert answer.status_code == 303, answer.text
    order = await order_of(world)
    assert (order["status"], order["lines"][0]["confirmed_g"]) == ("partly_accepted", 12_500)
    assert order["answer_reason"] == "the hail of Tuesday 🌨"


async def test_an_order_is_declined_with_a_reason(world_of: WorldOf) -> None:
    """The reason is told in the words of the page; afterwards nothing of it can be accepted."""
    world = await a_world(world_of)
    browser, page = await opened(world, "/inbox/order-1")
    assert (await send(browser, page, "/inbox/order-1/decline", reason="road")).status_code == 303
    order = await order_of(world)
    assert (order["status"], order["answer_reason"]) == ("declined", "道路不通")
    late = await send(browser, page, "/inbox/order-1/accept")
    assert late.status_code == 422
    assert "已经答复" in late.text


async def test_all_that_waits_is_accepted_at_once_but_for_what_was_called_off(world_of: WorldOf) -> None:
    """The sums are shown first; only what is ticked is accepted."""
    orders = [placed(f"order-{n}", line(f"line-{n}", 10_000)) for n in (1, 2)]
    world = await a_world(world_of, *orders)
    browser, page = await opened(world, "/inbox/accept")
    assert "20 kg" in page.text
    form = next(each for each in forms_in(page) if each.action == "/inbox/accept")
    assert (await send(browser, page, "/inbox/accept", order="order-2")).status_code == 303
    assert [(await order_of(world, each))["status"] for each in ("order-1", "order-2")] == ["to_answer", "accepted"]
    form.fields.pop("order")
    assert (await browser.post("/inbox/accept", data=form.fields)).status_code == 422


async def test_what_was_packed_is_handed_over(world_of: WorldOf) -> None:
    """The harvests are proposed, oldest first; less than was accepted asks why; then it is on the way, with a list."""
    world = await a_world(world_of)
    browser, _ = await opened(world, "/inbox")
    await post(world, "/orders/order-1/accept")
    _, page = await opened(world, "/inbox/order-1")
    assert "Enter the harvest first" in page.text
    await post(world, "/lots", **lot())
    _, page = await opened(world, "/inbox/order-1")
    assert 'value="40"' in page.text
    where, kilograms = "/inbox/order-1/dispatch", {"lot.line-1.lot-1": "39"}
    assert (await send(browser, page, where, **kilograms)).status_code == 422
    assert (await send(browser, page, where, reason="spoilt", **kilograms)).status_code == 303
    _, listed = await opened(world, "/inbox?tab=moving")
    assert "39 kg" in listed.text
    _, paper = await opened(world, "/inbox/order-1/packing-list")
    assert "GZ-1" in paper.text


async def test_who_does_not_answer_in_time_is_told(world_of: WorldOf) -> None:
    """After the deadline nothing can be answered, and the page says so."""
    world = await a_world(world_of, placed(answer_by=START + timedelta(minutes=10)))
    browser, page = await opened(world, "/inbox/order-1")
    world.clock.advance(timedelta(minutes=11))
    answer = await send(browser, page, "/inbox/order-1/accept")
    assert answer.status_code == 422
    await world.settle()
    _, listed = await opened(world, "/inbox?tab=done")
    assert "Not answered in time" in listed.text


async def test_orders_of_others_are_not_shown(world_of: WorldOf) -> None:
    """Another cooperative's order is not there; a driver has no inbox."""
    world = await a_world(world_of)
    other = portal_of(world, clerk("coop-2"))
    assert (await other.get("/inbox/order-1")).status_code in (403, 404)
    assert "order-1" not in (await other.get("/inbox")).text
    assert (await portal_of(world, driver("drv-1")).get("/inbox")).status_code == 403


async def test_the_page_says_which_part_does_not_answer(world_of: WorldOf) -> None:
    """Without names codes are shown; without orders the page says so."""
    world = await a_world(world_of)
    world.away("nutrition")
    _, page = await opened(world, "/inbox")
    assert "napa_cabbage" in page.text
    world.away("farmers")
    _, page = await opened(world, "/inbox")
    assert "do not answer at this moment" in page.text


async def test_old_orders_are_not_listed(world_of: WorldOf) -> None:
    """Orders and lots can be asked for from a day on."""
    world = await a_world(world_of)
    await put(world, "/offers", offer("off-2"))
    await post(world, "/lots", **lot())
    farmers = world.client("farmers")
    for path, name, day in (
        ("/orders", "delivery_from", MONDAY),
        ("/lots", "harvested_from", MONDAY - timedelta(days=9)),
    ):
        found = [
            len((await farmers.get(path, params={name: str(each)})).json()["items"])
            for each in (day, day + timedelta(days=1))
        ]
        assert found == [1, 0]
