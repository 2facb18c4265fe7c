"""How much pages are used."""

from fastapi import Request, Response

from services.portal.asking import day_of
from services.portal.home.views import ROLE_NAMES
from services.portal.languages import N_
from services.portal.rendering import page
from services.portal.routing import page_router
from services.portal.usage import counting, views

router = page_router(prefix="/usage", tags=["usage"])


@router.get("")
async def usage(request: Request) -> Response:
    """Show how often each page was seen in four weeks, and by which roles."""
    service = request.app.state.service
    day = day_of(request)
    await counting.write_counts(service)
    async with service.begin(read_only=True) as uow:
        routes = await counting.by_route(uow, views.first_of(day))
        roles = await counting.by_role(uow, views.first_of(day))
    named = {role.value: name for role, name in ROLE_NAMES.items()} | {"visitor": N_("Visitor, not signed in")}
    seen = sorted(roles.items(), key=lambda one: -one[1])
    return page(
        request, "usage/usage.html", uses=views.uses(routes, day), roles=[(named.get(r, r), n) for r, n in seen]
    )
