"""What can happen to income: it is settled elsewhere and kept here, so that people can see what they earned."""

from collections.abc import Sequence

from services.farmers.income import queries
from shared.events.procurement import SettlementRecorded
from shared.unit_of_work import UnitOfWork


async def keep_settlements(uow: UnitOfWork, events: Sequence[SettlementRecorded]) -> None:
    """Keep what receipts brought a cooperative and its households; a settlement known before changes nothing."""
    await queries.insert_settlements(uow.session, uow.dialect, events)
