"""Whose the things of farmers are is found on PostgreSQL, too."""

from collections.abc import Awaitable, Callable

import pytest

from tests.api.farmers import test_access as access
from tests.conftest import WorldOf

RULES: list[Callable[[WorldOf], Awaitable[None]]] = [
    access.test_a_clerk_has_what_is_of_the_own_cooperative,
    access.test_lists_of_a_county_hold_what_lies_in_it,
    access.test_a_body_names_nothing_of_anothers,
    access.test_who_applies_needs_no_account_but_the_secret,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_the_rule_holds_on_postgres(rule: Callable[[WorldOf], Awaitable[None]], world_of: WorldOf) -> None:
    """Each of these rules, tested through the REST API on SQLite, holds here too."""
    await rule(world_of)
