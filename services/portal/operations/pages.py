"""The page of whoever keeps the machines running: what `python -m services status` tells, and what to do about it."""

from fastapi import Request, Response

from services.portal.languages import N_
from services.portal.navigation import Entry
from services.portal.operations import backups, views
from services.portal.rendering import page
from services.portal.routing import page_router
from services.portal.upstream import Asking
from shared.auth.principal import Role
from shared.operations import state_of
from shared.service import Service

router = page_router(prefix="/operations", tags=["operations"])
entries = [
    Entry(
        "/operations",
        N_("How the system stands"),
        N_("Whether each part works, what waits, and what to do about it."),
        frozenset({Role.ADMINISTRATOR}),
        "chart",
        place=70,
    )
]


@router.get("")
async def operations(request: Request, services: Asking) -> Response:
    """Show how each service stands, the worst first; one that does not answer says so."""
    portal: Service = request.app.state.service
    names = views.asked(portal.settings)
    told = await services.parts(**{name: services.get(name, "/operations") for name in names})
    told |= {portal.name: (await state_of(portal)).model_dump(mode="json")}
    return page(
        request,
        "operations/operations.html",
        states=views.states(told),
        backups=backups.shown(told, portal.clock.now()),
        now=portal.clock.now(),
        docs=portal.settings.docs_url,
    )
