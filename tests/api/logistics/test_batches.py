"""What a batch of events is to logistics: one transaction, whatever its size."""

from services.logistics.consignments import usecases
from tests.api.logistics.county import a_confirmation
from tests.conftest import WorldOf
from tests.world import ok


async def test_many_confirmations_are_kept_in_one_unit_of_work(world_of: WorldOf) -> None:
    """A batch of confirmations is taken whole; falling back to one by one would take ten times as long."""
    world = await world_of("logistics")
    async with world.services["logistics"].begin() as uow:
        await usecases.keep_confirmed(uow, [a_confirmation(f"ord-{number}") for number in range(3)])
    kept = (await ok(await world.client("logistics").get("/consignments")))["items"]
    assert [one["order_id"] for one in kept] == ["ord-0", "ord-1", "ord-2"]
