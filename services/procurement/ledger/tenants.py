"""Whose bookings, accounts and households are: what their names say, else whoever's deliveries they were booked for."""

from collections.abc import Sequence

from services.procurement.ledger.models import ledger_entry, ledger_transaction
from services.procurement.orders.models import purchase_order
from shared.auth.finding import finder
from shared.auth.principal import Tenants
from shared.unit_of_work import UnitOfWork

_OF_ORDERS = ledger_transaction.outerjoin(purchase_order, purchase_order.c.order_id == ledger_transaction.c.order_id)
_HOUSEHOLD = "household/"

tenants_of = finder(
    ledger_transaction.c.transaction_id,
    county=ledger_transaction.c.county_code,
    cooperative=purchase_order.c.cooperative_id,
    source=_OF_ORDERS,
)
_booked_for = finder(
    ledger_entry.c.account,
    county=ledger_transaction.c.county_code,
    cooperative=purchase_order.c.cooperative_id,
    source=_OF_ORDERS.join(ledger_entry, ledger_entry.c.transaction_id == ledger_transaction.c.transaction_id),
)


async def tenants_of_accounts(uow: UnitOfWork, accounts: Sequence[str]) -> dict[str, Tenants]:
    """Return whose accounts are; an account of a household or a carrier that was never booked on is nobody's."""
    named = {account: owner for account in accounts if (owner := _named(account)) is not None}
    others = [account for account in accounts if account not in named]
    return named | dict(await _booked_for(uow, others) if others else {})


def _named(account: str) -> Tenants | None:
    kind, holder, *_ = account.split("/")
    if kind == "school":
        return Tenants(canteen=holder)
    if kind == "cooperative":
        return Tenants(cooperative=holder)
    return Tenants(county=holder) if kind in ("freight", "operating") else None


async def tenants_of_households(uow: UnitOfWork, household_ids: Sequence[str]) -> dict[str, Tenants]:
    """Return whose households are that earned anything: their cooperatives', and the counties' they delivered to."""
    found = await _booked_for(uow, [f"{_HOUSEHOLD}{each}" for each in household_ids])
    return {account.removeprefix(_HOUSEHOLD): owner for account, owner in found.items()}
