"""Whose things are: the finders of the table of access (`access.py`), each one statement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Date, and_, func, literal, select, union

from services.farmers.admissions.models import Application, ApplicationDocument
from services.farmers.capacities.models import Capacity
from services.farmers.certificates.models import Certificate
from services.farmers.contracts.models import Contract
from services.farmers.cooperatives.models import Cooperative
from services.farmers.cooperatives.queries import belongs_on
from services.farmers.days import today
from services.farmers.forecasts.models import Forecast
from services.farmers.households.models import Household, Membership
from services.farmers.income.models import CooperativePayment
from services.farmers.lotphotos.models import LotPhoto
from services.farmers.lots.models import Lot
from services.farmers.offers.models import Offer
from services.farmers.orders.models import PurchaseOrder
from services.farmers.payouts.models import Payout
from services.farmers.tables import table_of
from services.farmers.webhooks.models import WebhookEndpoint
from shared.auth.access import Finder
from shared.auth.finding import finder
from shared.auth.principal import Tenants
from shared.unit_of_work import UnitOfWork

cooperative, order = table_of(Cooperative), table_of(PurchaseOrder)
application, document = table_of(Application), table_of(ApplicationDocument)
certificate, household, membership = table_of(Certificate), table_of(Household), table_of(Membership)
lot, lot_photo = table_of(Lot), table_of(LotPhoto)


def _of_cooperative(model: Any, key: str) -> Finder:
    """Return what finds the cooperative of things by their key; its county is told from it."""
    table = table_of(model)
    return finder(table.c[key], cooperative=table.c.cooperative_id)


capacities = _of_cooperative(Capacity, "capacity_id")
certificates = _of_cooperative(Certificate, "certificate_id")
contracts = _of_cooperative(Contract, "contract_id")
forecasts = _of_cooperative(Forecast, "forecast_id")
lots = _of_cooperative(Lot, "lot_id")
offers = _of_cooperative(Offer, "offer_id")
payments = _of_cooperative(CooperativePayment, "payment_id")
payouts = _of_cooperative(Payout, "payout_id")
webhooks = _of_cooperative(WebhookEndpoint, "endpoint_id")
cooperatives = _of_cooperative(Cooperative, "cooperative_id")


async def households(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
    """Return whose households are: of the cooperative they belong to today, and its county's.

    One that said it will move is not the next one's before its day; one that left is still the one's that it left.
    """
    day = literal(today(uow.now), Date)
    present = household.outerjoin(
        membership, and_(membership.c.household_id == household.c.household_id, belongs_on(day))
    )
    owner = func.coalesce(membership.c.cooperative_id, household.c.cooperative_id)
    rows = await uow.session.execute(
        select(household.c.household_id, owner, cooperative.c.county_code)
        .select_from(present.join(cooperative, cooperative.c.cooperative_id == owner))
        .where(household.c.household_id.in_(ids))
    )
    return {row[0]: Tenants(county=row[2], cooperative=row[1]) for row in rows.all()}


applications = finder(application.c.application_id, county=application.c.county_code)
"""To which counties they were made."""


async def counties(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, str]:
    """Return the counties of cooperatives."""
    own = cooperative.c.cooperative_id
    rows = await uow.session.execute(select(own, cooperative.c.county_code).where(own.in_(ids)))
    return {row[0]: row[1] for row in rows.all()}


async def orders(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
    """Return whose orders are: the cooperative's, the canteen's, and both their counties'."""
    columns = (order.c.order_id, order.c.cooperative_id, order.c.canteen_id, order.c.county_code)
    joined = select(*columns, cooperative.c.county_code.label("supplier_county")).outerjoin(
        cooperative, cooperative.c.cooperative_id == order.c.cooperative_id
    )
    rows = (await uow.session.execute(joined.where(order.c.order_id.in_(ids)))).all()
    return {
        row.order_id: Tenants(
            county=frozenset({row.county_code, row.supplier_county} - {None}),
            cooperative=row.cooperative_id,
            canteen=row.canteen_id,
        )
        for row in rows
    }


async def files(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
    """Return whose files are: of whoever has a certificate or a lot of them, and of the counties that judge them.

    A file that nothing names is nobody's, and left out.
    """
    of_certificates = (
        select(certificate.c.file_id, certificate.c.cooperative_id, cooperative.c.county_code)
        .join(cooperative, cooperative.c.cooperative_id == certificate.c.cooperative_id)
        .where(certificate.c.file_id.in_(ids))
    )
    of_applications = (
        select(document.c.file_id, application.c.cooperative_id, application.c.county_code)
        .join(application, application.c.application_id == document.c.application_id)
        .where(document.c.file_id.in_(ids))
    )
    of_lots = (
        select(lot_photo.c.file_id, lot.c.cooperative_id, cooperative.c.county_code)
        .join(lot, lot.c.lot_id == lot_photo.c.lot_id)
        .join(cooperative, cooperative.c.cooperative_id == lot.c.cooperative_id)
        .where(lot_photo.c.file_id.in_(ids))
    )
    found: dict[str, tuple[set[str], set[str]]] = {}
    named = union(of_certificates, of_applications, of_lots)
    for file_id, owner, county in (await uow.session.execute(named)).all():
        owners, places = found.setdefault(file_id, (set(), set()))
        owners |= {owner} - {None}
        places.add(county)
    return {
        key: Tenants(county=frozenset(places), cooperative=frozenset(owners)) for key, (owners, places) in found.items()
    }
