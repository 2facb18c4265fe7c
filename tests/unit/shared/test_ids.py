"""New ids: random ones by default, those of a simulation repeatable."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

from shared.clock import ManualClock
from shared.ids import RepeatableIds, ids_from, new_id

START = datetime(2026, 11, 23, tzinfo=UTC)


def test_ids_are_in_the_order_they_were_made_in() -> None:
    """By default each id is a UUIDv7 greater than the one before, and nobody has it."""
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(set(made))
    assert {uuid.UUID(one).version for one in made} == {7}


def _simulate(seed: str, first_scene: int) -> tuple[list[str], list[str]]:
    clock = ManualClock(START)
    ids = RepeatableIds(clock, seed)
    with ids_from(ids):
        ids.scene("morning")
        morning = [new_id() for _ in range(first_scene)]
        clock.advance(timedelta(hours=1))
        ids.scene("noon")
        return morning, [new_id() for _ in range(5000)]


def test_a_simulation_run_again_makes_the_same_ids() -> None:
    """The same seed, clock and order: the same ids, in order, never twice; another seed has none of them."""
    morning, noon = _simulate("a", 5000)
    assert _simulate("a", 5000) == (morning, noon)
    assert morning + noon == sorted({*morning, *noon})
    assert {uuid.UUID(one).version for one in noon} == {7}
    assert not {*morning, *noon} & {one for part in _simulate("b", 5000) for one in part}


def test_a_scene_that_went_differently_changes_no_later_one() -> None:
    """Whatever was made before, a scene has its own ids."""
    assert _simulate("a", 3)[1] == _simulate("a", 5000)[1]


async def test_tasks_take_ids_from_where_they_were_started() -> None:
    """A source holds for the tasks started while it does, and for nobody else."""

    async def one() -> str:
        return new_id()

    with ids_from(lambda: "mine"):
        inside = asyncio.create_task(one())
    assert (await inside, new_id() != "mine") == ("mine", True)
