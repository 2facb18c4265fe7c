"""The nutrition service: what it is made of."""

from fastapi import FastAPI

from services.nutrition.handlers import handlers
from services.nutrition.tables import Table
from shared.service import Definition
from shared.standalone import standalone_app

definition = Definition(
    name="nutrition",
    title="Nutrition: canteens, dishes, menus, servings",
    routers=[],
    handlers=handlers,
    metadata=Table.metadata,
    jobs=[],
)


def create_app() -> FastAPI:
    """Return the service's app, set up from the environment."""
    return standalone_app(definition)
