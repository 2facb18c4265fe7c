"""What can happen to numbers: said, forgotten, asked for by those who are on a trip together."""

from collections.abc import Collection

from services.logistics.fleet import queries as fleet
from services.logistics.phones import queries
from services.logistics.phones.domain import Number, is_told
from services.logistics.places import queries as places
from services.logistics.plans.domain import SCHOOL_TIME
from services.logistics.trips import queries as trips
from shared.auth.principal import Role, only_audits
from shared.errors import NotFound
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork


async def put_number(uow: UnitOfWork, sealer: Sealer, kind: str, subject_id: str, number: str | None) -> Number | None:
    """Say which number is called; None forgets the one there was. Raises NotFound."""
    await _require(uow, kind, subject_id)
    if number is None:
        await queries.forget(uow, (kind, subject_id))
        return None
    said = Number(kind, subject_id, number, uow.now)
    present = await queries.numbers_of(uow, sealer, [(kind, subject_id)])
    if present and present[0].number == number:
        return present[0]
    await queries.put(uow, sealer, said)
    return said


async def number_of(uow: UnitOfWork, sealer: Sealer, kind: str, subject_id: str) -> Number | None:
    """Return the number that is called, None where nobody said one. Raises NotFound."""
    await _require(uow, kind, subject_id)
    return next(iter(await _shown(uow, sealer, [(kind, subject_id)])), None)


async def _require(uow: UnitOfWork, kind: str, subject_id: str) -> None:
    if kind == "driver":
        known = bool(await fleet.present(uow, fleet.driver, [subject_id]))
    else:
        known = bool(await places.places_of(uow, [(kind, subject_id)]))
    if not known:
        raise NotFound(kind, subject_id)


async def numbers_of_trip(uow: UnitOfWork, sealer: Sealer, trip_id: str) -> list[Number]:
    """Return whom to call on a trip: where it stops, and who drives it; to its driver until its day is.

    Raises NotFound.
    """
    trip = await trips.read_trip(uow, trip_id)
    only_drives = uow.principal is not None and uow.principal.roles <= {Role.DRIVER}
    if not is_told(trip.day, uow.now.astimezone(SCHOOL_TIME).date(), only_drives=only_drives):
        return []
    keys = {(stop.place_kind, stop.place_id) for stop in await trips.stops_of(uow, trip_id)}
    if trip.driver_id is not None:
        keys.add(("driver", trip.driver_id))
    return await _shown(uow, sealer, keys)


async def _shown(uow: UnitOfWork, sealer: Sealer, keys: Collection[queries.Key]) -> list[Number]:
    """Return numbers, masked to those who only audit."""
    found = await queries.numbers_of(uow, sealer, keys)
    return [one.masked() for one in found] if only_audits(uow.principal) else found
