"""A hub asks once for all who watch, forgets nobody, and says when it is not live."""

import asyncio
from datetime import timedelta

from services.portal.board.frames import Frame, frames
from services.portal.board.hub import Pace
from services.portal.board.watching import MOST_WAITING, Update
from tests.unit.portal.board.logistics import DAY, Logistics, a_watcher, heard
from tests.unit.portal.board.test_views import NOW, a_trip

WATCHERS = 200


async def test_200_watchers_hear_each_change_by_one_stream() -> None:
    """However many watch, logistics has one listener; each hears the newest of each trip."""
    logistics = Logistics(trips=3)
    hub = logistics.hub()
    watchers = [a_watcher() for _ in range(WATCHERS)]
    for each in watchers:
        hub.join(each)
    await asyncio.gather(*(heard(each, "t2 5.5") for each in watchers))
    await logistics.listened()
    assert (len(logistics.asked), logistics.listeners) == (1, 1)
    logistics.tell(7, trip_id="t1", temperature_c=9.5)
    told_all = await asyncio.gather(*(heard(each, "t1 9.5") for each in watchers))
    assert all("event: run" in each for each in told_all)
    for each in watchers:
        await hub.leave(each)
    assert logistics.listeners == 0


async def test_a_lost_stream_is_said_and_made_up_for() -> None:
    """While the stream is lost the board is looked at; when it is back it goes on after the last event."""
    logistics = Logistics()
    hub = logistics.hub()
    watcher = a_watcher()
    hub.join(watcher)
    await logistics.listened()
    logistics.tell(41, trip_id="t0", temperature_c=6.5)
    await heard(watcher, "t0 6.5")
    logistics.has_stream = False
    logistics.cut()
    await heard(watcher, "data: polling")
    logistics.tell(42, trip_id="t0", temperature_c=7.5)  # nobody listens
    await heard(watcher, "t0 7.5")
    logistics.has_stream = True
    await heard(watcher, "data: live")
    assert logistics.asked[-1][0] == "41"
    logistics.is_down = True
    logistics.cut()
    await heard(watcher, "data: away")
    logistics.is_down = False
    await heard(watcher, "data: live")
    await hub.leave(watcher)


async def test_who_comes_back_hears_what_changed_meanwhile() -> None:
    """After the last event that came only what changed since is told, by another process as by this one."""
    logistics = Logistics(trips=2)
    hub = logistics.hub()
    first = a_watcher()
    hub.join(first)
    await heard(first, "t1 5.5")
    logistics.clock.advance(timedelta(minutes=1))
    await logistics.listened()
    logistics.tell(1, trip_id="t1", temperature_c=8.5)
    last = (await heard(first, "t1 8.5")).rpartition("id: ")[2].split("\n")[0]
    again, anew = a_watcher(), a_watcher()
    hub.join(again, last)
    hub.join(anew)
    # The last seconds are told once more; what is older is not.
    assert "t0" not in await heard(again, "t1 8.5")
    assert "t0 5.5" in await heard(anew, "t1 8.5")
    nonsense = a_watcher()
    hub.join(nonsense, "x" * 19)
    await heard(nonsense, "t0 5.5")
    for each in (first, again, anew, nonsense):
        await hub.leave(each)


async def test_the_stream_goes_on_with_another_watchers_token() -> None:
    """A watcher whose token is over is let go; the next stream is asked for with one that holds."""
    logistics = Logistics()
    hub = logistics.hub()
    soon, later = a_watcher("soon", NOW.timestamp() + 60), a_watcher("later", NOW.timestamp() + 30)
    hub.join(soon)
    hub.join(later)
    await logistics.listened()
    assert logistics.asked[0][1] == "Bearer soon"
    third = a_watcher("third", NOW.timestamp() + 600)
    hub.join(third)
    logistics.clock.advance(timedelta(seconds=90))
    logistics.cut()
    async with asyncio.timeout(20):
        while await later.next() is not None:
            pass
    await logistics.listened()
    assert logistics.asked[-1][1] == "Bearer third"
    await hub.close()


async def test_pages_hear_that_they_are_heard() -> None:
    """While nothing changes a comment comes now and then, so that no proxy takes the connection for dead."""
    hub = Logistics().hub(Pace(look_s=30.0, ping_s=0.01))
    watcher = a_watcher()
    hub.join(watcher)
    await heard(watcher, ": ping\n\n")
    await hub.close()


async def test_a_trip_that_is_no_more_is_taken_off() -> None:
    """A day that is planned anew has other trips."""
    logistics = Logistics(trips=2)
    hub = logistics.hub()
    watcher = a_watcher()
    hub.join(watcher)
    await heard(watcher, "t1 5.5")
    logistics.trips = [a_trip("t1"), a_trip("t5")]
    logistics.has_stream = False
    logistics.cut()
    assert "event: gone\ndata: t0" in await heard(watcher, "t5 None")
    await hub.close()


async def test_a_slow_page_gets_the_newest_and_knows_what_it_missed() -> None:
    """Of a trip only the newest row waits; beyond so many rows the oldest is dropped, and the page loads anew."""
    watcher = a_watcher()
    for number in range(MOST_WAITING):
        for _ in range(3):
            watcher.offer(Update(number, f"t{number}", DAY, None))
    news = (await watcher.next() or b"").decode()
    assert (news.count("event: gone"), "missed" in news) == (MOST_WAITING, False)
    watcher.offer(Update(1, "other day", "2026-12-01", None))
    for number in range(MOST_WAITING + 5):
        watcher.offer(Update(number, f"t{number}", DAY, None))
    news = (await watcher.next() or b"").decode()
    assert (news.count("event: gone"), news.count("event: missed")) == (MOST_WAITING, 1)
    assert "data: t4\n" not in news


async def test_frames_are_read_as_browsers_read_them() -> None:
    """Comments are no events, data of several lines is one, an id holds until the next."""

    async def lines() -> object:
        for line in (": alive", "", "id: 1", "event: trip", "data: a", "data:b", "", "data: c", "", "data: cut off"):
            yield line

    found = [each async for each in frames(lines())]  # type: ignore[arg-type]
    assert found == [Frame("1", "trip", ["a", "b"]), Frame("1", "message", ["c"])]
