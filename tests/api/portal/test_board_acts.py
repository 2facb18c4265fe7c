"""What a dispatcher does at the board: plan, wish, apply, load, depart, break down, deal with alarms."""

import re

import httpx

from shared.events.logistics import ConsignmentGivenUp
from tests.api.logistics.county import COUNTY, DAY, a_confirmation, a_dispatch, a_lot, a_planned_trip, open_county
from tests.api.portal.browser import portal_of, send
from tests.api.portal.test_board import BOARD, a_warm_trip
from tests.conftest import WorldOf
from tests.people import administrator, dispatcher, official
from tests.world import World, ok


async def trips_of(world: World) -> list[dict[str, object]]:
    """Return the day's trips."""
    query = {"county_code": COUNTY, "day": str(DAY)}
    return list((await ok(await world.client("logistics").get("/trips", params=query)))["items"])


def path_of(answer: httpx.Response) -> str:
    """Return where a form led on to."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a_day_is_planned_with_progress(world_of: WorldOf) -> None:
    """The page asks for itself until the plan is done; sent twice, a form begins one plan."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    browser = portal_of(world, dispatcher(COUNTY))
    shown = await browser.get("/board/plan", params=BOARD)
    assert "Plan the trips" in shown.text
    where = path_of(await send(browser, shown, "/board/plans", how="open"))
    assert path_of(await send(browser, shown, "/board/plans", how="open")) == where
    running = await browser.get(where, headers={"HX-Request": "true"})
    assert f'hx-get="{where}"' in running.text
    await world.settle()
    done = await browser.get(where, headers={"HX-Request": "true"})
    assert "hx-get" not in done.text
    assert "安排好了" in done.text or "Done: the trips stand" in done.text


async def test_what_nothing_can_bring_is_given_up(world_of: WorldOf) -> None:
    """What is packed and on no trip is counted and listed; giving it up needs a reason, is told, and takes it away."""
    world = await world_of("logistics", "portal")
    await open_county(world)
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"), a_dispatch("ord-1", {"lot-1": 10_000}))
    await world.publish(a_confirmation("ord-2"))
    await world.settle()
    browser = portal_of(world, dispatcher(COUNTY))
    shown = await browser.get("/board/plan", params=BOARD)
    assert "Packed, and on no trip" in shown.text
    assert re.search(r"Orders on no trip yet</dt>\s*<dd[^>]*>2<", shown.text)
    path = "/board/orders/ord-1/give-up"
    assert f'action="{path}"' in shown.text
    assert "/board/orders/ord-2/" not in shown.text
    unsaid = await send(browser, shown, path, reason="")
    assert unsaid.status_code == 422
    assert world.told_of(ConsignmentGivenUp) == []
    done = await send(browser, shown, path, reason="the van broke down")
    assert path_of(done).startswith("/board/plan?")
    await world.settle()
    assert [(one.order_id, one.reason) for one in world.told_of(ConsignmentGivenUp)] == [
        ("ord-1", "the van broke down")
    ]
    after = await browser.get("/board/plan", params=BOARD)
    assert "Packed, and on no trip" not in after.text


async def test_a_plan_is_given_up(world_of: WorldOf) -> None:
    """While it is not finished a plan can be cancelled; afterwards that is refused in words."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    browser = portal_of(world, dispatcher(COUNTY))
    where = path_of(await send(browser, await browser.get("/board/plan", params=BOARD), "/board/plans"))
    assert path_of(await send(browser, await browser.get(where), f"{where}/cancel")) == where
    assert "Given up: nothing has changed" in (await browser.get(where)).text


async def test_a_wish_a_proposal_and_its_difference(world_of: WorldOf) -> None:
    """A stop is moved by a wish; the proposal says what would ride otherwise; only applying changes the trips."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    (trip,) = await trips_of(world)
    browser = portal_of(world, dispatcher(COUNTY))
    shown = await browser.get("/board/plan", params=BOARD | {"trip": trip_id})
    missing = await send(browser, shown, "/board/wishes", wanted="move", vehicle="")
    assert missing.status_code == 422
    assert "Choose the vehicle it goes to." in missing.text
    to = next(key for key in ("veh-1", "veh-2") if key != trip["vehicle_id"])
    where = path_of(await send(browser, shown, "/board/wishes", wanted="move", vehicle=to))
    wished = await browser.get(where)
    assert "Go to another vehicle" in wished.text
    plan = path_of(await send(browser, wished, "/board/plans", how="anew"))
    await world.settle()
    proposed = await browser.get(plan)
    assert "Proposed: nothing has changed yet" in proposed.text
    assert "1 order rides otherwise" in (await browser.get(plan, headers={"HX-Request": "true"})).text
    assert "1 order rides otherwise" in proposed.text
    assert "School" in proposed.text
    assert (await trips_of(world))[0]["vehicle_id"] == trip["vehicle_id"]
    assert path_of(await send(browser, proposed, f"{plan}/apply")) == plan
    assert (await trips_of(world))[0]["vehicle_id"] == to
    again = await send(browser, proposed, f"{plan}/cancel")
    assert again.status_code == 422
    assert "This plan is finished" in again.text


async def test_what_cannot_be_planned_is_said_at_the_form(world_of: WorldOf) -> None:
    """Past days are refused by logistics, in words of the page, with the wishes kept; nonsense is no wish."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    browser = portal_of(world, dispatcher(COUNTY))
    shown = await browser.get("/board/plan", params=BOARD | {"wish": "fly.me.to.the.moon"})
    assert shown.status_code == 200
    refused = await send(browser, shown, "/board/plans", day="2026-11-01")
    assert refused.status_code == 422
    assert "Days that are over are not planned." in refused.text
    assert (await send(browser, shown, "/board/plans", county="529999")).status_code == 403
    assert (await portal_of(world, official(COUNTY)).get("/board/plan", params=BOARD)).status_code == 403


async def test_a_trip_is_loaded_and_departs_by_hand(world_of: WorldOf) -> None:
    """With nothing on board it is refused in words; loaded, it leaves once."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    trip_id = await a_planned_trip(world, "ord-1")
    browser = portal_of(world, dispatcher(COUNTY))
    path = f"/board/trips/{trip_id}"
    shown = await browser.get(path, headers={"Accept-Language": "en"})
    empty = await send(browser, shown, f"{path}/depart")
    assert empty.status_code == 422
    assert "还没有装货" in empty.text or "Nothing is loaded" in empty.text
    assert path_of(await send(browser, shown, f"{path}/load")) == path
    again = await browser.get(path, headers={"Accept-Language": "en"})
    for _ in range(2):
        assert path_of(await send(browser, again, f"{path}/depart")) == path
    assert (await trips_of(world))[0]["status"] == "departed"


async def test_a_breakdown_leads_to_the_plan_that_takes_over(world_of: WorldOf) -> None:
    """Where it stands and why are needed, and kept; then others are planned at once."""
    world = await world_of("portal", "logistics")
    trip_id = await a_warm_trip(world)
    browser = portal_of(world, dispatcher(COUNTY))
    path = f"/board/trips/{trip_id}"
    shown = await browser.get(path, params={"lang": "en"})
    for wrong in ({"spot": "nan,0"}, {"spot": "somewhere"}):
        refused = await send(browser, shown, f"{path}/breakdown", reason="engine 🛑", **wrong)
        assert refused.status_code == 422
        assert "engine 🛑" in refused.text
    assert (await send(browser, shown, f"{path}/breakdown", reason=" ")).status_code == 422
    where = path_of(await send(browser, shown, f"{path}/breakdown", reason="engine stopped"))
    assert re.fullmatch(r"/board/plans/[0-9a-f-]+", where)
    assert "Broken down" in (await browser.get(path, params={"lang": "en"})).text


async def test_an_alarm_is_dealt_with(world_of: WorldOf) -> None:
    """A note is needed; who dealt with it and how is shown, and the board counts it no more."""
    world = await world_of("portal", "logistics")
    trip_id = await a_warm_trip(world)
    browser = portal_of(world, dispatcher(COUNTY))
    path = f"/board/trips/{trip_id}"
    shown = await browser.get(path, params={"lang": "en"})
    (action,) = set(re.findall(rf'action="({path}/alarms/[^"]+)"', shown.text))
    assert (await send(browser, shown, action, note="")).status_code == 422
    assert path_of(await send(browser, shown, action, note="Door was open")) == path
    assert "Door was open" in (await browser.get(path)).text


async def test_the_whole_province_is_planned_by_who_may(world_of: WorldOf) -> None:
    """An administrator of the province plans all counties and can stop it; with nothing to plan that is said."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    browser = portal_of(world, administrator())
    shown = await browser.get("/board/plan", params=BOARD)
    nothing = await send(browser, shown, "/board/plans", how="province")
    assert "Every order of this day is on a trip already." in nothing.text
    await world.publish(a_confirmation("ord-1"))
    await world.settle()
    shown = await browser.get("/board/plan", params=BOARD)
    where = path_of(await send(browser, shown, "/board/plans", how="province"))
    assert where.startswith("/board/day-plans/")
    assert path_of(await send(browser, await browser.get(where), f"{where}/cancel")) == where
    assert "Given up: what was done before stands" in (await browser.get(where)).text
