"""The procurement board: what is needed, who supplies it and why; a school's own orders."""

import re

import pytest

from tests import builders as b
from tests.api.portal.browser import portal_of, send
from tests.api.procurement.test_exact import let_one_decline, settled
from tests.conftest import WorldOf
from tests.journeys.county import County
from tests.people import canteen, clerk, nutritionist, official
from tests.world import World, ok

ENGLISH = {"Accept-Language": "en"}
LIMIT = {
    "region_code": b.COUNTY,
    "valid_from": "2026-01-01",
    "approval_limit_fen": 1,
    "approval_hours": 240,
    "source": "the county (fictional)",
}
BOARD = f"/purchasing?week={b.MONDAY}"


async def _a_county(world_of: WorldOf, *, sourced: bool = True) -> County[World]:
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up()
    await county.publish()
    if sourced:
        await county.source()
    return county


async def test_an_official_sees_what_is_needed_and_who_supplies_it(world_of: WorldOf) -> None:
    """Foods wait before the run and are ordered after it; a food opens as a dialog or as a page of its own."""
    county = await _a_county(world_of, sourced=False)
    browser = portal_of(county.world, official(b.COUNTY))
    before = await browser.get(BOARD, headers=ENGLISH)
    assert before.status_code == 200, before.text
    assert 'class="status info">To be ordered' in before.text
    await county.source()
    after = await browser.get(BOARD, headers=ENGLISH)
    assert 'class="status ok">All ordered' in after.text
    assert "/purchasing/foods/cabbage" in after.text
    where = f"/purchasing/foods/cabbage?week={b.MONDAY}"
    food = await browser.get(where, headers=ENGLISH)
    assert "Ordered from" in food.text
    assert "Not asked for" in food.text
    dialog = await browser.get(where, headers=ENGLISH | {"HX-Request": "true"})
    assert dialog.text.strip().startswith("<dialog")
    assert "number 1 of the offers" in dialog.text
    assert "Nothing is missing" in (await browser.get(f"{BOARD}&short=true", headers=ENGLISH)).text


async def test_a_school_sees_its_own_orders(world_of: WorldOf) -> None:
    """By day, with names; an order opens with its lines and prints; another school's is not there."""
    county = await _a_county(world_of)
    (first, *_) = await county.orders()
    browser = portal_of(county.world, canteen("sch-1"))
    page = await browser.get(BOARD, headers=ENGLISH)
    assert page.status_code == 200, page.text
    assert f"/purchasing/orders/{first['order_id']}" in page.text
    assert "Not answered yet" in page.text
    order = await browser.get(f"/purchasing/orders/{first['order_id']}", headers=ENGLISH)
    assert "Lines of the order" in order.text
    for quantity in ("Ordered", "Promised", "Packed", "Weighed", "Accepted"):
        assert f'<th scope="col" class="numeric">{quantity}</th>' in order.text
    document = f"/orders/{first['order_id']}/document.pdf"
    await county.procurement.get(document)  # the first document of a process waits for fonts
    paper = await browser.get(f"/purchasing{document}")
    assert paper.content.startswith(b"%PDF")
    stranger = portal_of(county.world, canteen("sch-2"))
    assert (await stranger.get(f"/purchasing/orders/{first['order_id']}")).status_code == 404


async def test_who_sees_the_board(world_of: WorldOf) -> None:
    """Nutritionists read it, clerks do not, another county is refused, and who has all counties says which."""
    county = await _a_county(world_of, sourced=False)
    assert (await portal_of(county.world, nutritionist(b.COUNTY)).get(BOARD)).status_code == 200
    assert (await portal_of(county.world, clerk("coop-a")).get(BOARD)).status_code == 403
    assert (await portal_of(county.world, official("520101")).get(f"{BOARD}&county_code={b.COUNTY}")).status_code == 403
    choice = await portal_of(county.world, official()).get(BOARD, headers=ENGLISH)
    assert "Say which county you buy for" in choice.text


@pytest.mark.parametrize(
    ("who", "service", "said"),
    [
        ("official", "procurement", "Orders and payments"),
        ("canteen", "procurement", "Orders and payments"),
        ("canteen", "nutrition", None),
    ],
)
async def test_the_page_stands_without_a_service(world_of: WorldOf, who: str, service: str, said: str | None) -> None:
    """What is away says so; names that are away leave codes."""
    county = await _a_county(world_of)
    county.world.away(service)
    person = official(b.COUNTY) if who == "official" else canteen("sch-1")
    page = await portal_of(county.world, person).get(BOARD, headers=ENGLISH)
    assert page.status_code == 200, page.text
    assert said is None or f"{said} do not answer" in page.text


async def test_a_week_without_menus_says_what_is_next(world_of: WorldOf) -> None:
    """Nobody is left before an empty table; a day that is none is refused."""
    world = await world_of("portal", "nutrition", "farmers", "procurement", "logistics")
    page = await portal_of(world, official(b.COUNTY)).get("/purchasing", headers=ENGLISH)
    assert "No school has published a menu for this week yet" in page.text
    assert (await portal_of(world, official(b.COUNTY)).get("/purchasing?week=never")).status_code == 422


async def test_an_empty_week_leads_to_one_with_something(world_of: WorldOf) -> None:
    """Long after the last order or before the first a county and a school are led to it; without any, to the menu."""
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up()
    school = portal_of(county.world, canteen("sch-1"))
    nowhere = await school.get("/purchasing?week=2027-01-11", headers=ENGLISH)
    assert "To the week menu" in nowhere.text
    await county.publish()
    await county.source()
    pages = (
        (portal_of(county.world, official(b.COUNTY)), f"/purchasing?county_code={b.COUNTY}"),
        (school, "/purchasing?canteen_id=sch-1"),
    )
    for browser, whose in pages:
        for week, said in (
            ("2027-01-11", "The last day with something"),
            ("2026-10-12", "The next day with something"),
        ):
            empty = await browser.get(f"{whose}&week={week}", headers=ENGLISH)
            (link,) = re.findall(f'href="([^"]+)">{said}: ', empty.text)
            there = await browser.get(link.replace("&amp;", "&"), headers=ENGLISH)
            assert "Cabbage" in there.text, link
            assert "day with something" not in there.text


async def test_a_run_is_looked_at_before_it_is_started(world_of: WorldOf) -> None:
    """What is missing is shown, the run started once however often it is sent, and its page says what came of it."""
    county = await _a_county(world_of, sourced=False)
    browser = portal_of(county.world, official(b.COUNTY))
    assert "/purchasing/runs/new" in (await browser.get(BOARD)).text
    look = await browser.get(f"/purchasing/runs/new?week={b.MONDAY}", headers=ENGLISH)
    assert "Cabbage" in look.text
    sent = [await send(browser, look, "/purchasing/runs") for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    where = sent[0].headers["location"]
    waiting = await browser.get(where, headers=ENGLISH | {"HX-Request": "true"})
    assert f'hx-get="{where}"' in waiting.text
    await county.world.settle()
    done = await browser.get(where, headers=ENGLISH)
    assert "Done: everything has a supplier." in done.text
    assert "hx-get" not in done.text
    assert "/purchasing/runs/new" not in (await browser.get(BOARD)).text
    again = await send(browser, waiting, f"{where}/cancel")
    assert (again.status_code, again.headers["location"]) == (303, where)


async def test_what_nobody_has_and_why_an_offer_was_taken_is_said_in_both_languages(world_of: WorldOf) -> None:
    """The run's page says why nobody had a food, an order why its offer was taken, and what was packed of it."""
    county = County(await world_of("portal", "nutrition", "farmers", "procurement", "logistics"))
    await county.set_up(b.an_offer("a", "rice"), b.an_offer("a", "cabbage", kg=6))
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    run = await county.source()
    await county.accept_all()
    browser = portal_of(county.world, official(b.COUNTY))
    where = f"/purchasing/runs/{run['run_id']}"
    page = await browser.get(where, headers=ENGLISH)
    assert "Nobody offers this food." in page.text
    assert "1 offer of this food: 1 used up." in page.text
    assert "没有人供应此食材。" in (await browser.get(where)).text
    county.go_to("2026-11-29", 8)
    (order,) = await county.inbox("a", "accepted")
    await ok(await county.farmers.post("/lots", json=county.a_lot("a", "rice", "2026-11-29", 4_000)))
    await ok(await county.farmers.post(f"/orders/{order['order_id']}/dispatch", json={}))
    await county.world.settle()
    school = portal_of(county.world, canteen("sch-1"))
    shown = await school.get(f"/purchasing/orders/{order['order_id']}")
    assert "在可选报价中排第 1" in shown.text
    assert "合作社说明：采收量不足" in shown.text
    english = await school.get(f"/purchasing/orders/{order['order_id']}", headers=ENGLISH)
    assert "Number 1 of the offers left" in english.text
    assert "The cooperative says: no more was harvested" in english.text
    assert "Short" in (await school.get(BOARD, headers=ENGLISH)).text


async def test_a_run_is_stopped(world_of: WorldOf) -> None:
    """Cancelled before it began, it ordered nothing and says so; a week that is over is refused and the form stays."""
    county = await _a_county(world_of, sourced=False)
    browser = portal_of(county.world, official(b.COUNTY))
    look = await browser.get(f"/purchasing/runs/new?week={b.MONDAY}")
    where = (await send(browser, look, "/purchasing/runs")).headers["location"]
    await send(browser, await browser.get(where), f"{where}/cancel")
    assert "Stopped." in (await browser.get(where, headers=ENGLISH)).text
    again = await browser.get(f"/purchasing/runs/new?week={b.MONDAY}")
    late = await send(browser, again, "/purchasing/runs", week="2020-01-06")
    assert late.status_code == 422
    assert "这一周已经来不及送货了。" in late.text


async def test_an_official_decides_on_an_order(world_of: WorldOf) -> None:
    """Above the limit it waits on the board; it is approved once; who comes later sees that somebody decided."""
    county = await _a_county(world_of, sourced=False)
    await county.put("procurement", "/ordering-rules", LIMIT)
    await county.source()
    first, second, *_ = await county.orders(status="draft")
    browser = portal_of(county.world, official(b.COUNTY))
    board = await browser.get(BOARD, headers=ENGLISH)
    where = f"/purchasing/orders/{first['order_id']}"
    assert where in board.text
    page = await browser.get(where, headers=ENGLISH)
    assert (await send(browser, page, f"{where}/approve")).headers["location"] == where
    assert "Not answered yet" in (await browser.get(where, headers=ENGLISH)).text
    other = await browser.get(where.replace(first["order_id"], second["order_id"]), headers=ENGLISH)
    refuse = f"/purchasing/orders/{second['order_id']}/refuse"
    assert (await send(browser, other, refuse, reason=" ")).status_code == 422
    # To find another supplier takes its time on a machine that does much else: sent again, it still happens once.
    sent = [await send(browser, other, refuse, reason="too much at once") for _ in range(2)]
    assert sent[-1].status_code == 303
    late = await send(browser, page, f"{where}/refuse", reason="I think not")
    assert late.status_code == 422
    nobody = portal_of(county.world, nutritionist(b.COUNTY))
    assert f"{where}/approve" not in (await nobody.get(where)).text


async def test_a_better_answer_is_looked_at_and_taken_once(world_of: WorldOf) -> None:
    """What would change is shown before anything is sent; taken by one, another official reads that it was."""
    world = await world_of("portal", "procurement")
    await let_one_decline(world)
    await settled(world)
    browser = portal_of(world, official(b.COUNTY))
    browser.headers.update(ENGLISH)
    runs = (await ok(await world.client("procurement").get("/sourcing-runs")))["items"]
    (where,) = [f"/purchasing/runs/{run['run_id']}" for run in runs if run["kind"] == "exact"]
    assert where in (await browser.get(BOARD)).text
    look = await browser.get(where)
    for said in ("Nothing is sent yet", "3 changes", "¥90.00", "¥130.00", "20 kg"):
        assert said in look.text, said
    stale = await send(browser, look, f"{where}/take", version="7", _key="another-key-1")
    assert (stale.status_code, "Somebody changed this" in stale.text) == (422, True)
    for page in (stale, look):
        taken = await send(browser, page, f"{where}/take", _key="the-tap-of-one")
        assert (taken.status_code, taken.headers["location"]) == (303, where)
    await world.settle()
    late = await send(browser, look, f"{where}/take", _key="another-key-2")
    assert (late.status_code, "This was ordered" in late.text) == (422, True)
    assert f"{where}/take" not in (await browser.get(where)).text
    reader = portal_of(world, nutritionist(b.COUNTY))
    assert f"{where}/take" not in (await reader.get(where)).text
