"""The logistics service: what it is made of."""

from fastapi import FastAPI

from services.logistics.access import access
from services.logistics.audited import audited
from services.logistics.coldchain.api import router as coldchain
from services.logistics.coldchain.watching import notice_silence
from services.logistics.consignments.api import router as consignments
from services.logistics.dayplans.api import router as dayplans
from services.logistics.days.api import router as days
from services.logistics.devices.api import router as devices
from services.logistics.epcis.api import router as epcis
from services.logistics.figures.api import router as figures
from services.logistics.fleet.api import router as fleet
from services.logistics.handlers import handlers
from services.logistics.loading.api import router as loading
from services.logistics.phones.api import router as phones
from services.logistics.photos.api import router as photos
from services.logistics.photos.usecases import forget_unnamed
from services.logistics.places.api import router as places
from services.logistics.plans.api import router as plans
from services.logistics.plans.planning import plan_trips
from services.logistics.recalls.api import router as recalls
from services.logistics.receipts.api import router as receipts
from services.logistics.receipts.api import tolerances
from services.logistics.runsheets.api import router as runsheets
from services.logistics.sealed import SEALED
from services.logistics.signers.api import router as signers
from services.logistics.tables import Table
from services.logistics.tracing.api import public as public_trace
from services.logistics.tracing.api import router as tracing
from services.logistics.tracking.api import router as tracking
from services.logistics.tracking.keeping import keep_days
from services.logistics.trips.api import router as trips
from services.logistics.watched import watched
from shared.audit.service import with_audit
from shared.operations import with_operations
from shared.service import Definition, Job
from shared.standalone import standalone_app

_audited = with_audit(
    Definition(
        name="logistics",
        title="Logistics: fleet, trips, receipts, tracing",
        routers=[
            *(fleet, places, devices, consignments, plans, dayplans, trips, runsheets, loading, tracking, coldchain),
            *(phones, receipts, signers, tolerances, photos, tracing, public_trace, recalls, epcis, figures, days),
        ],
        handlers=handlers,
        metadata=Table.metadata,
        sealed=SEALED,
        access=access,
        watched=watched,
        jobs=[
            Job("plan-trips", plan_trips, 1.0),
            Job("notice-silence", notice_silence, 60.0),
            Job("keep-days", keep_days, 3600.0),
            Job("forget-photos", forget_unnamed, 3600.0),
        ],
    ),
    audited,
)
definition = with_operations(_audited)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
