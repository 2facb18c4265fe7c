"""What can happen to the fleet: it is loaded, row by row."""

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
    DrivingRuleRow,
    DrivingRuleRows,
    SpareCapacityRow,
    SpareCapacityRows,
    VehicleRow,
    VehicleRows,
)
from services.logistics.places import queries as places
from services.logistics.rows import Loading, named
from shared.bulk import Imported
from shared.ids import derived_id
from shared.unit_of_work import UnitOfWork


async def put_depots(uow: UnitOfWork, rows: DepotRows) -> Imported:
    """Load depots."""
    return await Loading(DepotRow, rows).put(uow, queries.depot)


async def put_vehicles(uow: UnitOfWork, rows: VehicleRows) -> Imported:
    """Load vehicles of known depots, a village's own of a known cooperative."""
    loading = Loading(VehicleRow, rows)
    fields = ("temperature_class", "frozen_boxes", "chilled_g", "frozen_g")
    loading.check(lambda row: domain.check_vehicle(*(row[field] for field in fields)))
    loading.check(named("depot", "depot_id", await queries.present(uow, queries.depot, loading.ids("depot_id"))))
    keys = [places.cooperative_key(one) for one in loading.ids("cooperative_id")]
    villages = {place_id for _, place_id in await places.places_of(uow, keys)}
    loading.check(named("cooperative", "cooperative_id", villages))
    return await loading.put(uow, queries.vehicle)


async def put_drivers(uow: UnitOfWork, rows: DriverRows) -> Imported:
    """Load drivers of known depots."""
    loading = Loading(DriverRow, rows)
    loading.check(named("depot", "depot_id", await queries.present(uow, queries.depot, loading.ids("depot_id"))))
    return await loading.put(uow, queries.driver)


async def put_driving_rules(uow: UnitOfWork, rows: DrivingRuleRows) -> Imported:
    """Say how long drivers' days may be; trips that are planned stay."""
    return await Loading(DrivingRuleRow, rows).put(uow, queries.rule)


async def put_availability(uow: UnitOfWork, rows: AvailabilityRows) -> Imported:
    """Load when known vehicles and drivers can go on a day."""
    loading = Loading(AvailabilityRow, rows)
    loading.check(lambda row: domain.check_hours(row["starts_at"], row["ends_at"]))
    tables = {"vehicle": queries.vehicle, "driver": queries.driver}
    known = {kind: await queries.present(uow, table, loading.ids("subject_id")) for kind, table in tables.items()}
    loading.check(lambda row: named(row["kind"], "subject_id", known[row["kind"]])(row))
    for _, row in loading.rows:
        row["availability_id"] = derived_id("availability", row["kind"], row["subject_id"], row["day"])
    return await loading.put(uow, queries.availability)


async def put_spare_capacity(uow: UnitOfWork, rows: SpareCapacityRows) -> Imported:
    """Load what villages' own vehicles offer."""
    loading = Loading(SpareCapacityRow, rows)
    loading.check(lambda row: domain.check_hours(row["starts_at"], row["ends_at"]))
    known = await queries.present(uow, queries.vehicle, loading.ids("vehicle_id"))
    loading.check(named("vehicle", "vehicle_id", known))
    loading.check(lambda row: domain.check_spare(known[row["vehicle_id"]], row["capacity_g"], row["temperature_class"]))
    for _, row in loading.rows:
        row["spare_id"] = derived_id("spare-capacity", row["vehicle_id"], row["day"])
    return await loading.put(uow, queries.spare)


async def put_access(uow: UnitOfWork, rows: AccessRows) -> Imported:
    """Load how known schools and cooperatives are reached."""
    loading = Loading(AccessRow, rows)
    loading.check(lambda row: domain.check_hours(row["opens_at"], row["closes_at"]))
    known = await places.places_of(uow, [(row["kind"], row["place_id"]) for _, row in loading.rows])
    by_kind = {kind: {place_id for of, place_id in known if of == kind} for kind in ("canteen", "cooperative")}
    loading.check(lambda row: named(row["kind"], "place_id", by_kind[row["kind"]])(row))
    depots = await queries.present(uow, queries.depot, loading.ids("depot_id"))
    loading.check(named("depot", "depot_id", depots))
    loading.check(lambda row: domain.check_through(row["kind"], depots.get(row["depot_id"] or "")))
    for _, row in loading.rows:
        row["access_id"] = derived_id("access", row["kind"], row["place_id"])
    return await loading.put(uow, queries.access)
