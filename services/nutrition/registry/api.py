"""Routes of the registry of pupils in need.

They are no units of work by themselves: while the registry is asked no transaction waits for it.
"""

from typing import Annotated

from fastapi import Body, Depends, Request

from services.nutrition.registry import client, usecases
from services.nutrition.registry.port import Registry
from services.nutrition.registry.schemas import ImportInput, RegistryImport
from shared.audit.recording import Asker
from shared.routing import guarded_router

router = guarded_router(tags=["funding"])


def registry_of() -> Registry:
    """Return the registry that is set."""
    return client.open_registry()


@router.post("/funding-counts/import")
async def import_counts(
    body: Annotated[ImportInput, Body()], request: Request, registry: Annotated[Registry, Depends(registry_of)]
) -> RegistryImport:
    """Fetch from the registry of pupils in need how many are in which funding class, by canteen: counts, never names.

    Good rows are taken, the others refused by their place. Without a registry (`CLOUD_COUNTS_REGISTRY_URL`) there are
    none.
    """
    asker = Asker.of(request)
    return await usecases.import_counts(request.app.state.service, registry, body.on, body.county_code, asker)
