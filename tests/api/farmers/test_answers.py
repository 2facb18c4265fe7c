"""Answers to orders: whole, in part, declined, by silence, twice, too late, at the same moment."""

import asyncio
from datetime import timedelta

from shared.events.farmers import OrderAccepted, OrderDeclined, OrderPartlyAccepted
from tests.api.farmers.builders import DEADLINE, a_county, line, offer, order_of, placed, post, promised, put
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_accepting_confirms_all_that_is_promised(world_of: WorldOf) -> None:
    """An accepted order confirms every gram ordered, tells it once, and keeps the grams promised."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.settle()
    assert await promised(world) == 40_000
    answer = await post(world, "/orders/order-1/accept")
    assert (answer["status"], answer["lines"][0]["confirmed_g"]) == ("accepted", 40_000)
    await world.settle()
    (told,) = world.told_of(OrderAccepted)
    assert (told.order_id, told.order_version, told.lines[0].confirmed_g) == ("order-1", 1, 40_000)
    assert await promised(world) == 40_000
    assert (await order_of(world))["status"] == "accepted"


async def test_what_an_offer_lacks_cannot_be_confirmed(world_of: WorldOf) -> None:
    """An order for more than the offer has left can be accepted for what is left, and not for a gram more."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed("order-1", line(ordered_g=70_000)), placed("order-2", line(ordered_g=50_000)))
    await world.settle()
    body = {"lines": [{"line_id": "line-1", "confirmed_g": 30_001}], "reason": "all we have"}
    problem = refused(
        await world.client("farmers").post("/orders/order-2/accept", json=body), 422, "more-than-promised"
    )
    assert problem["field"] == "lines.0.confirmed_g"
    await post(world, "/orders/order-2/accept")
    await world.settle()
    (told,) = world.told_of(OrderPartlyAccepted)
    assert (told.reason, told.lines[0].confirmed_g) == ("offer-exhausted", 30_000)
    assert await promised(world) == 100_000


async def test_a_part_names_its_lines_and_its_reason(world_of: WorldOf) -> None:
    """A part confirms the grams of the lines named and nothing of the others, and releases the rest at once."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/offers", offer("off-2", food_code="potato"))
    lines = (line(), line("line-2", 20_000, food_code="potato", offer_id="off-2"))
    await world.publish(placed("order-1", *lines))
    await world.settle()
    body = {"lines": [{"line_id": "line-1", "confirmed_g": 10_000}]}
    client = world.client("farmers")
    refused(await client.post("/orders/order-1/accept", json=body), 422, "reason-required")
    answer = await ok(await client.post("/orders/order-1/accept", json=body | {"reason": "hail"}))
    assert [one["confirmed_g"] for one in answer["lines"]] == [10_000, 0]
    assert (await promised(world), await promised(world, "off-2")) == (10_000, 0)
    await world.settle()
    (told,) = world.told_of(OrderPartlyAccepted)
    assert (told.reason, [one.confirmed_g for one in told.lines]) == ("hail", [10_000, 0])


async def test_bad_answers_change_nothing(world_of: WorldOf) -> None:
    """More than ordered, nothing at all, unknown or doubled lines and unknown orders are refused by name."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.settle()
    client = world.client("farmers")

    async def try_lines(*lines: tuple[str, int]) -> tuple[int, str, str | None]:
        named = [{"line_id": name, "confirmed_g": grams} for name, grams in lines]
        answer = await client.post("/orders/order-1/accept", json={"lines": named, "reason": "so"})
        problem = answer.json()
        return answer.status_code, problem["rule"], problem.get("field")

    assert await try_lines(("line-1", 40_001)) == (422, "more-than-ordered", "lines.0.confirmed_g")
    assert await try_lines(("line-1", 0)) == (422, "use-decline", "lines")
    assert await try_lines(("line-9", 1)) == (404, "unknown-order-line", "lines.0.line_id")
    assert await try_lines(("line-1", 1), ("line-1", 2)) == (422, "line-twice", "lines.1.line_id")
    assert (await try_lines(("line-1", -1)))[:2] == (422, "invalid-input")
    refused(await client.post("/orders/order-1/decline", json={"reason": ""}), 422, "invalid-input")
    refused(await client.post("/orders/order-1/decline", json={}), 422, "invalid-input")
    refused(await client.post("/orders/order-1/accept", json={"all": True}), 422, "invalid-input")
    refused(await client.post("/orders/order-9/accept", json={}), 404, "unknown-order")
    assert (await order_of(world))["status"] == "to_answer"
    assert await promised(world) == 40_000


async def test_the_same_answer_again_is_the_same_answer(world_of: WorldOf) -> None:
    """A second identical answer returns the first result and tells nothing; a different one is refused."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed(), placed("order-2", line(ordered_g=10_000)))
    await world.settle()
    client = world.client("farmers")
    first = await post(world, "/orders/order-1/accept")
    named = {"lines": [{"line_id": "line-1", "confirmed_g": 40_000}]}
    assert await post(world, "/orders/order-1/accept") == first
    assert await post(world, "/orders/order-1/accept", **named) == first
    less = {"lines": [{"line_id": "line-1", "confirmed_g": 1}], "reason": "less"}
    refused(await client.post("/orders/order-1/accept", json=less), 409, "already-answered")
    refused(await client.post("/orders/order-1/decline", json={"reason": "no"}), 409, "already-answered")
    declined = await post(world, "/orders/order-2/decline", reason="flood")
    assert await post(world, "/orders/order-2/decline", reason="flood") == declined
    refused(await client.post("/orders/order-2/decline", json={"reason": "hail"}), 409, "already-answered")
    await world.settle()
    assert (len(world.told_of(OrderAccepted)), len(world.told_of(OrderDeclined))) == (1, 1)
    assert await promised(world) == 40_000


async def test_two_clerks_cannot_answer_differently(world_of: WorldOf) -> None:
    """Of answers given at the same moment one counts, and what others say is told once."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.settle()
    client = world.client("farmers")
    answers = await asyncio.gather(
        client.post("/orders/order-1/accept", json={}),
        client.post("/orders/order-1/decline", json={"reason": "no"}),
        client.post("/orders/order-1/accept", json={}),
        client.post("/orders/order-1/decline", json={"reason": "no"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409]
    await world.settle()
    assert len(world.told_of(OrderAccepted)) + len(world.told_of(OrderDeclined)) == 1


async def test_an_answer_sent_twice_with_one_key_counts_once(world_of: WorldOf) -> None:
    """A request repeated with its Idempotency-Key gets the stored answer; another body under the key is refused."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed())
    await world.settle()
    client, key = world.client("farmers"), {"Idempotency-Key": "tap-1"}
    first = await client.post("/orders/order-1/accept", json={}, headers=key)
    again = await client.post("/orders/order-1/accept", json={}, headers=key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    other = await client.post("/orders/order-1/accept", json={"reason": "x"}, headers=key)
    refused(other, 422, "idempotency-key-reused")


async def test_silence_is_a_decline(world_of: WorldOf) -> None:
    """An order nobody answered by its deadline is declined by silence, once, and gives back what it was promised."""
    world = await world_of("farmers")
    await a_county(world)
    orders = [placed(f"order-{n:03d}", line(ordered_g=100)) for n in range(620)]
    await world.publish(*orders, placed("later", line(ordered_g=100), answer_by=DEADLINE + timedelta(days=9)))
    await world.settle()
    assert await promised(world) == 62_100
    world.clock.move_to(DEADLINE)
    await world.settle()
    assert world.told_of(OrderDeclined) == []
    world.clock.advance(timedelta(seconds=1))
    service = world.services["farmers"]
    assert sum(await asyncio.gather(service.run_jobs(), service.run_jobs())) == 620
    await world.settle()
    told = world.told_of(OrderDeclined)
    assert len({one.order_id for one in told}) == len(told) == 620
    assert {(one.reason, one.by_silence) for one in told} == {("silence", True)}
    assert await promised(world) == 100
    client = world.client("farmers")
    refused(await client.post("/orders/order-001/accept", json={}), 409, "too-late")


async def test_an_answer_after_the_deadline_is_too_late(world_of: WorldOf) -> None:
    """The deadline counts even before the job has looked; the deadline itself is in time."""
    world = await world_of("farmers")
    await a_county(world)
    await world.publish(placed(), placed("order-2", line(ordered_g=100)))
    await world.settle()
    world.clock.move_to(DEADLINE)
    await post(world, "/orders/order-2/accept")
    world.clock.advance(timedelta(seconds=1))
    client = world.client("farmers")
    refused(await client.post("/orders/order-1/accept", json={}), 409, "too-late")
    refused(await client.post("/orders/order-1/decline", json={"reason": "no"}), 409, "too-late")
