"""What each service records of who did what fits its routes."""

import importlib

import pytest

from services.portal.routing import PageRoute
from shared.auth.trusting import parameters_of
from shared.routing import UnitOfWorkRoute

SERVICES = ("nutrition", "farmers", "procurement", "logistics", "identity", "portal")


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_audited_has_routes(service: str) -> None:
    """Every service is audited; what it says of paths and routes is about ones that change something."""
    definition = importlib.import_module(f"services.{service}.main").definition
    changing = [(method, path) for method, path in parameters_of(definition.routers) if method not in ("GET", "HEAD")]
    assert definition.audited is not None
    for beginning in definition.audited.objects:
        assert any(path == beginning or path.startswith(f"{beginning}/") for _, path in changing), beginning
    assert set(definition.audited.passed_over) <= {f"{method} {path}" for method, path in changing}


BY_THEMSELVES = {
    "nutrition": {"POST /funding-counts/import", "PUT /dishes/{dish_code}/photo", "DELETE /dishes/{dish_code}/photo"},
    "farmers": {"POST /files", "POST /household-registry/loads"},
    "logistics": {"POST /photos"},
    "identity": {"POST /sign-in", "POST /password", "POST /own-password"},
}
"""Routes that are no units of work and record their acts in one of their own; their tests look for these acts."""


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_that_changes_something_records_it(service: str) -> None:
    """The route class does; who opens units of work by itself records by itself, or says why it does not.

    A page changes what it asks the services to change, who record it.
    """
    definition = importlib.import_module(f"services.{service}.main").definition
    assert definition.audited is not None
    others = [
        (method, route.path)
        for router in definition.routers
        for route in router.routes
        if not isinstance(route, UnitOfWorkRoute | PageRoute)
        for method in route.methods
    ]
    changing = {f"{method} {path}" for method, path in others if method not in ("GET", "HEAD")}
    assert changing - definition.audited.passed_over.keys() == BY_THEMSELVES.get(service, set())


@pytest.mark.parametrize("service", SERVICES)
def test_no_act_keeps_what_must_be_erasable(service: str) -> None:
    """Names, phones and accounts of people stand in no act: their columns are sealed, and sealed ones are left out."""
    definition = importlib.import_module(f"services.{service}.main").definition
    columns = {c.name for table in definition.audited.objects.values() if table is not None for c in table.c}
    assert not {name for name in columns if name.endswith(("phone", "id_number", "account_number"))}
