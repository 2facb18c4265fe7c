"""What can happen to the fleet: it is loaded, row by row."""

from collections.abc import Callable, Collection
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table

from services.logistics.fleet import domain, queries
from services.logistics.fleet.schemas import (
    AccessRow,
    AccessRows,
    AvailabilityRow,
    AvailabilityRows,
    DepotRow,
    DepotRows,
    DriverRow,
    DriverRows,
    SpareCapacityRow,
    SpareCapacityRows,
    VehicleRow,
    VehicleRows,
)
from services.logistics.places import queries as places
from shared.bulk import Imported, Refusal, Rows, parse, refuse
from shared.errors import DomainError, NotFound
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork

Row = dict[str, Any]


class _Loading:
    """Rows on their way into a table: each check leaves out what breaks it, and names it."""

    def __init__(self, model: type[BaseModel], rows: Rows) -> None:
        good, self._refused = parse(model, rows)
        self.rows = [(index, _plain(row)) for index, row in good]

    def check(self, rule: Callable[[Row], None]) -> None:
        """Leave out the rows that `rule` raises a DomainError for."""
        self.rows = [one for one in self.rows if not self._broken(one, rule)]

    def ids(self, field: str) -> set[str]:
        """Return what the rows name in a field."""
        return {row[field] for _, row in self.rows if row[field] is not None}

    def _broken(self, one: tuple[int, Row], rule: Callable[[Row], None]) -> bool:
        index, row = one
        try:
            rule(row)
        except DomainError as error:
            self._refused.append(refuse(index, error))
            return True
        return False

    async def put(self, uow: UnitOfWork, table: Table) -> Imported:
        """Put what is left into the table; the last row of an id wins, as if they had come one by one."""
        key = queries.key_of(table)
        rows = {row[key]: row for _, row in self.rows}
        present = await queries.present(uow, table, rows)
        changed = [row for id_, row in rows.items() if id_ in present and present[id_] != row]
        created = [row for id_, row in rows.items() if id_ not in present]
        await queries.put(uow, table, created + changed)
        refused: list[Refusal] = sorted(self._refused, key=lambda refusal: refusal.index)
        unchanged = len(self.rows) - len(created) - len(changed)
        return Imported(created=len(created), changed=len(changed), unchanged=unchanged, refused=refused)


def _plain(row: BaseModel) -> Row:
    values = row.model_dump()
    if "temperature_class" in values:
        values["temperature_class"] = values["temperature_class"].value
    return values


def _known(what: str, field: str, known: Collection[str]) -> Callable[[Row], None]:
    def rule(row: Row) -> None:
        if row[field] is not None and row[field] not in known:
            raise NotFound(what, row[field], field=field)

    return rule


async def put_depots(uow: UnitOfWork, rows: DepotRows) -> Imported:
    """Load depots."""
    return await _Loading(DepotRow, rows).put(uow, queries.depot)


async def put_vehicles(uow: UnitOfWork, rows: VehicleRows) -> Imported:
    """Load vehicles of known depots, a village's own of a known cooperative."""
    loading = _Loading(VehicleRow, rows)
    fields = ("temperature_class", "frozen_boxes", "chilled_g", "frozen_g")
    loading.check(lambda row: domain.check_vehicle(*(row[field] for field in fields)))
    loading.check(_known("depot", "depot_id", await queries.present(uow, queries.depot, loading.ids("depot_id"))))
    keys = [places.cooperative_key(one) for one in loading.ids("cooperative_id")]
    villages = {place_id for _, place_id in await places.places_of(uow, keys)}
    loading.check(_known("cooperative", "cooperative_id", villages))
    return await loading.put(uow, queries.vehicle)


async def put_drivers(uow: UnitOfWork, rows: DriverRows) -> Imported:
    """Load drivers of known depots."""
    loading = _Loading(DriverRow, rows)
    loading.check(_known("depot", "depot_id", await queries.present(uow, queries.depot, loading.ids("depot_id"))))
    return await loading.put(uow, queries.driver)


async def put_availability(uow: UnitOfWork, rows: AvailabilityRows) -> Imported:
    """Load when known vehicles and drivers can go on a day."""
    loading = _Loading(AvailabilityRow, rows)
    loading.check(lambda row: domain.check_hours(row["starts_at"], row["ends_at"]))
    tables = {"vehicle": queries.vehicle, "driver": queries.driver}
    known = {kind: await queries.present(uow, table, loading.ids("subject_id")) for kind, table in tables.items()}
    loading.check(lambda row: _known(row["kind"], "subject_id", known[row["kind"]])(row))
    for _, row in loading.rows:
        row["availability_id"] = derived_id("availability", row["kind"], row["subject_id"], row["day"])
    return await loading.put(uow, queries.availability)


async def put_spare_capacity(uow: UnitOfWork, rows: SpareCapacityRows) -> Imported:
    """Load what villages' own vehicles offer."""
    loading = _Loading(SpareCapacityRow, rows)
    loading.check(lambda row: domain.check_hours(row["starts_at"], row["ends_at"]))
    known = await queries.present(uow, queries.vehicle, loading.ids("vehicle_id"))
    loading.check(_known("vehicle", "vehicle_id", known))
    loading.check(lambda row: domain.check_spare(known[row["vehicle_id"]], row["capacity_g"], row["temperature_class"]))
    for _, row in loading.rows:
        row["spare_id"] = derived_id("spare-capacity", row["vehicle_id"], row["day"])
    return await loading.put(uow, queries.spare)


async def put_access(uow: UnitOfWork, rows: AccessRows) -> Imported:
    """Load how known schools and cooperatives are reached."""
    loading = _Loading(AccessRow, rows)
    loading.check(lambda row: domain.check_hours(row["opens_at"], row["closes_at"]))
    known = await places.places_of(uow, [(row["kind"], row["place_id"]) for _, row in loading.rows])
    by_kind = {kind: {place_id for of, place_id in known if of == kind} for kind in ("canteen", "cooperative")}
    loading.check(lambda row: _known(row["kind"], "place_id", by_kind[row["kind"]])(row))
    depots = await queries.present(uow, queries.depot, loading.ids("depot_id"))
    loading.check(_known("depot", "depot_id", depots))
    loading.check(lambda row: domain.check_through(row["kind"], depots.get(row["depot_id"] or "")))
    for _, row in loading.rows:
        row["access_id"] = derived_id("access", row["kind"], row["place_id"])
    return await loading.put(uow, queries.access)
