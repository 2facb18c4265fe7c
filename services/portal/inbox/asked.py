"""What the inbox asks the services."""

from collections.abc import Iterable
from datetime import timedelta

from fastapi import Request

from services.portal.asking import day_of
from services.portal.inbox.views import Order, codes_of
from services.portal.naming import Names, names_of
from services.portal.upstream import Away, Upstream
from shared.errors import NotFound

BACK = timedelta(days=14)
"""Delivery days that are longer ago are not listed any more."""
MOST_ORDERS = 10_000
"""A cooperative that delivers to all 200 schools of a county each day has some 3,000 orders in these days."""


def cooperatives_of(request: Request) -> list[str]:
    """Return the cooperatives of whoever is signed in."""
    return sorted(request.state.person.principal.cooperatives)


def cooperative_asked(request: Request, asked: str | None) -> str:
    """Return the cooperative that was asked for, the clerk's first where none was. Raises NotFound for another's."""
    own = cooperatives_of(request)
    if asked is not None and asked not in own:
        raise NotFound("cooperative", asked)
    if not own:
        raise NotFound("cooperative", "-")
    return asked or own[0]


async def recent_orders(request: Request, services: Upstream) -> list[Order] | Away:
    """Return the orders of the clerk's cooperatives that are to come or of the last two weeks."""
    first = (day_of(request) - BACK).isoformat()
    found: list[Order] = []
    try:
        for each in cooperatives_of(request):
            query = {"cooperative_id": each, "delivery_from": first}
            found += await services.items("farmers", "/orders", query, most=MOST_ORDERS)
    except Away as away:
        return away
    return found


async def names_for(services: Upstream, orders: Iterable[Order]) -> Names:
    """Return what foods and schools of orders are called."""
    foods, canteens = codes_of(orders)
    return await names_of(services, foods=foods, canteens=canteens)
