"""The public page of a meal and the paper with its QR code."""

from tests import builders as b
from tests.api.logistics.county import COUNTY, a_meal, an_arrived_order, open_county
from tests.api.logistics.test_receipts import a_receipt
from tests.api.nutrition.school import School
from tests.api.portal.browser import portal_of, send
from tests.conftest import WorldOf
from tests.people import canteen, official
from tests.sessions import SignedIn
from tests.world import World, ok

ENGLISH = {"Accept-Language": "en"}


async def _a_traced_meal(world: World) -> None:
    """Serve `meal-1`, three quarters of it out of a lot that was weighed at the gate."""
    client = await open_county(world)
    trip_id = await an_arrived_order(world, "ord-1")
    await ok(await client.post("/receipts", json=a_receipt(accepted_g=9_000)))
    at = world.clock.now().isoformat()
    points = [{"sequence": n, "at": at, "lat": 28.1, "lon": 109.1, "temperature_c": 4.0 + n} for n in range(2)]
    await ok(await client.post(f"/trips/{trip_id}/points", json={"device_id": "dev-1", "points": points}))
    await world.publish(a_meal("meal-1", ("lot-1", 6_000), (None, 2_000)))
    await world.settle()


async def test_a_meal_by_no_name_is_no_page(world_of: WorldOf) -> None:
    """What cannot be a meal's id is answered as one that is not there, and leads to nothing else of a service."""
    world = await world_of("portal", "logistics", "nutrition")
    await _a_traced_meal(world)
    for meal in ("%1B%5B2J", "meal-1%3Fx%3D1", "meal-1%23x", "%E2%80%AE"):
        for path, who in ((f"/t/{meal}", None), (f"/traces/{meal}", canteen("sch-1"))):
            answer = await portal_of(world, who).get(path, headers=ENGLISH)
            assert answer.status_code == 404, path
            assert "There is no such page" in answer.text


async def test_everybody_sees_where_a_meal_came_from(world_of: WorldOf) -> None:
    """Without signing in: the cooperative, harvest, way and temperature; no household, no order, no script."""
    world = await world_of("portal", "logistics", "nutrition")
    await _a_traced_meal(world)
    page = await portal_of(world, None).get("/t/meal-1", headers=ENGLISH)
    assert page.status_code == 200, page.text
    for said in ("Cooperative coop-1", "CERT-lot-1", "75%", "4 to 5 °C", "Harvested", "Arrived at the school"):
        assert said in page.text
    for secret in ("<script", "hh-", "ord-1", "household", "veh-"):
        assert secret not in page.text.replace("households never", "")
    assert page.headers["cache-control"] == "public, max-age=300"
    signed_in = await portal_of(world, canteen("sch-1")).get("/t/meal-1", headers=ENGLISH)
    assert 'name="csrf"' in signed_in.text
    assert signed_in.headers["cache-control"] == "no-store", "what is somebody's own is kept by no proxy"


async def test_a_parent_reports_a_problem_to_the_county(world_of: WorldOf) -> None:
    """Without signing in, from the meal's page: the county of its school reads it, another does not."""
    world = await world_of("portal", "logistics", "nutrition")
    await _a_traced_meal(world)
    parent = portal_of(world, None)
    page = await parent.get("/t/meal-1", headers=ENGLISH)
    assert 'href="/feedback/new?about=/t/meal-1">Report a problem' in page.text
    asked = await parent.get("/feedback/new?about=/t/meal-1", headers=ENGLISH)
    thanks = await send(parent, asked, "/feedback/new", kind="wrong", text="The rice was cold")
    assert thanks.status_code == 200, thanks.text
    told = [await portal_of(world, official(code)).get("/feedback", headers=ENGLISH) for code in (COUNTY, "520101")]
    assert ["The rice was cold" in each.text for each in told] == [True, False]


async def test_a_meal_that_is_not_known_is_a_page(world_of: WorldOf) -> None:
    """A wrong code says that there is nothing, in the reader's language."""
    world = await world_of("portal", "logistics", "nutrition")
    page = await portal_of(world, None).get("/t/nothing", headers=ENGLISH)
    assert page.status_code == 404
    assert "text/html" in page.headers["content-type"]


async def test_the_page_stands_without_nutrition(world_of: WorldOf) -> None:
    """Where names cannot be asked for, codes stand in their place, and the page says which part is missing."""
    world = await world_of("portal", "logistics", "nutrition")
    await _a_traced_meal(world)
    world.away("nutrition")
    page = await portal_of(world, None).get("/t/meal-1", headers=ENGLISH)
    assert page.status_code == 200, page.text
    assert "Menus and kitchens do not answer" in page.text
    assert "Cooperative coop-1" in page.text


async def test_what_was_served_is_recorded_once_and_put_right(world_of: WorldOf) -> None:
    """Before the day there is no form; a number that is none is said; the same twice is one, another is corrected."""
    world = await world_of("portal", "nutrition")
    school = await School(world).set_up()
    await school.publish()
    cook = portal_of(world, canteen("sch-1"))
    cook.headers.update(ENGLISH)
    where = f"/traces?canteen_id=sch-1&day={b.WEEK[0]}"
    early = await cook.get(where)
    assert "still to come" in early.text
    assert "/traces/meals/" not in early.text
    empty = await cook.get("/traces?canteen_id=sch-1&day=2026-12-06")
    assert f'href="/traces?canteen_id=sch-1&amp;day={b.WEEK[4]}"' in empty.text
    school.go_to(b.WEEK[0], 13)
    assert isinstance(cook.auth, SignedIn)
    cook.auth.begin_anew()
    page = await cook.get("/traces")
    for said, told in (("viele 🙂", "This number is not possible here."), ("301", "So many cannot have eaten")):
        again = await send(cook, page, "/traces/meals/lunch", headcount=said)
        assert (again.status_code, told in again.text, f'value="{said}"' in again.text) == (422, True, True)
    for _ in range(2):
        taken = await send(cook, page, "/traces/meals/lunch", headcount="97")
        assert (taken.status_code, taken.headers["location"]) == (303, where)
    (meal,) = (await ok(await school.http.get("/meals")))["items"]
    assert (meal["headcount"], meal["version"]) == (97, 1)
    other = await send(cook, page, "/traces/meals/lunch", headcount="98", _key="another-key-1")
    assert (other.status_code, "recorded already" in other.text) == (422, True)
    shown, correct = await cook.get(where), f"/traces/{meal['meal_id']}/corrections"
    assert "97 ate" in shown.text
    assert (await send(cook, shown, correct, headcount="89", reason=" ")).status_code == 422
    assert (await send(cook, shown, correct, headcount="89", reason="swapped digits")).status_code == 303
    stale = await send(cook, shown, correct, headcount="90", reason="no, ninety", _key="another-key-2")
    assert (stale.status_code, "Somebody changed this" in stale.text) == (422, True)
    assert "89 ate" in stale.text, "what stands now is beside what was typed"
    assert (await send(cook, stale, correct)).status_code == 303
    assert "90 ate" in (await cook.get(where)).text
    world.away("nutrition")
    assert "do not answer" in (await cook.get(where)).text
