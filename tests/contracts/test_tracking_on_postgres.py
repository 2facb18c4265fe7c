"""Tracking, the cold chain, the loading check and photos hold on PostgreSQL, too."""

from collections.abc import Awaitable, Callable

import pytest

from tests.api.logistics import test_board as board
from tests.api.logistics import test_cold_chain as cold_chain
from tests.api.logistics import test_consignments as consignments
from tests.api.logistics import test_figures as figures
from tests.api.logistics import test_gate as gate
from tests.api.logistics import test_keeping as keeping
from tests.api.logistics import test_leaving as leaving
from tests.api.logistics import test_loading as loading
from tests.api.logistics import test_tracking as tracking
from tests.conftest import WorldOf

RULES: list[Callable[[WorldOf], Awaitable[None]]] = [
    consignments.test_the_migrated_database_has_every_table,
    tracking.test_readings_are_kept_once_in_any_order,
    tracking.test_a_device_finds_its_trip,
    tracking.test_a_delay_that_matters_is_told,
    tracking.test_a_trip_is_followed_to_every_place,
    tracking.test_where_villages_loads_are_gathered_is_an_arrival,
    leaving.test_a_loaded_trip_departs_when_its_vehicle_is_on_its_way,
    gate.test_a_photo_nobody_names_is_forgotten,
    cold_chain.test_a_broken_cold_chain_is_told_once_and_held,
    cold_chain.test_late_readings_lift_a_silence,
    board.test_a_stream_tells_the_newest_of_each_trip,
    keeping.test_old_readings_are_thinned_and_then_forgotten,
    figures.test_a_warm_delivery_is_counted,
    keeping.test_days_have_partitions_of_their_own,
    loading.test_scanned_lots_are_checked_against_what_was_packed,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_the_rule_holds_on_postgres(rule: Callable[[WorldOf], Awaitable[None]], world_of: WorldOf) -> None:
    """Each of these rules, tested through the REST API on SQLite, holds here too."""
    await rule(world_of)
