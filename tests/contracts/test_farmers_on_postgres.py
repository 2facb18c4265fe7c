"""What farmers keeps of people, papers, registries, lots, applications, planting and money holds on PostgreSQL, too."""

from collections.abc import Awaitable, Callable

import pytest

from tests.api.farmers import test_admissions as admissions
from tests.api.farmers import test_ageing as ageing
from tests.api.farmers import test_certificates as certificates
from tests.api.farmers import test_guidance as guidance
from tests.api.farmers import test_household_registry as registry
from tests.api.farmers import test_lot_tests as lot_tests
from tests.api.farmers import test_memberships as memberships
from tests.api.farmers import test_mixtures as mixtures
from tests.api.farmers import test_packing_days as packing_days
from tests.api.farmers import test_payouts as payouts
from tests.api.farmers import test_people as people
from tests.api.farmers import test_statements as statements
from tests.api.farmers import test_supply_sums as supply_sums
from tests.api.farmers import test_webhook_delivery as webhook_delivery
from tests.api.farmers import test_webhooks as webhooks
from tests.conftest import WorldOf

# Those about the database's file stay with SQLite.
RULES: list[Callable[[WorldOf], Awaitable[None]]] = [
    admissions.test_an_applicant_becomes_a_cooperative,
    admissions.test_a_county_asks_and_the_applicant_answers,
    admissions.test_who_does_not_answer_lapses,
    admissions.test_two_clerks_decide_once,
    certificates.test_an_offer_waits_for_its_certificate,
    certificates.test_a_new_offer_without_a_certificate_is_not_published,
    certificates.test_an_expired_certificate_stops_new_orders_only,
    certificates.test_a_requirement_that_is_lifted_lets_offers_go,
    certificates.test_many_offers_are_reviewed_in_batches,
    certificates.test_who_ends_soon_is_warned,
    certificates.test_bad_certificates_are_named_and_good_ones_taken,
    certificates.test_files_nobody_names_are_forgotten,
    guidance.test_what_is_foreseen_less_what_is_covered_is_wanted,
    guidance.test_forecasts_count_as_sure_as_is_asked_for,
    guidance.test_the_highest_version_of_a_week_counts_whole,
    guidance.test_how_crops_grow_is_data,
    supply_sums.test_sums_are_those_of_single_rows,
    registry.test_bad_rows_are_named_and_good_ones_taken,
    registry.test_counts_are_told_after_a_file,
    registry.test_a_registry_outside_is_followed,
    registry.test_a_page_asked_for_twice_is_taken_once,
    memberships.test_a_move_counts_from_its_day_on,
    memberships.test_a_household_that_left_may_join_again,
    memberships.test_moves_at_once_leave_one_membership,
    memberships.test_a_status_that_ends_by_itself_is_told,
    lot_tests.test_what_fails_stops_all_made_of_it,
    lot_tests.test_a_laboratory_clears_a_rapid_alarm,
    mixtures.test_a_mixed_lot_names_the_old_ones,
    mixtures.test_a_split_keeps_the_link,
    mixtures.test_the_same_grams_are_not_mixed_twice,
    mixtures.test_a_recall_reaches_what_was_made_of_a_lot,
    packing_days.test_a_day_is_packed_school_by_school,
    packing_days.test_a_list_says_what_is_missing_and_takes_nothing,
    packing_days.test_each_short_line_says_why,
    people.test_a_household_has_a_person_and_answers_masked,
    ageing.test_who_waits_longest_stands_first_with_what_is_due_by_age,
    ageing.test_who_was_paid_or_owes_more_does_not_wait,
    payouts.test_a_correction_is_deducted_from_what_a_household_is_paid,
    payouts.test_a_payout_is_taken_back_by_another_one,
    payouts.test_two_clerks_pay_a_part_once,
    statements.test_a_household_sees_lot_grams_price_and_amount_of_each_line,
    statements.test_each_part_is_awaited_then_waits_then_is_paid,
    statements.test_a_cooperatives_statement_adds_up_to_what_was_settled,
    statements.test_a_village_sums_up_its_cooperatives,
    webhooks.test_every_step_of_an_order_is_told_once,
    webhooks.test_recalls_and_settlements_name_no_household,
    webhooks.test_a_rotated_secret_stays_valid_for_a_while,
    webhooks.test_a_deleted_endpoint_is_forgotten,
    webhooks.test_bad_endpoints_are_refused,
    webhook_delivery.test_a_receiver_that_fails_is_tried_again,
    webhook_delivery.test_who_is_slow_holds_up_itself,
    webhook_delivery.test_what_a_dead_sender_held_is_taken_over,
    webhook_delivery.test_who_wakes_up_late_writes_nothing,
    webhook_delivery.test_replicas_share_the_work,
    webhook_delivery.test_old_messages_are_forgotten,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_the_rule_holds_on_postgres(rule: Callable[[WorldOf], Awaitable[None]], world_of: WorldOf) -> None:
    """Each of these rules, tested through the REST API on SQLite, holds here too."""
    await rule(world_of)
