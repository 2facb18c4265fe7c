"""Comparing a week behind a re-sourcing, and school budgets, hold on PostgreSQL, too, from their migrations on."""

from collections.abc import Awaitable, Callable

import pytest

from tests.api.procurement import test_exact as exact
from tests.api.procurement import test_school_budgets as budgets
from tests.conftest import WorldOf

RULES: list[Callable[[WorldOf], Awaitable[None]]] = [
    exact.test_behind_a_re_sourcing_the_exact_answer_is_shown,
    exact.test_what_was_found_can_be_taken_once,
    exact.test_what_no_longer_holds_is_not_taken,
    exact.test_a_newer_comparison_replaces_an_older_one,
    budgets.test_more_money_buys_the_rest,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_the_rule_holds_on_postgres(rule: Callable[[WorldOf], Awaitable[None]], world_of: WorldOf) -> None:
    """Each of these rules, tested through the REST API on SQLite, holds here too."""
    await rule(world_of)
