"""What each service records of who did what fits its routes."""

import importlib

import pytest

from shared.auth.trusting import parameters_of

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


@pytest.mark.parametrize("service", SERVICES)
def test_no_act_keeps_what_must_be_erasable(service: str) -> None:
    """Names, phones and accounts of people stand in no act: their columns are sealed, and sealed ones are left out."""
    definition = importlib.import_module(f"services.{service}.main").definition
    columns = {c.name for table in definition.audited.objects.values() if table is not None for c in table.c}
    assert not {name for name in columns if name.endswith(("phone", "id_number", "account_number"))}
