"""Whose things are is found on PostgreSQL, too, and row-level security takes away nothing that is one's own."""

from collections.abc import Awaitable, Callable

import pytest

from tests.api.farmers import test_access as farmers
from tests.api.farmers import test_memberships as memberships
from tests.api.logistics import test_access as logistics
from tests.api.nutrition import test_access as nutrition
from tests.api.procurement import test_access as procurement
from tests.api.procurement import test_payments as payments
from tests.conftest import WorldOf

RULES: list[Callable[[WorldOf], Awaitable[None]]] = [
    farmers.test_a_clerk_has_what_is_of_the_own_cooperative,
    farmers.test_lists_of_a_county_hold_what_lies_in_it,
    farmers.test_a_body_names_nothing_of_anothers,
    farmers.test_who_applies_needs_no_account_but_the_secret,
    memberships.test_who_a_household_is_moves_with_it_on_its_day,
    procurement.test_an_order_is_its_parties_alone,
    procurement.test_only_an_official_changes_an_order_as_one,
    procurement.test_a_run_says_why_to_those_it_concerns,
    procurement.test_money_is_shown_to_whom_it_concerns,
    procurement.test_a_side_of_a_dispute_speaks_for_itself,
    payments.test_an_official_pays_what_the_own_county_owes,
    logistics.test_whose_things_are,
    logistics.test_lists_of_a_county,
    logistics.test_nobody_takes_what_is_anothers,
    nutrition.test_everybody_reads_what_is_theirs,
    nutrition.test_everybody_changes_what_is_theirs,
    nutrition.test_a_file_of_dishes_is_for_one_library,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_the_rule_holds_on_postgres(rule: Callable[[WorldOf], Awaitable[None]], world_of: WorldOf) -> None:
    """Each of these rules, tested through the REST API on SQLite, holds here too."""
    await rule(world_of)
