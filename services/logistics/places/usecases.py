"""What can happen to the read copies of places."""

from collections.abc import Sequence
from typing import Any

from services.logistics.places import queries
from shared.events.farmers import CooperativeRegistered
from shared.events.nutrition import CanteenRegistered
from shared.unit_of_work import UnitOfWork

_KEPT = {"version", "name_zh", "name_en", "county_code", "lat", "lon", "town_code"}


async def keep_canteens(uow: UnitOfWork, events: Sequence[CanteenRegistered]) -> None:
    """Keep each canteen as its highest version tells it."""
    await _keep(uow, "canteen", [(event.canteen_id, event) for event in events])


async def keep_cooperatives(uow: UnitOfWork, events: Sequence[CooperativeRegistered]) -> None:
    """Keep each cooperative as its highest version tells it."""
    await _keep(uow, "cooperative", [(event.cooperative_id, event) for event in events])


async def _keep(
    uow: UnitOfWork, kind: str, told: Sequence[tuple[str, CanteenRegistered | CooperativeRegistered]]
) -> None:
    newest: dict[str, dict[str, Any]] = {}
    for place_id, event in told:
        if place_id not in newest or newest[place_id]["version"] < event.version:
            newest[place_id] = {"kind": kind, "place_id": place_id, **event.model_dump(include=_KEPT)}
    # A fixed order lets replicas that keep the same places wait for each other instead of deadlocking.
    await queries.keep_newest(uow, [newest[place_id] for place_id in sorted(newest)])
