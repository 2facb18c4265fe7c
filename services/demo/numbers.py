"""Numbers to call in the demo: nobody's, for no telephone in China has one that begins with 100 and goes on so long."""

import httpx

from services.demo.calls import body_of, items

_ROUTES = {"canteen": "canteens", "cooperative": "cooperatives"}


def number(place: int) -> str:
    """Return a number that is marked as fictional: +86 100 0000 0001.

    >>> number(12_345)
    '+86 100 0001 2345'
    """
    return f"+86 100 {place // 10_000:04} {place % 10_000:04}"


async def say(logistics: httpx.AsyncClient) -> None:
    """Let every school, cooperative and driver say by which number they are called; said again they are the same."""
    places = [one async for one in items(logistics, "/places") if one["kind"] in _ROUTES]
    paths = [f"/{_ROUTES[one['kind']]}/{one['place_id']}/phone" for one in places]
    paths += [f"/drivers/{one['driver_id']}/phone" async for one in items(logistics, "/drivers")]
    for place, path in enumerate(sorted(paths), start=1):
        body_of(await logistics.put(path, json={"number": number(place)}))
