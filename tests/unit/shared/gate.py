"""A small service with a table of rules: canteens' orders at cooperatives, by every kind of rule there is."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from services.logistics.tables import Table
from shared.auth.access import PROVINCE, WHOLE_PROVINCE, Access, Rule, objects, open_to_all, rows, rule, within
from shared.auth.principal import Kind, Role, Tenants
from shared.bulk import Rows
from shared.messaging.embedded import EmbeddedBus
from shared.messaging.handlers import Handlers
from shared.routing import Input, UoW, guarded_router, service_router
from shared.service import Definition
from shared.unit_of_work import UnitOfWork
from tests.world import World, settings_of

NAME = "logistics"
"""Whose tables and folder it borrows."""
ORDERS = {
    "order-1": Tenants(canteen="canteen-1", cooperative="coop-1"),
    "order-2": Tenants(canteen="canteen-2", cooperative="coop-1"),
}
COUNTIES = {"canteen-1": "520628", "canteen-2": "520627"}
asked: list[str] = []
"""The ids that were looked up, for questions about how often that happens."""

router = service_router()
raw = guarded_router()


class OrderIn(Input):
    """An order."""

    canteen_id: Annotated[str, Field(examples=["canteen-1"])]


class Many(Input):
    """Orders to be looked at."""

    order_ids: Annotated[list[str], Field(examples=[["order-1"]])]


CanteenId = Annotated[str | None, Query(examples=["canteen-1"])]
County = Annotated[str | None, Query(examples=["520628"])]


@router.get("/orders")
async def list_orders(uow: UoW, canteen_id: CanteenId = None, county_code: County = None) -> dict[str, Any]:
    """List."""
    assert uow.principal is not None
    return {"subject": uow.principal.subject}


@router.post("/orders", status_code=201)
async def place(body: OrderIn, uow: UoW) -> dict[str, str]:
    """Place."""
    assert uow.principal is not None
    return {"by": uow.principal.subject}


@router.put("/orders")
async def put_orders(rows: Rows, uow: UoW) -> dict[str, int]:
    """Load."""
    return {"rows": len(rows.rows)}


@router.get("/orders/{order_id}")
async def get_order(order_id: str, uow: UoW) -> dict[str, str]:
    """Show."""
    return {"order_id": order_id}


@router.put("/orders/{order_id}")
async def put_order(order_id: str, uow: UoW) -> dict[str, str]:
    """Make."""
    return {"order_id": order_id}


@router.post("/looks")
async def look(body: Many, uow: UoW) -> dict[str, int]:
    """Look at many."""
    return {"orders": len(body.order_ids)}


@router.get("/looks")
async def looked(uow: UoW, order_id: Annotated[str | None, Query(examples=["order-1"])] = None) -> dict[str, str]:
    """Show who looked at an order."""
    return {}


@router.get("/standards")
async def standards(uow: UoW) -> dict[str, str]:
    """Show what holds for all."""
    return {}


@router.put("/standards")
async def put_standards(uow: UoW) -> dict[str, str]:
    """Change what holds for all."""
    return {}


@router.get("/notice")
async def notice(uow: UoW) -> dict[str, bool]:
    """Show what anybody may see."""
    return {"nobody": uow.principal is None}


@raw.put("/orders/{order_id}/photo")
async def put_photo(order_id: str, request: Request) -> dict[str, int]:
    """Keep a photo, read as it comes."""
    return {"bytes": len(await request.body())}


@raw.get("/orders/{order_id}/stream", response_class=StreamingResponse)
async def stream(order_id: str) -> StreamingResponse:
    """Stream."""
    return StreamingResponse(iter([b"data: 1\n\n"]), media_type="text/event-stream")


async def of_orders(_uow: UnitOfWork, ids: Sequence[str]) -> dict[str, Tenants]:
    """Find whose orders are."""
    asked.extend(ids)
    return {each: ORDERS[each] for each in ids if each in ORDERS}


async def of_canteens(_uow: UnitOfWork, ids: Sequence[str]) -> dict[str, str]:
    """Find where canteens are."""
    asked.extend(ids)
    return {each: COUNTIES[each] for each in ids if each in COUNTIES}


BUYERS = {Role.CANTEEN, Role.NUTRITIONIST}
PARTIES = {*BUYERS, Role.CLERK}
RULES = [
    rule("GET /orders", {*BUYERS, Role.OFFICIAL}, within(canteen="canteen_id", county="county_code")),
    rule("POST /orders", BUYERS, within(canteen="body.canteen_id")),
    rule(
        "PUT /orders", {Role.NUTRITIONIST, Role.CANTEEN}, rows("rows.rows", canteen="canteen_id", county="county_code")
    ),
    rule("GET /orders/{order_id}", PARTIES, objects("order", of_orders, "order_id")),
    rule("PUT /orders/{order_id}", BUYERS, objects("order", of_orders, "order_id", may_be_new=True)),
    rule("POST /looks", PARTIES, objects("order", of_orders, "body.order_ids[]", lasting=False)),
    rule("GET /looks", PARTIES, objects("order", of_orders, "order_id")),
    rule("GET /standards", set(Role), PROVINCE),
    rule("PUT /standards", {Role.NUTRITIONIST}, WHOLE_PROVINCE),
    open_to_all("GET /notice"),
    rule("PUT /orders/{order_id}/photo", {Role.CANTEEN}, objects("order", of_orders, "order_id")),
    rule("GET /orders/{order_id}/stream", {Role.CANTEEN}, objects("order", of_orders, "order_id")),
]


def defined(rules: Sequence[Rule] = RULES) -> Definition:
    """Return the service with these rules."""
    access = Access(rules, {Kind.CANTEEN: of_canteens})
    return Definition(NAME, "Orders", [router, raw], Handlers(), Table.metadata, access)


@asynccontextmanager
async def gate(folder: Path, definition: Definition | None = None) -> AsyncIterator[World]:
    """Open a world of that service."""
    asked.clear()
    bus = EmbeddedBus(folder / "bus.sqlite")
    async with World([definition or defined()], bus, settings_of([NAME], folder)) as world:
        yield world
