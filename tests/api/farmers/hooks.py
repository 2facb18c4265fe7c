"""A cooperative with a system of its own."""

from typing import Any

from services.farmers.webhooks.domain import Kind
from shared.settings import Settings
from tests.api.farmers.builders import COOP, a_county, line, placed
from tests.conftest import WorldOf
from tests.receiver import Receiver
from tests.world import World, ok

ORDERS = ["order.placed", "order.accepted", "order.declined"]
ALL = [str(kind) for kind in Kind]


async def a_village(world_of: WorldOf, **settings: Any) -> World:
    """A county whose service may send to this machine."""
    world = await world_of("farmers")
    service = world.services["farmers"]
    changed = {"webhook_loopback": True, "webhook_timeout_s": 20.0} | settings
    service.settings = Settings.model_validate(service.settings.model_dump() | changed)
    await a_county(world)
    return world


async def hook(world: World, receiver: Receiver, *kinds: str, cooperative_id: str = COOP) -> tuple[str, str]:
    """Register a receiver for these kinds (all without any); returns the endpoint's id and its secret."""
    body = {"url": receiver.url, "kinds": list(kinds) or ALL}
    client = world.client("farmers")
    new = await ok(await client.post(f"/cooperatives/{cooperative_id}/webhooks", json=body))
    shown = await ok(await client.post(f"/webhooks/{new['endpoint_id']}/secret"))
    return new["endpoint_id"], shown["secret"]


async def an_order(world: World, number: int = 1, **other: Any) -> None:
    """Place a small order and let everything follow."""
    await world.publish(placed(f"order-{number}", line(ordered_g=1_000), **other))
    await world.settle()


async def deliveries(world: World, endpoint_id: str, **query: str) -> list[Any]:
    """The messages to an endpoint."""
    answer = await ok(await world.client("farmers").get(f"/webhooks/{endpoint_id}/deliveries", params=query))
    items: list[Any] = answer["items"]
    return items


async def endpoint(world: World, endpoint_id: str) -> Any:
    """An endpoint as it is shown."""
    return await ok(await world.client("farmers").get(f"/webhooks/{endpoint_id}"))
