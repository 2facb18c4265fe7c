"""What the backbone promises, on SQLite with the embedded bus and on PostgreSQL with Kafka."""

import asyncio
import json

import pytest

from shared.errors import AlreadyDone
from shared.events import Event
from shared.messaging import dead_letters
from shared.messaging.bus import dead_letter_topic
from shared.messaging.envelope import Record, encode
from shared.messaging.relay import Relay
from tests.contracts.backend import LOGISTICS, ORDERS, Backend, CutBus, cancellation, once, order, placed


class TestOutbox:
    """Nobody publishes but the relay, and only what was committed."""

    async def test_what_is_committed_is_told(self, service: Backend) -> None:
        """An event reaches the bus with its unit of work, once the relay has run, and leaves the outbox."""
        await service.tell(order("coop-a", 1))
        assert await service.waiting() == 1
        assert await service.relay.drain() == 1
        assert await service.waiting() == 0
        (record,) = await service.on_bus(ORDERS, 1)
        assert record.key == "coop-a"

    async def test_what_is_undone_is_not_told(self, service: Backend) -> None:
        """A unit of work that fails after telling leaves neither rows nor events."""

        async def fail() -> None:
            async with service.transactions().begin() as uow:
                uow.emit(order("coop-a", 1))
                await uow.write_outbox()
                raise RuntimeError("hail")

        with pytest.raises(RuntimeError, match="hail"):
            await fail()
        assert await service.waiting() == 0

    async def test_a_bus_that_is_down_loses_nothing(self, service: Backend) -> None:
        """What could not be published stays in the outbox, in order, and goes out when the bus is back."""
        await service.tell(*(order("coop-a", number) for number in range(3)))
        cut = CutBus(service.bus)
        relay = Relay(service.database, cut, service.metrics)
        with pytest.raises(ConnectionResetError):
            await relay.drain()
        assert await service.waiting() == 3
        cut.after_publish = cut.before_publish = False
        assert await relay.drain() == 3

    async def test_a_relay_that_dies_after_publishing_repeats_itself(self, service: Backend) -> None:
        """Published but not deleted is published again; the inbox sees to it that it counts once."""
        await service.tell(*(order("coop-a", number) for number in range(3)))
        cut = CutBus(service.bus)
        cut.before_publish, cut.after_publish = False, True
        with pytest.raises(ConnectionResetError):
            await Relay(service.database, cut, service.metrics).drain()
        await service.relay.drain()
        assert len(await service.on_bus(ORDERS, 6)) == 6
        await service.drain(service.consumer())
        assert await service.seen() == {"coop-a": placed(0, 1, 2)}

    async def test_one_unit_of_work_tells_in_order(self, service: Backend) -> None:
        """Events of one unit of work leave in the order they were emitted."""
        await service.tell(*(order("coop-a", number) for number in range(50)))
        await service.relay.drain()
        await service.drain(service.consumer())
        assert await service.seen() == {"coop-a": placed(*range(50))}

    async def test_two_relays_keep_a_key_in_order(self, service: Backend) -> None:
        """Two relays on one outbox, while it is being written: every event once, each key in its order."""
        relays = [Relay(service.database, service.bus, service.metrics) for _ in range(2)]
        if service.database.dialect == "sqlite":
            relays = relays[:1]  # a SQLite file belongs to one process, which has one relay
        told = 0
        writing = True

        async def write() -> None:
            nonlocal told, writing
            for number in range(40):
                await service.tell(*(order(f"coop-{coop}", number) for coop in range(12)))
                told += 12
            writing = False

        async def publish(relay: Relay) -> None:
            while writing or await service.waiting():
                await relay.publish_batch()
                await asyncio.sleep(0)

        await asyncio.gather(write(), *(publish(relay) for relay in relays))
        await service.drain(service.consumer())
        assert await service.seen() == {f"coop-{coop}": placed(*range(40)) for coop in range(12)}
        assert len(await service.on_bus(ORDERS, told)) == told

    async def test_the_relay_runs_by_itself(self, service: Backend) -> None:
        """A running relay is woken by a unit of work and survives a bus that fails for a while."""
        cut = CutBus(service.bus)
        relay = Relay(service.database, cut, service.metrics)
        running = asyncio.create_task(relay.run())
        await service.tell(order("coop-a", 1))
        await asyncio.sleep(0.3)
        assert await service.waiting() == 1
        cut.before_publish = False
        assert len(await service.on_bus(ORDERS, 1)) == 1
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class TestConsumer:
    """At least once on the wire, exactly once in effect."""

    async def test_a_second_delivery_has_no_second_effect(self, service: Backend) -> None:
        """The same event twice in a batch, and again in a later one, is handled once."""
        consumer = service.consumer()
        records = await service.publish(order("coop-a", 1), order("coop-a", 2))
        await service.bus.publish(records)
        await service.drain(consumer)
        await service.bus.publish(records)
        await service.drain(consumer)
        assert await service.seen() == {"coop-a": placed(1, 2)}

    async def test_runs_of_one_kind_stay_in_order_with_others(self, service: Backend) -> None:
        """Handlers of single events and of runs see a key's events in one order."""
        await service.publish(*(e for n in range(4) for e in (order("coop-a", n), cancellation("coop-a", n))))
        await service.drain(service.consumer())
        expected = [f"{kind} order-{number}" for number in range(4) for kind in ("OrderPlaced", "OrderCancelled")]
        assert await service.seen() == {"coop-a": expected}

    async def test_nothing_is_committed_before_it_is_handled(
        self, service: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A consumer that dies between handling and noting its place gets the events again, without effect."""
        consumer = service.consumer()
        await service.publish(order("coop-a", 1))
        await consumer.step(0)
        subscription = consumer.joined()

        async def die(_: object) -> None:
            raise ConnectionResetError("gone")

        await service.drain(consumer)
        await service.publish(order("coop-a", 2))
        monkeypatch.setattr(subscription, "commit", die)
        while len((await service.seen())["coop-a"]) < 2:
            await consumer.step(0.2)
        await consumer.close()
        again = service.consumer()
        await again.step(0.2)
        await service.drain(again)
        assert await service.seen() == {"coop-a": placed(1, 2)}

    async def test_what_was_polled_ahead_keeps_its_place(self, service: Backend) -> None:
        """A batch that fails is handled before the one that was fetched behind it, and none is left out."""
        service.failing = once("coop-1", 100, ConnectionResetError("the database is away"))
        await service.publish(*(order(f"coop-{coop}", number) for number in range(400) for coop in range(4)))
        await service.drain(service.consumer())
        assert await service.seen() == {f"coop-{coop}": placed(*range(400)) for coop in range(4)}
        assert await service.dead() == []

    async def test_a_replica_that_joins_takes_over_in_order(self, service: Backend) -> None:
        """While a consumer works, another joins and leaves: every event is handled once, each key in its order."""
        first, second = service.consumer(), service.consumer()
        expected = {f"coop-{coop}": placed(*range(80)) for coop in range(24)}
        await service.publish(*(order(f"coop-{coop}", number) for number in range(80) for coop in range(24)))
        await first.step(0.2)

        async def join_and_leave() -> None:
            for _ in range(3):
                await second.step(0.2)
            await second.close()

        joining = asyncio.create_task(join_and_leave())
        async with asyncio.timeout(30):
            while not joining.done() or await service.seen() != expected:
                await first.step(0.2)
        await joining
        await service.drain(first)
        assert await service.seen() == expected

    async def test_the_poison_one_does_not_stop_the_others(self, service: Backend) -> None:
        """An event that fails every time is dead-lettered; the others of its batch and of its key land."""
        service.failing = once("coop-a", 2, ValueError("rotten"), times=1_000)
        await service.publish(*(order("coop-a", n) for n in range(5)), *(order("coop-b", n) for n in range(3)))
        await service.drain(service.consumer())
        assert await service.seen() == {"coop-a": placed(0, 1, 3, 4), "coop-b": placed(0, 1, 2)}
        (letter,) = await service.dead()
        assert (letter.topic, letter.key, "rotten" in letter.error) == (ORDERS, "coop-a", True)

    async def test_a_poison_one_is_found_in_few_steps(self, service: Backend) -> None:
        """A bad event among hundreds is closed in on by halves: the good ones are not redone one by one."""
        tries: list[str] = []
        failing = once("coop-a", 77, ValueError("rotten"), times=1_000)

        def noted(event: Event) -> Exception | None:
            tries.append(event.key)
            return failing(event)

        service.failing = noted
        await service.publish(*(order("coop-a", number) for number in range(256)))
        await service.drain(service.consumer())
        assert await service.seen() == {"coop-a": placed(*range(77), *range(78, 256))}
        assert len(await service.dead()) == 1
        assert len(tries) < 3 * 256

    async def test_a_failure_that_passes_is_forgotten(self, service: Backend) -> None:
        """An event that fails twice and then works is handled, in its place, and not dead-lettered."""
        service.failing = once("coop-a", 1, ValueError("a passing cloud"), times=3)
        await service.publish(*(order("coop-a", number) for number in range(3)))
        await service.drain(service.consumer())
        assert await service.seen() == {"coop-a": placed(0, 1, 2)}
        assert await service.dead() == []

    async def test_bytes_that_are_no_event_are_kept(self, service: Backend) -> None:
        """Undecodable bytes go to the dead letters and their topic, with place and error; the rest is handled."""
        good = encode(order("coop-a", 1), service.clock.now())
        bad = Record(ORDERS, "coop-a", b"\xff\x00 no event", good.headers)
        nameless = Record(ORDERS, "coop-a", b"{}")
        foreign = Record(ORDERS, "coop-a", b"?", (("ce_type", b"procurement.OrderSung.v1"),))
        await service.bus.publish([bad, nameless, foreign, good])
        await service.drain(service.consumer())
        assert await service.seen() == {"coop-a": placed(1)}
        letters = await service.dead()
        assert [(letter.topic, letter.offset) for letter in letters] == [(ORDERS, 0), (ORDERS, 1)]
        await service.relay.drain()
        (told, _) = await service.on_bus(dead_letter_topic(LOGISTICS), 2)
        assert told.value == bad.value
        assert told.header("ce_id") == dict(good.headers)["ce_id"].decode()
        assert told.header("dlt_place") == f"{ORDERS}/{letters[0].partition}@0"
        assert "undecodable" in (told.header("dlt_error") or "")

    @pytest.mark.parametrize("of", ["id", "key"])
    @pytest.mark.parametrize("name", ["x" * 65, "a\x00b"], ids=["long", "no-text"])
    async def test_what_no_table_holds_is_kept_as_far_as_it_can_be(self, service: Backend, of: str, name: str) -> None:
        """An event whose id or key is longer than any of ours, or no text, stops no other: it is a dead letter."""
        good, odd = (encode(order("coop-a", number), service.clock.now()) for number in (1, 2))
        wire = json.loads(odd.value) | ({"id": name} if of == "id" else {})
        key = name if of == "key" else odd.key
        await service.bus.publish([odd._replace(key=key, value=json.dumps(wire).encode()), good])
        await service.drain(service.consumer())
        assert await service.seen() == {"coop-a": placed(1)}
        (letter,) = await service.dead()
        assert letter.key == key.replace("\x00", "\ufffd")[:64]
        await service.relay.drain()
        (told,) = await service.on_bus(dead_letter_topic(LOGISTICS), 1)
        assert json.loads(told.value) == wire

    async def test_a_place_is_buried_once(self, service: Backend) -> None:
        """Undecodable bytes read again after a crash are not kept twice."""
        consumer = service.consumer()
        await service.bus.publish([Record(ORDERS, "coop-a", b"{}")])
        while not await service.dead():
            await consumer.step(0.2)
        (record,) = await service.on_bus(ORDERS, 1)
        async with service.transactions().begin() as uow:
            await dead_letters.bury(uow, LOGISTICS, record, "again")
        assert len(await service.dead()) == 1
        assert await service.waiting() == 1

    async def test_a_dead_letter_is_replayed_once(self, service: Backend) -> None:
        """Once its cause is mended a dead letter is handled; a second replay is refused, a failing one stays."""
        consumer = service.consumer()
        service.failing = once("coop-a", 1, ValueError("rotten"), times=5)
        await service.publish(order("coop-a", 1))
        await service.drain(consumer)
        (letter,) = await service.dead()
        with pytest.raises(ValueError, match="rotten"):
            await consumer.replay(letter.id)
        service.failing = lambda event: None
        await consumer.replay(letter.id)
        with pytest.raises(AlreadyDone):
            await consumer.replay(letter.id)
        assert await service.seen() == {"coop-a": placed(1)}
        assert await service.dead() == []
