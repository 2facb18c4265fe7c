"""The logistics service: what it is made of."""

from fastapi import FastAPI

from services.logistics.handlers import handlers
from services.logistics.tables import Table
from shared.service import Definition
from shared.standalone import standalone_app

definition = Definition(
    name="logistics",
    title="Logistics: fleet, trips, receipts, tracing",
    routers=[],
    handlers=handlers,
    metadata=Table.metadata,
    jobs=[],
)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
