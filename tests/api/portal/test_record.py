"""What is done by a page is on record as done by whoever signed in, from where they are."""

import httpx

from tests import builders as b
from tests.api.acts import acts_of
from tests.api.portal.browser import HTML, send
from tests.conftest import WorldOf
from tests.people import nutritionist
from tests.sessions import SignedIn
from tests.world import ok, token_of

HERE = "192.0.2.9"


async def test_an_act_by_a_page_is_the_persons(world_of: WorldOf) -> None:
    """The service that a page asks records subject and address of the person, not of the portal."""
    world = await world_of("portal", "nutrition")
    nutrition = world.client("nutrition")
    await ok(
        await nutrition.put("/foods", json={"rows": [b.a_food(code) for code in ("rice", "cabbage", "pork", "salt")]})
    )
    await ok(await nutrition.put("/dishes", json={"rows": [b.a_dish()]}))
    who = nutritionist(b.COUNTY)
    transport = httpx.ASGITransport(app=world.app("portal"), client=(HERE, 1))
    by = SignedIn(world.services["portal"], token_of(who))
    async with httpx.AsyncClient(transport=transport, base_url="http://portal", headers=HTML, auth=by) as browser:
        dish = await browser.get("/dishes/d01", headers={"X-Forwarded-For": "198.51.100.1"})
        assert (await send(browser, dish, "/dishes/d01/copy")).status_code == 303
    (act,) = await acts_of(world, "nutrition", "POST /dishes/{dish_code}/copies")
    assert (act["subject"], act["address"]) == (who.subject, HERE)
