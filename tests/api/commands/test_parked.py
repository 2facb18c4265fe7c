"""What waits for something is listed with what it waits for, and tried when somebody says so."""

from pathlib import Path

from tests.api.logistics.county import a_lot, a_meal
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.world import ok


async def test_parked_events_are_listed_and_tried(world_of: WorldOf, tmp_path: Path) -> None:
    """A meal waits for its lot; once that is there, the meal is handled at the next try, and not before."""
    world = await world_of("logistics")
    assert (await asked(tmp_path, "parked", "list", "logistics")).lines == ["none waits"]
    await world.publish(a_meal("meal-1", ("lot-1", 6_000)))
    await world.settle()
    (waiting,) = (await asked(tmp_path, "parked", "list", "logistics")).data["logistics"]
    assert (waiting["key"], waiting["reason"]) == ("sch-1", "lot lot-1 has not arrived yet")
    still = await asked(tmp_path, "parked", "retry", "logistics")
    assert still.data == {"logistics": {"handled": 0, "waiting": 1}}
    await world.publish(a_lot("lot-1"))
    await world.services["logistics"].consumer.step(0.2)
    done = await asked(tmp_path, "parked", "retry", "logistics", "--by", BY)
    assert done.data == {"logistics": {"handled": 1, "waiting": 0}}
    (act,) = await acts_of(world.services["logistics"])
    assert (act.action, act.parameters) == ("python -m services parked retry", {"handled": "1"})
    assert (await ok(await world.client("logistics").get("/trace/meals/meal-1")))["quantity_g"] == 6_000
