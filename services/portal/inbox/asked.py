"""What the inbox asks the services."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from fastapi import Request

from services.portal.formats import today
from services.portal.inbox.views import Names, Order, codes_of
from services.portal.upstream import Away, Refused, Upstream
from shared.errors import NotFound

BACK = timedelta(days=14)
"""Delivery days that are longer ago are not listed any more."""
_MOST_NAMES = 200


def cooperatives_of(request: Request) -> list[str]:
    """Return the cooperatives of whoever is signed in."""
    return sorted(request.state.person.principal.cooperatives)


async def recent_orders(request: Request, services: Upstream) -> list[Order] | Away:
    """Return the orders of the clerk's cooperatives that are to come or of the last two weeks."""
    first = (today(request.app.state.service.clock.now()) - BACK).isoformat()
    found: list[Order] = []
    try:
        for each in cooperatives_of(request):
            query = {"cooperative_id": each, "delivery_from": first}
            found += await services.items("farmers", "/orders", query)
    except Away as away:
        return away
    return found


async def names_for(services: Upstream, orders: Iterable[Order]) -> Names:
    """Return what foods and schools of orders are called."""
    foods, canteens = codes_of(orders)
    return await names_of(services, foods, canteens)


async def names_of(services: Upstream, foods: list[str], canteens: list[str] | None = None) -> Names:
    """Return names by code; nothing where nobody answers, then codes are shown."""
    query: dict[str, Any] = {"food": foods[:_MOST_NAMES], "canteen": (canteens or [])[:_MOST_NAMES]}
    try:
        told: Names = await services.get("nutrition", "/names", query)
    except (Away, Refused, NotFound):
        return {}
    return told
