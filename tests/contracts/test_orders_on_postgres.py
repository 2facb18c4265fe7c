"""What procurement keeps of orders, prices, substitutes and the market supplier holds on PostgreSQL, too."""

from collections.abc import Awaitable, Callable

import pytest

from tests.api.procurement import test_losses as losses
from tests.api.procurement import test_market as market
from tests.api.procurement import test_ordering as ordering
from tests.api.procurement import test_packed_short as packed_short
from tests.api.procurement import test_price_feed as prices
from tests.api.procurement import test_substitution as substitution
from tests.conftest import WorldOf

RULES: list[Callable[[WorldOf], Awaitable[None]]] = [
    ordering.test_rules_are_data,
    ordering.test_an_order_above_the_limit_waits_for_an_official,
    ordering.test_a_refused_order_is_sourced_elsewhere,
    ordering.test_silence_refuses_when_the_clock_has_run_out,
    ordering.test_after_ordering_closed_only_an_official_cancels_and_it_costs,
    ordering.test_lowering_an_order_keeps_every_version,
    ordering.test_an_official_orders_by_hand_what_a_school_lacks,
    ordering.test_an_order_is_printed_and_opened_in_the_supplier_s_units,
    ordering.test_prices_far_from_the_market_are_listed,
    market.test_the_order_of_the_market_goes_all_the_way,
    market.test_a_receipt_of_the_market_is_corrected,
    market.test_nothing_is_ordered_without_licence_or_price,
    market.test_a_county_pays_its_market_supplier,
    packed_short.test_what_is_packed_short_goes_to_another_at_once,
    packed_short.test_too_much_and_too_little_of_a_line_in_one_batch,
    losses.test_a_recalled_lot_is_sourced_again_from_another,
    losses.test_a_recall_heard_before_the_packing,
    losses.test_giving_up_heard_before_the_packing_waits_for_it,
    prices.test_a_bulletin_is_followed,
    prices.test_a_price_far_from_its_neighbours_waits_for_a_person,
    substitution.test_a_shortage_is_asked_about_once,
    substitution.test_an_official_approves_the_best_or_chooses,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_the_rule_holds_on_postgres(rule: Callable[[WorldOf], Awaitable[None]], world_of: WorldOf) -> None:
    """Each of these rules, tested through the REST API on SQLite, holds here too."""
    await rule(world_of)
