"""The portal: what it is made of."""

from dataclasses import replace

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from services.portal import assets, slices
from services.portal.access import access
from services.portal.audited import audited
from services.portal.edge import Pages
from services.portal.lost import pages as lost
from services.portal.sessions.models import BrowserSession, KeptForm
from services.portal.sessions.usecases import forget
from services.portal.tables import Table, table_of
from services.portal.usage.counting import write_counts
from shared.audit.service import with_audit
from shared.messaging.handlers import Handlers
from shared.resealing import Sealed
from shared.service import Definition, Job
from shared.standalone import standalone_app

_session, _kept = table_of(BrowserSession).c, table_of(KeptForm).c


def _compressed(app: ASGIApp) -> ASGIApp:
    """Compress pages; what was bundled is compressed already, and streams are not."""
    return GZipMiddleware(app, compresslevel=6)


_portal = with_audit(
    Definition(
        name="portal",
        title="Portal: pages for people",
        routers=[assets.router, *slices.routers()],
        handlers=Handlers(),
        metadata=Table.metadata,
        access=access,
        jobs=[Job("forget-sessions", forget, 3600.0), Job("count-pages", write_counts, 60.0)],
        sealed=[
            Sealed(_session.access_sealed, "browser_session.access"),
            Sealed(_session.refresh_sealed, "browser_session.refresh"),
            Sealed(_session.id_token_sealed, "browser_session.id_token"),
            Sealed(_kept.form_sealed, "kept_form.form"),
        ],
        middleware=[Pages, _compressed],
    ),
    audited,
)
definition = replace(_portal, routers=[*_portal.routers, lost.router])  # it takes what nobody else does


def create_app() -> FastAPI:
    """Return the portal's app, set up from the environment."""
    return standalone_app(definition)
