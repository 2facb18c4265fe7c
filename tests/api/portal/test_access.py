"""Who may see which page."""

from shared.auth.principal import Principal, Role
from tests.api.portal.browser import portal_of
from tests.api.walk import walk
from tests.conftest import WorldOf


async def test_walk(world_of: WorldOf) -> None:
    """Each page asks for a session and lets in its roles only."""
    await walk(await world_of("portal"), "portal")


async def test_a_cook_of_no_canteen_sees_no_canteens_pages(world_of: WorldOf) -> None:
    """A token from elsewhere may name a role and none of the things it is tied to: there is nothing to be seen then."""
    cook = portal_of(await world_of("portal", "nutrition"), Principal("nowhere", frozenset({Role.CANTEEN})))
    for path in ("/traces", "/purchasing"):
        assert (await cook.get(path)).status_code == 404, path
