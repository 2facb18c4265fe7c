"""Routes of pages: guarded by the portal's table, and what they change is asked for by a page of ours.

A page is no unit of work: it asks services, which is not done while a transaction is open. What a page writes in the
portal's own database (feedback) it writes by `service.begin()`, or by a route of `shared.routing.service_router`.
"""

from collections.abc import Collection
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from services.portal.address import address_of
from services.portal.forms import CSRF_FIELD
from services.portal.sessions.usecases import Person, is_csrf
from services.portal.urls import parts_of
from shared.auth.access import PROVINCE, Rule, rule
from shared.auth.principal import Role
from shared.errors import Forbidden
from shared.routing import GuardedRoute, Handle

_READING = {"GET", "HEAD"}


class PageRoute(GuardedRoute):
    """A route of a page. One that changes something is refused (`foreign-form`) unless a page of ours asks."""

    def unguarded(self) -> Handle:
        """Return the handler FastAPI made, behind a look at where the request comes from."""
        handle = super().unguarded()

        async def ours(request: Request) -> Response:
            try:
                if request.method not in _READING:
                    await check_ours(request)
                return await handle(request)
            finally:
                await request.close()  # files that came with a form

        return ours


def page_router(**options: Any) -> APIRouter:
    """Return a router of pages (`prefix=…`, `tags=[…]`)."""
    return APIRouter(route_class=PageRoute, default_response_class=HTMLResponse, **options)


def page_rule(route: str, roles: Collection[Role]) -> Rule:
    """Return the rule of a page: which roles may see it. Whose things it shows is judged by the services it asks."""
    return rule(route, roles, PROVINCE)


def back_to(path: str) -> RedirectResponse:
    """Return an answer to a form that sends the browser on to a page (303): to load it again sends nothing again."""
    return RedirectResponse(path, 303)


async def check_ours(request: Request) -> None:
    """Raise Forbidden unless a request comes from a page of ours, and from one of this very session."""
    service = request.app.state.service
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    own = {request.headers.get("host"), parts_of(address_of(service.settings)).netloc}
    if site not in (None, "same-origin") or (origin is not None and parts_of(origin).netloc not in own):
        raise Forbidden("foreign-form", "the request does not come from a page of ours")
    person: Person | None = getattr(request.state, "person", None)
    if person is None:
        return
    brought = request.headers.get("x-csrf-token")
    if brought is None and "form" in request.headers.get("content-type", ""):
        field = (await request.form()).get(CSRF_FIELD)
        brought = field if isinstance(field, str) else None
    if brought is None or not is_csrf(service, person.session_id, brought):
        raise Forbidden("foreign-form", "the form was given to another session")
