"""The bus delivers twice, late and in any order between keys; the result is the same."""

import random

from shared.messaging.envelope import encode
from tests import builders as b
from tests.journeys.county import County
from tests.world import World


async def _a_day(county: County[World]) -> dict[str, object]:
    await county.set_up(schools=2)
    for number in (1, 2):
        await county.publish(b.a_menu(f"sch-{number}", days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    await county.live_through(schools=("sch-1", "sch-2"))
    return await county.check()


async def test_the_same_events_delivered_again_change_nothing(county: County[World]) -> None:
    """At least once on the wire, exactly once in effect: the inbox knows every id."""
    report = await _a_day(county)
    told = len(county.world.told)
    again = list(county.world.records)
    random.Random(7).shuffle(again)
    await county.world.bus.publish(again)
    await county.world.settle()
    assert await county.check() == report
    assert len(county.world.told) == 2 * told


async def test_the_same_facts_under_new_ids_backwards_change_nothing(county: County[World]) -> None:
    """Even if every inbox were lost: versions and derived ids make each fact count once, in whatever order."""
    report = await _a_day(county)
    now = county.world.clock.now()
    for event in reversed(list(county.world.told)):
        await county.world.bus.publish([encode(event, now)])
    await county.world.settle()
    assert await county.check() == report


async def test_events_that_come_before_what_they_need_wait_for_it(county: County[World]) -> None:
    """A whole county is told at once, nothing handled in between: what comes too early is parked and handled later."""
    county.world.bus.hold()
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.world.bus.release(random.Random(3))
    await county.world.settle()
    await county.source()
    await county.accept_all()
    report = await county.check()
    assert (report["demand_g"], report["allocated_g"]) == (22_000, 22_000)
