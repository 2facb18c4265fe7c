"""From a service's settings and routes to its guard."""

import inspect
from collections.abc import Collection, Sequence

from fastapi import APIRouter

from shared.auth.access import Access
from shared.auth.guard import Guard
from shared.auth.keys import Keys, from_file, from_issuer
from shared.auth.tokens import Trust, Verifier
from shared.clock import Clock
from shared.routing import GuardedRoute
from shared.settings import Settings


def guard_of(access: Access, settings: Settings, own: Sequence[Trust], clock: Clock) -> Guard:
    """Return the guard of a table, which takes the tokens of the settings' issuer and of those of this process.

    Raises ValueError where there is none of either: nothing turns the guard off.
    """
    trusts = [*_named(settings), *own]
    if not trusts:
        raise ValueError(
            "set CLOUD_AUTH_ISSUER (and CLOUD_AUTH_JWKS, where its keys are in a file): whose tokens are taken"
        )
    return Guard(access, Verifier(trusts, clock))


def _named(settings: Settings) -> list[Trust]:
    if settings.auth_issuer is None:
        if settings.auth_jwks is not None:
            raise ValueError("CLOUD_AUTH_JWKS is the keys of CLOUD_AUTH_ISSUER, which is not set")
        return []
    if settings.auth_jwks is None:
        load = from_issuer(settings.auth_issuer, settings.auth_issuer_inside)
    elif settings.auth_jwks.is_file():
        load = from_file(settings.auth_jwks)
    else:
        raise ValueError(f"CLOUD_AUTH_JWKS: there is no file {settings.auth_jwks}")
    return [Trust(settings.auth_issuer, settings.auth_audience, Keys(load))]


def parameters_of(routers: Sequence[APIRouter]) -> dict[tuple[str, str], Collection[str]]:
    """Return the names of each route's handler's parameters, by method and path.

    Raises ValueError for a route that is no guarded one: nobody would look at its tokens.
    """
    found: dict[tuple[str, str], Collection[str]] = {}
    for route in (each for router in routers for each in router.routes):
        if not isinstance(route, GuardedRoute):
            raise ValueError(f"{getattr(route, 'path', route)}: make its router by service_router or guarded_router")  # noqa: TRY004
        names = frozenset(inspect.signature(route.endpoint).parameters)
        found |= {(method, route.path_format): names for method in route.methods or ()}
    return found
