"""Where somebody begins: what they do next, or how to sign in."""

from fastapi import Request, Response

from services.portal.home.views import begun_with, chooser
from services.portal.rendering import page
from services.portal.routing import page_router
from services.portal.upstream import Asking, Away, Refused
from shared.errors import Unauthorized

router = page_router(tags=["home"])


@router.get("/")
async def home(request: Request, services: Asking) -> Response:
    """Show what is next for whoever is signed in; to nobody, how to sign in."""
    if request.state.person is None:
        return page(request, "home/welcome.html", samples=chooser(await _samples(request, services)))
    return page(request, "home/home.html", steps=begun_with(request.state.person.roles))


async def _samples(request: Request, services: Asking) -> list[str]:
    """Return the sample users that may sign in: none but in the demo, whose issuer is ours."""
    if request.app.state.service.settings.auth_issuer is not None:
        return []
    try:
        told = await services.get("identity", "/samples")
    except (Away, Refused, Unauthorized):
        return []
    return list(told["logins"])
