"""The procurement service: what it is made of."""

from fastapi import FastAPI

from services.procurement.access import access
from services.procurement.audited import audited
from services.procurement.demand import api as demand
from services.procurement.disputes import api as disputes
from services.procurement.freight import api as freight
from services.procurement.handlers import handlers
from services.procurement.joint import api as joint
from services.procurement.joint.runs import run_waiting as plan_jointly
from services.procurement.ledger import api as ledger
from services.procurement.ledger.sealing import seal_waiting
from services.procurement.market import api as market
from services.procurement.needs import api as needs
from services.procurement.orders import api as orders
from services.procurement.orders.approvals import jobs as approval_jobs
from services.procurement.partners import api as partners
from services.procurement.paymentfiles import api as paymentfiles
from services.procurement.payments import api as payments
from services.procurement.prices import api as prices
from services.procurement.prices.feed import jobs as price_jobs
from services.procurement.reports import api as reports
from services.procurement.reports.keeping import keep_sums
from services.procurement.reports.reaching import keep_reached
from services.procurement.rules import api as rules
from services.procurement.settlement import api as settlement
from services.procurement.sourcing import api as sourcing
from services.procurement.sourcing.exact import api as exact
from services.procurement.sourcing.exact.runs import queue_settled
from services.procurement.sourcing.reasons import api as reasons
from services.procurement.sourcing.rules import api as sourcing_rules
from services.procurement.sourcing.runs import run_waiting
from services.procurement.substitution import api as substitution
from services.procurement.tables import Table
from services.procurement.terms import api as terms
from services.procurement.watched import watched
from shared.audit.service import with_audit
from shared.operations import with_operations
from shared.service import Definition, Job
from shared.standalone import standalone_app

_audited = with_audit(
    Definition(
        name="procurement",
        title="Procurement: sourcing, orders, settlement",
        routers=[
            demand.router,
            needs.router,
            partners.router,
            sourcing.router,
            reasons.router,
            reasons.of_cooperatives,
            exact.router,
            sourcing_rules.router,
            joint.router,
            orders.router,
            rules.router,
            market.router,
            substitution.router,
            prices.router,
            ledger.router,
            settlement.router,
            payments.router,
            paymentfiles.router,
            terms.router,
            disputes.router,
            freight.router,
            reports.router,
        ],
        handlers=handlers,
        metadata=Table.metadata,
        access=access,
        watched=watched,
        jobs=[
            Job("source", run_waiting, 1.0),
            Job("compare-settled-weeks", queue_settled, 30.0),
            Job("plan-with-the-farms", plan_jointly, 1.0),
            Job("seal", seal_waiting, 1.0),
            Job("sums", keep_sums, 60.0),
            Job("reached", keep_reached, 60.0),
            *approval_jobs,
            *price_jobs,
        ],
    ),
    audited,
)
definition = with_operations(_audited)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
