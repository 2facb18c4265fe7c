"""The farmers service: what it is made of."""

from fastapi import FastAPI

from services.farmers.handlers import handlers
from services.farmers.tables import Table
from shared.service import Definition
from shared.standalone import standalone_app

definition = Definition(
    name="farmers",
    title="Farmers: cooperatives, offers, orders, lots",
    routers=[],
    handlers=handlers,
    metadata=Table.metadata,
    jobs=[],
)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
