"""The logistics service: what it is made of."""

from fastapi import FastAPI

# Tables without routes yet are imported so that migrations see every table of the service.
from services.logistics.consignments.api import router as consignments
from services.logistics.fleet.api import router as fleet
from services.logistics.handlers import handlers
from services.logistics.plans.api import router as plans
from services.logistics.plans.planning import plan_trips
from services.logistics.receipts import models as _receipts  # noqa: F401
from services.logistics.tables import Table
from services.logistics.tracking import models as _tracking  # noqa: F401
from services.logistics.trips.api import router as trips
from shared.service import Definition, Job
from shared.standalone import standalone_app

definition = Definition(
    name="logistics",
    title="Logistics: fleet, trips, receipts, tracing",
    routers=[fleet, consignments, plans, trips],
    handlers=handlers,
    metadata=Table.metadata,
    jobs=[Job("plan-trips", plan_trips, 1.0)],
)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
