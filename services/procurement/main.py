"""The procurement service: what it is made of."""

from fastapi import FastAPI

from services.procurement.handlers import handlers
from services.procurement.tables import Table
from shared.service import Definition
from shared.standalone import standalone_app

definition = Definition(
    name="procurement",
    title="Procurement: sourcing, orders, settlement",
    routers=[],
    handlers=handlers,
    metadata=Table.metadata,
    jobs=[],
)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
