"""The farmers service: what it is made of."""

from fastapi import FastAPI

from services.farmers.access import access
from services.farmers.admissions import api as admissions
from services.farmers.admissions.jobs import jobs as admission_jobs
from services.farmers.ageing import api as ageing
from services.farmers.audited import audited
from services.farmers.capacities import api as capacities
from services.farmers.certificates import api as certificates
from services.farmers.certificates.jobs import jobs as certificate_jobs
from services.farmers.contacts import api as contacts
from services.farmers.contracts import api as contracts
from services.farmers.contracts.jobs import jobs as contract_jobs
from services.farmers.cooperatives import api as cooperatives
from services.farmers.dispatches import api as dispatches
from services.farmers.erasures import api as erasures
from services.farmers.files import api as files
from services.farmers.files.jobs import jobs as file_jobs
from services.farmers.forecasts import api as forecasts
from services.farmers.guidance import api as guidance
from services.farmers.handlers import handlers
from services.farmers.households import api as households
from services.farmers.income import api as income
from services.farmers.loads import api as loads
from services.farmers.lotphotos import api as lotphotos
from services.farmers.lots import api as lots
from services.farmers.lottests import api as lottests
from services.farmers.memberships import api as memberships
from services.farmers.memberships.jobs import jobs as membership_jobs
from services.farmers.offers import api as offers
from services.farmers.orders import api as orders
from services.farmers.orders.jobs import jobs as order_jobs
from services.farmers.payouts import api as payouts
from services.farmers.people import api as people
from services.farmers.prices import api as prices
from services.farmers.registry import api as registry
from services.farmers.registry.jobs import jobs as registry_jobs
from services.farmers.sealed import SEALED
from services.farmers.statements import api as statements
from services.farmers.tables import Table
from services.farmers.wanted import api as wanted
from services.farmers.wanted.jobs import jobs as wanted_jobs
from services.farmers.watched import watched
from services.farmers.webhooks import api as webhooks
from services.farmers.webhooks.jobs import jobs as webhook_jobs
from shared.audit.service import with_audit
from shared.operations import with_operations
from shared.service import Definition
from shared.standalone import standalone_app

_audited = with_audit(
    Definition(
        name="farmers",
        title="Farmers: cooperatives, offers, orders, lots",
        routers=[
            # Routes are tried in this order, and orders are answered more often than everything else together.
            orders.router,
            orders.acceptances,
            orders.reductions,
            cooperatives.router,
            contacts.router,
            households.router,
            memberships.router,
            people.router,
            erasures.router,
            registry.router,
            loads.router,
            files.router,
            certificates.router,
            admissions.router,
            contracts.router,
            capacities.router,
            forecasts.router,
            guidance.router,
            wanted.router,
            offers.router,
            lots.router,
            lottests.router,
            lotphotos.naming,
            lotphotos.showing,
            dispatches.router,
            income.router,
            payouts.router,
            statements.router,
            ageing.router,
            prices.router,
            webhooks.router,
        ],
        handlers=handlers,
        metadata=Table.metadata,
        jobs=[
            *order_jobs,
            *membership_jobs,
            *registry_jobs,
            *certificate_jobs,
            *file_jobs,
            *admission_jobs,
            *contract_jobs,
            *wanted_jobs,
            *webhook_jobs,
        ],
        sealed=SEALED,
        access=access,
        watched=watched,
        streamed=frozenset({loads.router.prefix}),
    ),
    audited,
)
definition = with_operations(_audited)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
