"""The week planner, as a school's cook and the county's nutritionist use it."""

import httpx
import pytest

from services.portal.upstream import Upstream
from tests import builders as b
from tests.api.nutrition.planning_school import Planning
from tests.api.nutrition.school import School
from tests.api.portal.browser import forms_in, portal_of
from tests.api.portal.browser import send as sent
from tests.conftest import WorldOf
from tests.people import canteen, nutritionist
from tests.sessions import SignedIn
from tests.world import World, ok

EN = {"Accept-Language": "en"}
BY_HTMX = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin"}
FIRST, SECOND = (b.DISHES[code][1] for code in ("d01", "d02"))
WEEK = f"/planner/schools/sch-1?week={b.MONDAY}"


async def get(browser: httpx.AsyncClient, where: str, **query: str) -> httpx.Response:
    """Return a page, where it leads to if it leads on."""
    answer = await browser.get(where, params=query or None)
    return await get(browser, answer.headers["Location"]) if answer.status_code == 303 else answer


async def send(browser: httpx.AsyncClient, page: httpx.Response, action: str, **said: str) -> httpx.Response:
    """Send the form of a page, and return the page it leads to."""
    answer = await sent(browser, page, action, **said)
    return await get(browser, answer.headers["Location"]) if answer.status_code == 303 else answer


async def kitchen(world_of: WorldOf, school: type[School] = School) -> tuple[World, httpx.AsyncClient]:
    """A world with a school whose cook is at the portal."""
    world = await world_of("portal", "nutrition")
    await school(world).set_up()
    cook = portal_of(world, canteen("sch-1"))
    cook.headers.update(EN)
    return world, cook


async def begun(cook: httpx.AsyncClient) -> tuple[httpx.Response, str]:
    """Begin a draft with nothing in it; returns its page and where it is."""
    page = await send(cook, await get(cook, WEEK), "/planner/schools/sch-1/drafts")
    assert page.status_code == 200, page.text
    return page, page.url.path


async def change(cook: httpx.AsyncClient, draft: str, day: str = b.WEEK[0], **said: str) -> httpx.Response:
    """Open the lunch of a day and change it."""
    meal = await get(cook, f"{draft}/meal", day=day, meal="lunch")
    assert meal.status_code == 200, meal.text
    return await send(cook, meal, f"{draft}/meal", **said)


async def filled(cook: httpx.AsyncClient) -> str:
    """A draft with a dish on every day; returns where it is."""
    _, draft = await begun(cook)
    for day in b.WEEK:
        assert (await change(cook, draft, day, add="d01")).status_code == 200
    return draft


async def published(cook: httpx.AsyncClient) -> httpx.Response:
    """Publish a week; returns the menu's page."""
    draft = await filled(cook)
    return await send(cook, await get(cook, f"{draft}/publish"), f"{draft}/publish")


async def test_a_week_without_anything_says_how_to_begin(world_of: WorldOf) -> None:
    """Who works in one canteen is at once at next week, and is offered what can be done: there is no week to copy."""
    _, cook = await kitchen(world_of)
    page = await get(cook, "/planner")
    assert page.status_code == 200, page.text
    assert "Primary School 1" in page.text
    actions = [form.action for form in forms_in(page)]
    assert "/planner/schools/sch-1/plans" in actions
    assert "/planner/schools/sch-1/drafts" in actions
    assert "/planner/schools/sch-1/copies" not in actions
    assert "How a week goes" in page.text


async def test_a_dish_is_added_and_taken_back(world_of: WorldOf) -> None:
    """Every change is kept at once, the totals are nutrition's own, and the last change can be undone."""
    _, cook = await kitchen(world_of)
    page, draft = await begun(cook)
    assert "Add the first dish" in page.text
    await change(cook, draft, add="d01")
    page = await get(cook, draft)
    assert "¥0.88 of ¥5.00" in page.text
    assert FIRST in page.text
    undone = await send(
        cook, await _changed_by_htmx(cook, draft, add="d02"), f"{draft}/meal", whole=f"{b.WEEK[0]}.lunch.d01."
    )
    assert "¥0.88 of ¥5.00" in undone.text


async def _changed_by_htmx(cook: httpx.AsyncClient, draft: str, **said: str) -> httpx.Response:
    meal = await get(cook, f"{draft}/meal", day=b.WEEK[0], meal="lunch")
    form = next(form for form in forms_in(meal) if form.action == f"{draft}/meal" and "version" in form.fields)
    fields = {name: value for name, value in form.fields.items() if name != "dialog"}
    return await cook.post(f"{draft}/meal", data=fields | said, headers=BY_HTMX)


async def test_a_change_comes_with_the_board_and_its_undo(world_of: WorldOf) -> None:
    """What htmx gets is the board alone, with a form that puts the meal back; the address keeps the day."""
    _, cook = await kitchen(world_of)
    _, draft = await begun(cook)
    answer = await _changed_by_htmx(cook, draft, add="d02")
    assert answer.status_code == 200, answer.text
    assert "<html" not in answer.text
    assert answer.headers["HX-Replace-Url"] == f"{draft}?day={b.WEEK[0]}"
    undo = next(form for form in forms_in(answer) if "whole" in form.fields)
    assert undo.fields["whole"] == f"{b.WEEK[0]}.lunch.."
    back = await cook.post(undo.action, data=undo.fields, headers=BY_HTMX)
    assert back.status_code == 200
    assert "Add the first dish" in back.text


async def test_what_has_no_price_is_not_within_the_money(world_of: WorldOf) -> None:
    """A week with a food that nobody has a price for costs nobody knows what: the food is named, nothing praised."""
    world, cook = await kitchen(world_of)
    draft = await filled(cook)
    assert "within the money" in (await get(cook, draft)).text
    await School(world).put("/foods", b.a_food("pork", reference_price_fen_per_kg=None))
    page = await get(cook, draft)
    assert "no price: Pork" in page.text
    assert "within the money" not in page.text


async def test_two_taps_do_it_once(world_of: WorldOf) -> None:
    """The same form sent again finds that it was done, and says nothing of others."""
    _, cook = await kitchen(world_of)
    _, draft = await begun(cook)
    meal = await get(cook, f"{draft}/meal", day=b.WEEK[0], meal="lunch")
    for _ in range(2):
        answer = await send(cook, meal, f"{draft}/meal", add="d01")
        assert answer.status_code == 200, answer.text
        assert "Somebody changed" not in answer.text


async def test_the_second_tab_sees_what_changed(world_of: WorldOf) -> None:
    """A change on top of another's is not made: what came is named, and one tap makes it all the same."""
    _, cook = await kitchen(world_of)
    _, draft = await begun(cook)
    second = await get(cook, f"{draft}/meal", day=b.WEEK[1], meal="lunch")
    await change(cook, draft, add="d01")
    refused = await send(cook, second, f"{draft}/meal", add="d02")
    assert refused.status_code == 409
    assert "Somebody changed this menu meanwhile" in refused.text
    assert f"added {FIRST}" in refused.text
    again = next(form for form in forms_in(refused) if form.fields.get("add") == "d02")
    done = await cook.post(again.action, data=again.fields, headers=BY_HTMX)
    assert done.status_code == 200
    text = (await get(cook, draft)).text
    assert FIRST in text
    assert SECOND in text


async def test_who_eats_can_be_said(world_of: WorldOf) -> None:
    """Numbers by age are kept with the meal; what is no number changes nothing and is said."""
    _, cook = await kitchen(world_of)
    _, draft = await begun(cook)
    await change(cook, draft, add="d01")
    await change(cook, draft, eaters="some", **{"heads_9-11": "80"})
    assert "80 eat" in (await get(cook, draft)).text
    wrong = await change(cook, draft, eaters="some", **{"heads_9-11": "many"})
    assert wrong.status_code == 422
    assert "This number is not possible here." in wrong.text
    assert 'name="heads_9-11" form="meal-form" inputmode="numeric" maxlength="6" value="many"' in wrong.text
    assert "80 eat" in (await get(cook, draft)).text
    swapped = await _changed_by_htmx(cook, draft, eaters="some", dialog="yes", **{"heads_9-11": "many"})
    assert (swapped.status_code, "HX-Trigger" in swapped.headers) == (422, False), "the dialog stays open"
    assert "This number is not possible here." in swapped.text.split('id="meal-now"')[1]
    nobody = await change(cook, draft, eaters="some", **{"heads_9-11": "0"})
    assert nobody.status_code == 422, "nobody is not everybody"
    assert "Nobody eats" in nobody.text
    assert "80 eat" in (await get(cook, draft)).text
    await change(cook, draft, eaters="all")
    assert "80 eat" not in (await get(cook, draft)).text


async def test_what_stands_against_publishing_is_said_with_its_place(world_of: WorldOf) -> None:
    """A dish with a banned food is named with its meal; nothing can be published until it is out."""
    world, cook = await kitchen(world_of)
    _, draft = await begun(cook)
    body = {"days": [{"day": b.WEEK[2], "meal": "lunch", "dish_codes": ["d03"]}]}
    draft_id = draft.rpartition("/")[2]
    await world.client("nutrition").put(f"/menu-drafts/{draft_id}", json=body)
    page = await get(cook, f"{draft}/publish")
    assert "Wed 2 Dec Lunch" in page.text
    assert "school canteens may not cook" in page.text
    assert f"{draft}/publish" not in [form.action for form in forms_in(page)]


async def test_a_menu_is_published_changed_and_taken_back(world_of: WorldOf) -> None:
    """From the draft to the menu, to a change with its reason and what it changed, to the end of it."""
    _, cook = await kitchen(world_of)
    menu = await published(cook)
    assert "Published. Cooperatives are asked" in menu.text
    where = menu.url.path
    draft = await send(cook, menu, f"{where}/amend")
    assert "A menu stands for this week" in draft.text
    await change(cook, draft.url.path, add="d02")
    check = await get(cook, f"{draft.url.path}/publish")
    assert f"added {SECOND}" in check.text
    nameless = await send(cook, check, f"{draft.url.path}/publish", reason=" ")
    assert nameless.status_code == 422
    amended = await send(cook, nameless, f"{draft.url.path}/publish", reason="more rice is there")
    assert amended.url.path == where, amended.text
    assert "more rice is there" in amended.text
    assert (await get(cook, draft.url.path)).status_code == 404
    changes = await get(cook, f"{where}/changes", since="1", until="2")
    assert FIRST in changes.text
    assert SECOND in changes.text
    assert (await get(cook, f"{where}/changes", since="9" * 5_000, until="9" * 5_000)).status_code == 200
    gone = await send(cook, amended, f"{where}/withdraw", reason="the school closes")
    assert "the school closes" in gone.text
    assert f"{where}/amend" not in [form.action for form in forms_in(gone)]


async def test_a_menu_is_changed_whatever_became_of_its_dishes(world_of: WorldOf) -> None:
    """A dish retired after it was published stays on the menu, and stands against no change of another day."""
    world, cook = await kitchen(world_of)
    menu = await published(cook)
    retired = await world.client("nutrition").post("/dishes/d01/retire", json={"reason": "nobody likes it"})
    assert retired.status_code == 200, retired.text
    School(world).go_to(b.WEEK[1], 12)
    assert isinstance(cook.auth, SignedIn)
    cook.auth.begin_anew()
    draft = await send(cook, menu, f"{menu.url.path}/amend")
    await change(cook, draft.url.path, b.WEEK[3], add="d02")
    check = await get(cook, f"{draft.url.path}/publish")
    assert "Nothing stands against it" in check.text, check.text
    amended = await send(cook, check, f"{draft.url.path}/publish", reason="more rice is there")
    assert (amended.status_code, amended.url.path) == (200, menu.url.path)
    assert "more rice is there" in amended.text


async def test_who_comes_late_to_publishing_sees_what_stands_and_goes_on(world_of: WorldOf) -> None:
    """A menu that somebody published or changed meanwhile is said and shown; the next tap changes what is shown."""
    world, cook = await kitchen(world_of)
    draft = await filled(cook)
    check = await get(cook, f"{draft}/publish")
    nutrition = world.client("nutrition")
    menu = await ok(await nutrition.post("/menus", json=b.a_menu(dish="d02")))
    late = await send(cook, check, f"{draft}/publish")
    assert (late.status_code, "There is a menu for this week already" in late.text) == (422, True)
    amendment = {"reason": "more", "days": [{"day": day, "meal": "lunch", "dish_codes": ["d02"]} for day in b.WEEK[:4]]}
    await ok(await nutrition.put(f"/menus/{menu['menu_id']}", json=amendment))
    stale = await send(cook, late, f"{draft}/publish", reason="rice and pork are there")
    assert (stale.status_code, "Somebody changed this" in stale.text) == (422, True)
    assert 'value="rice and pork are there"' in stale.text
    done = await send(cook, stale, f"{draft}/publish")
    assert done.url.path == f"/planner/menus/{menu['menu_id']}", done.text
    assert "rice and pork are there" in done.text


async def test_last_week_is_copied(world_of: WorldOf) -> None:
    """The week after a menu offers to take its dishes over; the list of weeks has both."""
    _, cook = await kitchen(world_of)
    await published(cook)
    empty = await get(cook, "/planner/schools/sch-1?week=2026-12-07")
    draft = await send(cook, empty, "/planner/schools/sch-1/copies")
    assert FIRST in draft.text
    listed = await get(cook, "/planner/schools/sch-1/menus")
    assert "Published" in listed.text
    assert "copied" in listed.text
    assert draft.url.path in listed.text


async def test_a_week_is_suggested_followed_and_taken(world_of: WorldOf) -> None:
    """The page asks again by itself while it waits; the answer becomes a draft by one tap."""
    world, cook = await kitchen(world_of, Planning)
    waiting = await send(cook, await get(cook, WEEK), "/planner/schools/sch-1/plans")
    assert 'hx-trigger="load delay:1s"' in waiting.text
    await world.settle()
    done = await get(cook, waiting.url.path)
    assert "The best week" in done.text, done.text
    draft = await send(cook, done, f"{waiting.url.path}/take")
    assert draft.url.path.startswith("/planner/drafts/")
    assert "of 1,000 points" in draft.text


async def test_a_suggestion_is_called_off(world_of: WorldOf) -> None:
    """Called off it says so, offers to ask again, and asks no more by itself."""
    _, cook = await kitchen(world_of, Planning)
    waiting = await send(cook, await get(cook, WEEK), "/planner/schools/sch-1/plans")
    over = await send(cook, waiting, f"{waiting.url.path}/cancel")
    assert "called off" in over.text
    assert "hx-trigger" not in over.text
    assert "/planner/schools/sch-1/plans" in [form.action for form in forms_in(over)]


async def test_a_nutritionist_chooses_a_school(world_of: WorldOf) -> None:
    """The county's schools are listed with how far their week is, found by name, and planned for."""
    world, cook = await kitchen(world_of)
    await School(world).put("/canteens", b.a_canteen(2))
    await published(cook)
    county = portal_of(world, nutritionist(b.COUNTY))
    county.headers.update(EN)
    page = await county.get("/planner")
    assert page.text.index("Primary School 2") < page.text.index("Primary School 1")
    assert "No menu yet" in page.text
    assert "Primary School 2" not in (await county.get("/planner", params={"q": "school 1"})).text
    assert (await county.get("/planner/schools/sch-2")).status_code == 200


async def test_who_plans_for_a_province_chooses_a_county_first(
    world_of: WorldOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A province has more schools than a page lists: they are listed by county, and found by name there."""
    world, _ = await kitchen(world_of)
    await School(world).put("/canteens", b.a_canteen(2), *(b.a_canteen(n, county_code="520102") for n in range(3, 7)))
    monkeypatch.setattr(Upstream.items, "__defaults__", (None, 5))
    province = portal_of(world, nutritionist("*"))
    province.headers.update(EN)
    choice = await province.get("/planner")
    assert choice.status_code == 200, choice.text
    assert f'<option value="{b.COUNTY}">' in choice.text
    page = await province.get("/planner", params={"county_code": b.COUNTY, "q": "school"})
    assert [f"Primary School {n}" in page.text for n in range(1, 4)] == [True, True, False]
    assert f'name="county_code" value="{b.COUNTY}"' in page.text


async def test_a_menu_is_changed_although_prices_rose(world_of: WorldOf) -> None:
    """What a week costs stands against a first menu; of a change to one that stands it is said, and no more."""
    world, cook = await kitchen(world_of)
    menu = await published(cook)
    await School(world).put("/canteens", b.a_canteen(budget_fen_per_pupil_day=50))
    draft = await send(cook, menu, f"{menu.url.path}/amend")
    await change(cook, draft.url.path, b.WEEK[3], add="d02")
    check = await get(cook, f"{draft.url.path}/publish")
    assert "The week costs more than there is to spend on it." in check.text, check.text
    assert "Nothing stands against it" not in check.text
    amended = await send(cook, check, f"{draft.url.path}/publish", reason="rice is there")
    assert (amended.status_code, amended.url.path) == (200, menu.url.path)


async def test_what_is_not_ones_own_and_nonsense(world_of: WorldOf) -> None:
    """Another's draft is refused as a page; nonsense in an address changes nothing and breaks nothing."""
    world, cook = await kitchen(world_of)
    await School(world).put("/canteens", b.a_canteen(2))
    _, draft = await begun(cook)
    other = portal_of(world, canteen("sch-2"))
    assert (await other.get(draft)).status_code in (403, 404)
    for query in ("?day=x&undo=y&at=z", "?day=2026-13-77", "?undo=2026-11-30.lunch.d01.&at=1"):
        assert (await get(cook, draft + query)).status_code == 200
    for week in ("9999-12-31", "2026-02-31", "0001-01-01", "%00"):
        assert (await get(cook, f"/planner/schools/sch-1?week={week}")).status_code < 500
    endless = await get(cook, f"{draft}/meal", day=b.WEEK[0], meal="lunch", version="9" * 5_000)
    assert endless.status_code == 200, "a number longer than Python reads is none"
    for day in ("2026-99-99", "x"):
        assert (await get(cook, f"{draft}/meal", day=day, meal="lunch")).url.path == draft
    refused = await change(cook, draft, add="no-such-dish")
    assert refused.status_code < 500


async def test_without_nutrition_the_planner_says_so(world_of: WorldOf) -> None:
    """A service that is down is a page that says so, not a failure."""
    world, cook = await kitchen(world_of)
    world.away("nutrition")
    assert (await get(cook, "/planner")).status_code == 503
