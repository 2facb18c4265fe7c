"""The run sheet: drivers load, depart, arrive and break down, each step once and by their own trips only."""

from tests.api.logistics.county import DAY, a_confirmation, a_dispatch, a_lot, open_county, plan, the_only_trip
from tests.api.portal.browser import forms_in, portal_of, send
from tests.conftest import WorldOf
from tests.people import driver
from tests.world import World, ok

OUTBOX = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
EN = {"Accept-Language": "en"}


async def a_day(world: World) -> str:
    """Plan a trip that fetches two orders and brings them to two schools; return its id."""
    await open_county(world)
    await world.publish(a_lot("lot-1"), a_confirmation("ord-1"), a_confirmation("ord-2", canteen_id="sch-2"))
    await world.publish(a_dispatch("ord-1", {"lot-1": 10_000}), a_dispatch("ord-2", {"lot-1": 10_000}))
    await world.settle()
    await plan(world)
    return await the_only_trip(world)


async def test_a_trip_is_driven_by_taps(world_of: WorldOf) -> None:
    """Each page offers the next step alone: check, load, depart, arrive, arrive; then it says that all is done."""
    world = await world_of("portal", "logistics", "nutrition")
    trip = await a_day(world)
    browser = portal_of(world, driver("drv-1"))
    browser.headers.update(EN)
    here = f"/driving?day={DAY}"
    page = await browser.get(here)
    assert "Load next" in page.text
    assert "potato" in page.text
    assert "geo:28.1" in page.text
    actions = [form.action for form in forms_in(page)]
    (scans,) = [each for each in actions if each.endswith("/scans")]
    answer = await send(browser, page, scans, lot="ord-1/lot-1")
    assert answer.headers["location"] == f"/driving/{trip}"
    assert "Check the lots: 1 of 2" in (await browser.get(here)).text
    wrong = await send(browser, await browser.get(here), scans, label="lot-9")
    assert wrong.status_code == 422
    assert "This lot is not for this trip" in wrong.text
    assert 'value="lot-9"' in wrong.text
    await send(browser, page, scans.replace("scans", "load"))
    page = await browser.get(here)
    assert "Everything is on board" in page.text
    early = next(form.action for form in forms_in(page) if form.action.endswith("/arrive"))
    assert "has not departed" in (await send(browser, page, early)).text
    await send(browser, page, f"/driving/{trip}/depart")
    for _ in range(2):
        page = await browser.get(here)
        assert "Drive to next" in page.text
        action = [form.action for form in forms_in(page) if form.action.endswith("/arrive")][-1]
        await send(browser, page, action)
        again = await send(browser, page, action)
        assert again.status_code == 303
    assert "All stops are done" in (await browser.get(f"/driving/{trip}")).text


async def test_what_was_done_without_a_network_counts_once(world_of: WorldOf) -> None:
    """An outbox sends a record again when an answer was lost; nothing happens twice."""
    world = await world_of("portal", "logistics")
    trip = await a_day(world)
    browser = portal_of(world, driver("drv-1"))
    page = await browser.get(f"/driving/{trip}", headers=EN)
    load = next(form for form in forms_in(page) if form.action.endswith("/load"))
    for _ in range(2):
        answer = await browser.post(load.action, data=load.fields | {"_at": "2026-11-30T05:00:00Z"}, headers=OUTBOX)
        assert answer.json() == {"state": "kept", "where": f"/driving/{trip}"}
    world.away("logistics")
    depart = next(form for form in forms_in(page) if form.action.endswith("/load"))
    answer = await browser.post(f"/driving/{trip}/depart", data=depart.fields, headers=OUTBOX)
    assert answer.status_code == 503


async def test_a_breakdown_ends_the_trip_where_the_phone_is(world_of: WorldOf) -> None:
    """Without a place from the phone it is near the stop that was chosen; without a reason nothing happens."""
    world = await world_of("portal", "logistics")
    trip = await a_day(world)
    browser = portal_of(world, driver("drv-1"))
    browser.headers.update(EN)
    page = await browser.get(f"/driving/{trip}")
    action = f"/driving/{trip}/breakdown"
    refused = await send(browser, page, action, reason=" ")
    assert refused.status_code == 422
    assert "This is needed." in refused.text
    await send(browser, page, action, reason="engine 🚚 stopped")
    assert "ended with a breakdown" in (await browser.get(f"/driving/{trip}")).text
    assert (await send(browser, page, action, reason="again")).status_code == 422


async def test_each_sees_his_own_trips(world_of: WorldOf) -> None:
    """Another driver's day is empty and the trip is not his; a service that is away is a page that says so."""
    world = await world_of("portal", "logistics")
    trip = await a_day(world)
    other = portal_of(world, driver("drv-2"))
    assert "No trip for you" in (await other.get(f"/driving?day={DAY}", headers=EN)).text
    assert (await other.get(f"/driving/{trip}")).status_code in (403, 404)
    assert (await other.get("/driving?day=nonsense")).status_code == 422
    trips = await ok(await world.client("logistics").get("/trips", params={"driver_id": "drv-1"}))
    assert [each["status"] for each in trips["items"]] == ["planned"]
    world.away("logistics")
    assert (await other.get("/driving")).status_code == 503
