"""What can happen to the fleet."""

from typing import Any

from sqlalchemy import Table

from services.logistics.fleet import queries
from services.logistics.fleet.schemas import DepotRow, DepotRows, DriverRow, DriverRows, VehicleRow, VehicleRows
from shared.bulk import Imported, Refusal, parse, refuse
from shared.errors import DomainError, NotFound
from shared.unit_of_work import UnitOfWork

Numbered = list[tuple[int, dict[str, Any]]]


async def put_depots(uow: UnitOfWork, rows: DepotRows) -> Imported:
    """Load depots."""
    good, refused = parse(DepotRow, rows)
    return await _put(uow, queries.depot, [(index, row.model_dump()) for index, row in good], refused)


async def put_vehicles(uow: UnitOfWork, rows: VehicleRows) -> Imported:
    """Load vehicles of known depots."""
    good, refused = parse(VehicleRow, rows)
    numbered = [(index, row.model_dump(mode="json")) for index, row in good]
    boxless = [one for one in numbered if not _needless_boxes(one, refused)]
    return await _put(uow, queries.vehicle, await _of_known_depots(uow, boxless, refused), refused)


async def put_drivers(uow: UnitOfWork, rows: DriverRows) -> Imported:
    """Load drivers of known depots."""
    good, refused = parse(DriverRow, rows)
    numbered = [(index, row.model_dump()) for index, row in good]
    return await _put(uow, queries.driver, await _of_known_depots(uow, numbered, refused), refused)


def _needless_boxes(one: tuple[int, dict[str, Any]], refused: list[Refusal]) -> bool:
    index, row = one
    needless = row["frozen_boxes"] and row["temperature_class"] != "chilled"
    if needless:
        detail = "boxes for frozen food go into chilled vehicles"
        refused.append(refuse(index, DomainError("boxes-in-chilled-only", detail, field="frozen_boxes")))
    return bool(needless)


async def _of_known_depots(uow: UnitOfWork, numbered: Numbered, refused: list[Refusal]) -> Numbered:
    known = await queries.present(uow, queries.depot, {row["depot_id"] for _, row in numbered})
    for index, row in numbered:
        if row["depot_id"] not in known:
            refused.append(refuse(index, NotFound("depot", row["depot_id"], field="depot_id")))
    return [(index, row) for index, row in numbered if row["depot_id"] in known]


async def _put(uow: UnitOfWork, table: Table, numbered: Numbered, refused: list[Refusal]) -> Imported:
    key = queries.key_of(table)
    # The last row of an id wins, as it would if the rows had come one by one.
    rows = {row[key]: row for _, row in numbered}
    present = await queries.present(uow, table, rows)
    changed = [row for id_, row in rows.items() if id_ in present and present[id_] != row]
    created = [row for id_, row in rows.items() if id_ not in present]
    await queries.put(uow, table, created + changed)
    refused.sort(key=lambda refusal: refusal.index)
    unchanged = len(numbered) - len(created) - len(changed)
    return Imported(created=len(created), changed=len(changed), unchanged=unchanged, refused=refused)
