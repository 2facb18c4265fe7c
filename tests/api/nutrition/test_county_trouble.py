"""Planning a county's week when replicas die, schools are closed and people change their minds."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from services.nutrition.menus import usecases as publishing
from services.nutrition.rounds import answering, queries
from services.nutrition.rounds.domain import Prices, Status
from services.nutrition.rounds.reading import Remembered
from services.nutrition.rounds.runs import CountyPlans
from shared.events.nutrition import CountyPlanEnded, DemandDrafted, PlanOutcome, RoundDrafted
from shared.ids import new_id
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from shared.workers import Cancelled, Workers
from tests import builders as b
from tests.api.nutrition.small_county import SCHOOLS, SmallCounty, asked, drafts, menus, needed, prices, tell
from tests.conftest import WorldOf
from tests.world import ok, refused


@pytest.fixture
async def county(world_of: WorldOf) -> SmallCounty:
    """Return the tiny county."""
    return await SmallCounty(await world_of("nutrition")).tiny()


class Failing:
    """The workers of a replica that is killed when it asks for its second piece of work."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.asked = 0

    async def run(self, *arguments: Any) -> Any:
        """Do the first piece of work, and die of the second."""
        self.asked += 1
        if self.asked == 2:
            raise OSError("killed")
        return await self._workers.run(*arguments)


def service_of(county: SmallCounty) -> Service:
    """Return nutrition."""
    return county.world.services["nutrition"]


async def test_a_replica_that_dies_while_drafting(county: SmallCounty, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a minute another goes on with the classes that are missing: each school's draft is told once."""
    planning_id = await county.request()
    service = service_of(county)
    monkeypatch.setattr(answering, "CHUNK", 1)
    await county.world.publish(prices(planning_id, 1))
    await county.world.settle(jobs=False)
    workers = service.workers
    monkeypatch.setattr(service, "workers", Failing(workers))
    with pytest.raises(OSError, match="killed"):
        await CountyPlans().run_waiting(service)
    monkeypatch.setattr(service, "workers", workers)
    await county.world.settle()
    some = county.world.told_of(DemandDrafted)
    assert 0 < len(some) < 3
    assert (await county.read(planning_id))["status"] == "running"
    assert county.world.told_of(RoundDrafted) == []
    county.world.clock.advance(timedelta(seconds=61))
    await county.world.settle()
    assert sorted(drafts(county, 1)) == SCHOOLS
    assert [one for one in county.world.told_of(DemandDrafted) if one.draft_id in {of.draft_id for of in some}] == some
    (done,) = county.world.told_of(RoundDrafted)
    assert (done.drafts, done.without) == (3, ())
    assert (await county.read(planning_id))["status"] == "waiting"


async def test_a_replica_that_dies_while_making_menus(county: SmallCounty, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a minute another makes the menus that are missing; those that were made stand."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1))
    publish, made = publishing.publish_menu, list[str]()

    async def killed(uow: UnitOfWork, canteen_id: str, *arguments: Any) -> Any:
        made.append(canteen_id)
        if len(made) == 2:
            raise OSError("killed")
        return await publish(uow, canteen_id, *arguments)

    monkeypatch.setattr(publishing, "publish_menu", killed)
    await county.world.publish(prices(planning_id, 2, chosen={}))
    await county.world.settle(jobs=False)
    with pytest.raises(OSError, match="killed"):
        await CountyPlans().run_waiting(service_of(county))
    await county.world.settle()
    assert sorted(menus(county)) == SCHOOLS[:1]
    county.world.clock.advance(timedelta(seconds=61))
    await county.world.settle()
    assert {one: asked(menu) for one, menu in menus(county).items()} == {
        one: needed(draft) for one, draft in drafts(county, 1).items()
    }
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.menus) == (PlanOutcome.SETTLED, 3)


async def test_a_replica_that_was_taken_for_dead_changes_nothing(county: SmallCounty) -> None:
    """Who wakes up after another has taken the plan over is fenced off: it keeps and tells nothing."""
    planning_id = await county.request()
    await county.world.publish(prices(planning_id, 1))
    await county.world.settle(jobs=False)
    service = service_of(county)
    async with service.begin() as uow:
        sleeper = await queries.claim(uow.session, new_id(), uow.now)
    assert sleeper is not None
    assert (sleeper.planning_id, sleeper.status) == (planning_id, Status.RUNNING)
    await county.world.settle()
    assert county.world.told_of(DemandDrafted) == []
    county.world.clock.advance(timedelta(seconds=61))
    await county.world.settle()
    before = len(county.world.told)
    hand = answering.InHand(service, sleeper, Remembered())
    with pytest.raises(Cancelled):
        await answering.Answering(hand).answer()
    await county.world.settle()
    assert len(county.world.told) == before
    assert hand.progress.permille < 1000


async def test_a_plan_called_off_while_it_is_drafted(county: SmallCounty, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is being drafted when somebody calls the plan off is neither kept nor told."""
    planning_id = await county.request()
    run, service = county.world.services["nutrition"].workers.run, service_of(county)

    async def called_off(*arguments: Any) -> Any:
        done = await run(*arguments)
        await ok(await county.http.post(f"/county-plans/{planning_id}/cancel"))
        return done

    monkeypatch.setattr(service.workers, "run", called_off)
    await tell(county, prices(planning_id, 1))
    assert county.world.told_of(DemandDrafted) == []
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.rounds) == (PlanOutcome.CANCELLED, 0)
    assert (await county.read(planning_id))["status"] == "cancelled"


async def test_newer_prices_that_come_while_it_is_drafted(county: SmallCounty, monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait until the round in hand is answered, and are answered next."""
    planning_id = await county.request()
    run, service, told = county.world.services["nutrition"].workers.run, service_of(county), list[int]()

    async def overtaken(*arguments: Any) -> Any:
        done = await run(*arguments)
        if not told:
            told.append(2)
            await county.world.publish(prices(planning_id, 2))
            await county.world.settle(jobs=False)
        return done

    monkeypatch.setattr(service.workers, "run", overtaken)
    await tell(county, prices(planning_id, 1))
    assert sorted(drafts(county, 1)) == sorted(drafts(county, 2)) == SCHOOLS
    assert [one.round for one in county.world.told_of(RoundDrafted)] == [1, 2]


async def test_a_school_without_a_school_day(county: SmallCounty) -> None:
    """A school that is closed all week gets no menu and the reason; one closed for a day is planned without it."""
    closed = [{"canteen_id": "sch-2", "day": day, "kind": "event"} for day in b.WEEK]
    closed.append({"canteen_id": "sch-3", "day": b.WEEK[0], "kind": "event"})
    answer = await ok(await county.http.put("/closures", json={"rows": closed}))
    assert answer["refused"] == []
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1))
    (done,) = county.world.told_of(RoundDrafted)
    assert (done.drafts, done.without) == (2, ("sch-2",))
    days = {line.delivery_day.isoformat() for line in drafts(county, 1)["sch-3"].demand}
    assert b.WEEK[0] not in days
    assert b.WEEK[1] in days
    await tell(county, prices(planning_id, 2, chosen={}))
    assert sorted(menus(county)) == ["sch-1", "sch-3"]
    assert "no school on any of the days" in (await county.outcomes(planning_id))[1]["reason"]


async def test_a_county_on_holiday_is_not_planned(county: SmallCounty) -> None:
    """A week without any school day is refused before anybody is asked for prices."""
    days = [
        {"county_code": b.COUNTY, "day": day, "name_zh": "假", "name_en": "holiday", "kind": "holiday"}
        for day in b.WEEK
    ]
    answer = await ok(await county.http.put("/holidays", json={"rows": days}))
    assert answer["refused"] == []
    body = {"county_code": b.COUNTY, "week_start": b.MONDAY}
    answer = await county.http.post("/county-plans", json=body)
    assert refused(answer, 422, "no-school-days")["field"] == "week_start"


async def test_two_ask_for_the_same_week_at_once(county: SmallCounty) -> None:
    """One of two who ask for the same county and week at the same moment is refused; whoever buys hears of one plan."""
    body = {"county_code": b.COUNTY, "week_start": b.MONDAY}
    answers = await asyncio.gather(*(county.http.post("/county-plans", json=body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [202, 409]


async def test_drafts_are_kept_once(county: SmallCounty) -> None:
    """A draft that is written again, by a replica that knows nothing of the first, stays as it was and is not told."""
    planning_id = await county.request()
    await tell(county, prices(planning_id, 1))
    service = service_of(county)
    async with service.begin(read_only=True) as uow:
        plan = await queries.plan(uow.session, planning_id)
        assert plan is not None
        kept = await queries.drafts_of(uow.session, planning_id, SCHOOLS)
    ((first,), *_) = kept.values()
    row = {
        "draft_id": first.draft_id,
        "planning_id": planning_id,
        "round": 1,
        "canteen_id": first.canteen_id,
        "meals": [],
        "bought_g": {},
        "shortfall_millipoints": 0,
        "taste_millipoints": 0,
        "point_fen": 1,
        "cost_fen": 1,
        "pupils": 1,
    }
    async with service.begin() as uow:
        assert await queries.add_drafts(uow, [row]) == set()
    async with service.begin(read_only=True) as uow:
        assert await queries.drafts_of(uow.session, planning_id, SCHOOLS) == kept
    assert Prices.MARGINAL in {read["prices"] for read in (await county.read(planning_id))["rounds"]}
