"""The server of roads outside: asked in blocks, believed only where it makes sense, never a reason for no plan."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from services.logistics.roads.estimate import estimated
from services.logistics.roads.osrm import FAR, OsrmRoads
from services.logistics.roads.port import Estimate, roads_between, server_of
from services.logistics.trips.problem import Place, Position
from shared.fetching import Patience
from shared.settings import Settings

POSITIONS: dict[Place, Position] = {("canteen", f"sch-{n}"): (28.0 + n / 500, 109.0 + n % 7 / 100) for n in range(60)}
Table = dict[str, Any]


class Server:
    """A server that answers with the estimate, changed by `change`; it counts how often it was asked."""

    def __init__(self, change: Callable[[Table], object] = lambda table: table) -> None:
        self.asked = 0
        self.roads = OsrmRoads("http://roads.test/", httpx.MockTransport(self._answer), Patience(3, sleep=self._sleep))
        self._change = change

    async def _sleep(self, _seconds: float) -> None:
        return None

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        lon_lat = [one.split(",") for one in request.url.path.rsplit("/", 1)[1].split(";")]
        places = {("canteen", str(n)): (float(lat), float(lon)) for n, (lon, lat) in enumerate(lon_lat)}
        roads = estimated(places)
        rows, columns = ([int(n) for n in request.url.params[name].split(";")] for name in ("sources", "destinations"))
        tables = {"distances": roads.metres, "durations": roads.seconds}
        table: Table = {"code": "Ok"} | {
            name: [[whole[row][column] + 0.25 for column in columns] for row in rows] for name, whole in tables.items()
        }
        answer = self._change(table)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, content=json.dumps(answer))


async def test_a_server_is_asked_in_blocks() -> None:
    """More places than a server answers for at once are asked block by block; what it says is rounded up."""
    server = Server()
    roads, note = await roads_between(server.roads, POSITIONS)
    assert (server.asked, note) == (4, "")
    a, b = ("canteen", "sch-0"), ("canteen", "sch-59")
    assert roads.leg(a, b) == tuple(number + 1 for number in estimated(POSITIONS).leg(a, b))
    assert roads.leg(a, a) == (0, 0)


def _cell(name: str, value: object) -> Callable[[Table], object]:
    def change(table: Table) -> object:
        table[name][0][-1] = value
        return table

    return change


async def test_places_without_a_road_are_far_apart() -> None:
    """Where there is no road between two places, no day is long enough for the way."""
    roads, note = await roads_between(Server(_cell("durations", None)).roads, POSITIONS)
    assert note == ""
    assert max(max(row) for row in roads.seconds) == FAR


@pytest.mark.parametrize(
    "change",
    [
        lambda _table: httpx.Response(500),
        lambda _table: httpx.Response(404),
        lambda _table: httpx.Response(200, content=b"<html>"),
        lambda _table: httpx.Response(200, content=b"[" * 100_000),
        lambda _table: [],
        lambda table: table | {"code": "NoTable"},
        lambda table: table | {"distances": None},
        lambda table: table | {"durations": table["durations"][1:]},
        lambda table: table | {"durations": [row[1:] for row in table["durations"]]},
        _cell("distances", -1),
        _cell("distances", True),
        _cell("distances", "far"),
        _cell("durations", 1e300),
        _cell("durations", 0),
        _cell("distances", 10),
    ],
    ids=[str(number) for number in range(15)],
)
async def test_a_server_that_is_down_or_answers_nonsense_is_not_believed(change: Callable[[Table], object]) -> None:
    """Whatever it answers instead of sensible ways, roads are estimated, and that is said."""
    roads, note = await roads_between(Server(change).roads, POSITIONS)
    assert roads == estimated(POSITIONS)
    assert note.startswith("roads are estimated: the server of roads ")


async def test_a_server_that_cannot_be_reached_is_asked_again() -> None:
    """A server that is not there is asked three times; then roads are estimated."""
    server = Server()

    def gone(_request: httpx.Request) -> httpx.Response:
        server.asked += 1
        raise httpx.ConnectError("refused")

    lost = OsrmRoads("http://roads.test", httpx.MockTransport(gone), server.roads.patience)
    _, note = await roads_between(lost, POSITIONS)
    assert (server.asked, "ConnectError" in note) == (3, True)


def test_roads_are_estimated_unless_a_server_is_named() -> None:
    """Without an address nobody outside is asked."""
    assert isinstance(server_of(Settings(roads_url=None)), Estimate)
    assert isinstance(server_of(Settings(roads_url="http://roads.test")), OsrmRoads)
