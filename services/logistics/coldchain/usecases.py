"""What can happen to limits and alarms by request."""

from typing import Any

from services.logistics.coldchain import domain, queries
from services.logistics.coldchain.domain import Acknowledged, Limit
from services.logistics.coldchain.schemas import LimitRow, LimitRows
from services.logistics.tracking.queries import touch
from shared.bulk import Imported, parse, refuse
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


async def put_limits(uow: UnitOfWork, rows: LimitRows) -> Imported:
    """Say what holds for temperature classes from a day on; trips of days before keep what held for them."""
    good, refused = parse(LimitRow, rows)
    limits: list[Limit] = []
    for index, row in good:
        try:
            domain.require_sound(row.limit())
        except DomainError as error:
            refused.append(refuse(index, error))
        else:
            limits.append(row.limit())
    present = {(limit.temperature_class, limit.valid_from): limit for limit in await queries.all_limits(uow)}
    new, changed = domain.fresh_limits(present, limits)
    await queries.put_limits(uow, new + changed)
    refused.sort(key=lambda refusal: refusal.index)
    unchanged = len(limits) - len(new) - len(changed)
    return Imported(created=len(new), changed=len(changed), unchanged=unchanged, refused=refused)


async def acknowledge(uow: UnitOfWork, alarm_id: str, by: str, note: str) -> Any:
    """Note that a person has looked at an alarm; what is held stays held until it is inspected."""
    row = await queries.lock_alarm(uow, alarm_id)
    before = None if row.acknowledged_at is None else Acknowledged(row.acknowledged_by, row.note)
    if domain.acknowledge(alarm_id, before, Acknowledged(by, note)):
        values = {"acknowledged_at": uow.now, "acknowledged_by": by, "note": note}
        await queries.change_alarm(uow, alarm_id, **values)
        await touch(uow, row.trip_id)
    return await queries.lock_alarm(uow, alarm_id)
