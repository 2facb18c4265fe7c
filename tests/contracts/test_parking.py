"""What lacks something waits, and the later ones of its key behind it."""

import asyncio
from datetime import timedelta

from tests.contracts.backend import Backend, cancellation, missing, once, order, placed


async def test_later_events_of_the_key_wait_behind(service: Backend) -> None:
    """Only the key that lacks something stops; when it is there, its events go on in their order."""
    service.failing = missing("coop-a", 1)
    consumer = service.consumer()
    await service.publish(*(order(coop, number) for number in range(4) for coop in ("coop-a", "coop-b")))
    await service.drain(consumer)
    await service.publish(order("coop-a", 4), cancellation("coop-a", 4), order("coop-b", 4))
    await service.drain(consumer)
    assert await service.seen() == {"coop-a": placed(0), "coop-b": placed(0, 1, 2, 3, 4)}
    assert await service.parked() == 5
    service.failing = lambda event: None
    service.clock.advance(timedelta(hours=1))
    assert await consumer.retry_parked() == 5
    expected = [*placed(0, 1, 2, 3, 4), "OrderCancelled order-4"]
    assert (await service.seen())["coop-a"] == expected
    assert await service.parked() == 0
    assert await service.dead() == []


async def test_retries_come_ever_later(service: Backend) -> None:
    """A parked event is tried after 5 s, then 10 s, 20 s … and at least once an hour."""
    tries = 0
    failing = missing("coop-a", 1)

    def count(event: object) -> Exception | None:
        nonlocal tries
        tries += 1
        return failing(event)  # type: ignore[arg-type]

    service.failing = count
    consumer = service.consumer()
    await service.publish(order("coop-a", 1))
    await service.drain(consumer)
    for wait in (5, 10, 20, 40):
        tries = 0
        service.clock.advance(timedelta(seconds=wait - 1))
        await consumer.retry_parked()
        assert tries == 0, f"tried before {wait} s were over"
        service.clock.advance(timedelta(seconds=1))
        await consumer.retry_parked()
        assert tries == 1, f"not tried after {wait} s"
    for _ in range(10):
        service.clock.advance(timedelta(hours=1))
        tries = 0
        await consumer.retry_parked()
        assert tries == 1


async def test_a_parked_event_that_is_wrong_does_not_block_its_key(service: Backend) -> None:
    """An event that fails three times when its turn comes is dead-lettered, and those behind it go on."""
    service.failing = missing("coop-a", 1)
    consumer = service.consumer()
    await service.publish(order("coop-a", 1), order("coop-a", 2))
    await service.drain(consumer)
    service.failing = once("coop-a", 1, ValueError("rotten"), times=3)
    assert await consumer.retry_parked(all_now=True) == 2
    assert await service.seen() == {"coop-a": placed(2)}
    assert [letter.key for letter in await service.dead()] == ["coop-a"]


async def test_a_parked_event_is_tried_as_often_as_others(service: Backend) -> None:
    """An event whose turn has come and that fails twice is handled the third time, in its order."""
    service.failing = missing("coop-a", 1)
    consumer = service.consumer()
    await service.publish(order("coop-a", 1), order("coop-a", 2))
    await service.drain(consumer)
    service.failing = once("coop-a", 1, ValueError("a passing cloud"), times=2)
    assert await consumer.retry_parked(all_now=True) == 2
    assert await service.seen() == {"coop-a": placed(1, 2)}
    assert await service.dead() == []


async def test_two_replicas_release_each_event_once(service: Backend) -> None:
    """Replicas that try parked events at the same moment handle each once, in order."""
    service.failing = missing("coop-a", 0)
    consumer = service.consumer()
    await service.publish(*(order("coop-a", number) for number in range(6)))
    await service.drain(consumer)
    service.failing = lambda event: None
    replicas = [consumer, service.consumer(), service.consumer()]
    handled = await asyncio.gather(*(replica.retry_parked(all_now=True) for replica in replicas))
    while await service.parked():
        handled.append(await consumer.retry_parked(all_now=True))
    assert sum(handled) == 6
    assert await service.seen() == {"coop-a": placed(*range(6))}
