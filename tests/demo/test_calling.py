"""Whom the demo's people call, and who signs at its gates: everybody has a number and a name, and both are nobody's."""

import httpx

from services.demo import numbers, people
from tests.api.logistics.county import open_county
from tests.conftest import WorldOf
from tests.world import ok

PATHS = ("/canteens/sch-1/phone", "/canteens/sch-2/phone", "/cooperatives/coop-1/phone", "/drivers/drv-1/phone")


async def _told(client: httpx.AsyncClient) -> list[str]:
    return [str((await ok(await client.get(path)))["number"]) for path in PATHS]


async def test_everybody_has_a_number_that_is_nobodys(world_of: WorldOf) -> None:
    """Schools, cooperatives and drivers, each its own, all of +86 100; a load that is begun again says the same."""
    world = await world_of("logistics")
    client = await open_county(world)
    await numbers.say(client)
    told = await _told(client)
    assert len(set(told)) == len(PATHS)
    assert all(each.startswith("+86100") and len(each) == len("+8610000000001") for each in told)
    await numbers.say(client)
    assert await _told(client) == told


def test_numbers_of_a_large_county_are_numbers_too() -> None:
    """They are counted on beyond four digits."""
    assert [numbers.number(place) for place in (1, 12_345)] == ["+86 100 0000 0001", "+86 100 0001 2345"]


def test_who_signs_is_marked_as_fictional_and_the_same_each_time() -> None:
    """Two different people, so that a week can be lived again."""
    cook, head = people.signers("sch-1")
    assert cook != head
    assert all("（虚构）" in name for name in (cook, head))
    assert [cook, head] == people.signers("sch-1")
