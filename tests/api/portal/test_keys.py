"""Keys that seal tokens are changed, and nobody is signed out by it."""

import pytest
from pydantic import SecretStr
from rich.progress import Progress

from services.commands.rotate_keys import check_keys, rotate_keys
from services.portal.cookies import SESSION
from services.portal.main import definition
from services.portal.sessions import usecases
from services.portal.sessions.issuer import Tokens
from shared.sealing import Sealer, new_key
from shared.settings import Settings
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import clerk
from tests.world import token_of

NEW = new_key("newer")


def test_every_sealed_column_is_known() -> None:
    """A column that ends in `_sealed` changes with the keys, or the old one could never go."""
    columns = {column for table in definition.metadata.sorted_tables for column in table.columns}
    assert {each for each in columns if each.name.endswith("_sealed")} == {each.column for each in definition.sealed}


async def test_sessions_outlive_a_change_of_keys(world_of: WorldOf) -> None:
    """What was sealed with the old key opens with the new one alone, and whoever was signed in still is."""
    portal = (await world_of("portal")).services["portal"]
    token = token_of(clerk("coop-1"))
    assert token is not None
    cookie = await usecases.begin(portal, Tokens(token, 600, "a refresh token", "an.id.token"))
    both = f"{NEW},{(portal.settings.var / 'secret.keys').read_text()}"
    settings = Settings(var=portal.settings.var, secret_keys=SecretStr(both))
    with Progress(disable=True) as bar:
        assert len((await check_keys(settings, ["portal"], bar)).closed) == 3
        assert (await rotate_keys(settings, ["portal"], bar)).texts == 3
        assert (await check_keys(settings, ["portal"], bar)).closed == []
    vars(portal)["sealer"] = Sealer.of_text(NEW)
    person = await usecases.find(portal, cookie)
    assert person is not None
    assert person.principal.cooperatives == {"coop-1"}


@pytest.mark.parametrize("lasts_s", [600, 30])
async def test_without_the_old_key_people_sign_in_again(world_of: WorldOf, lasts_s: int) -> None:
    """A key that was no secret any more is taken away at once: sessions are over, and no page fails by that."""
    world = await world_of("portal")
    portal = world.services["portal"]
    token = token_of(clerk("coop-1"))
    assert token is not None
    cookie = await usecases.begin(portal, Tokens(token, lasts_s, "a refresh token", "an.id.token"))
    vars(portal)["sealer"] = Sealer.of_text(NEW)
    answer = await portal_of(world, None).get("/inbox", headers={"Cookie": f"{SESSION}={cookie}"})
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in")
    assert await usecases.subject_of(portal, cookie) is None
