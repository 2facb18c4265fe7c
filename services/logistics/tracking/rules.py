"""What can happen to the rules of following trips."""

from services.logistics.rows import Loading
from services.logistics.tracking import domain, queries
from services.logistics.tracking.schemas import RuleRow, RuleRows
from shared.bulk import Imported
from shared.unit_of_work import UnitOfWork


async def put_rules(uow: UnitOfWork, rows: RuleRows) -> Imported:
    """Say how trips of days from one on are followed; days before keep what held for them."""
    loading = Loading(RuleRow, rows)
    loading.check(lambda row: domain.require_thinned_first(row["thin_after_days"], row["keep_days"]))
    return await loading.put(uow, queries.rule)
