"""Procurement's part in planning a county's week, with the events nutrition would tell."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.procurement.joint import queries
from services.procurement.joint.runs import run_waiting
from shared.events.nutrition import (
    CountyPlanEnded,
    CountyPlanRequested,
    DemandDrafted,
    DraftedLine,
    FoodWanted,
    PlanOutcome,
    RoundDrafted,
)
from shared.events.procurement import MarginalPricesPublished
from shared.ids import new_id
from tests.api.procurement.facts import AT, COUNTY, MONDAY, an_offer, no_dead_letters
from tests.conftest import WorldOf
from tests.world import World, ok, refused

MARKET = {"cabbage": 400, "egg": 1000, "tofu": 600}
WAIT = timedelta(minutes=10)


class Nutrition:
    """Plays nutrition's part for one county: two schools that cook either cabbage or egg."""

    def __init__(self, world: World, planning_id: str = "plan-1", county: str = COUNTY) -> None:
        self.world = world
        self.planning_id = planning_id
        self.county = county

    async def ask(self, **other: Any) -> CountyPlanRequested:
        """Ask for a week to be planned."""
        values: dict[str, Any] = {
            "planning_id": self.planning_id,
            "county_code": self.county,
            "week_start": MONDAY,
            "canteen_ids": ("school-1", "school-2"),
            "foods": tuple(FoodWanted(food_code=c, reference_price_fen_per_kg=p) for c, p in MARKET.items()),
            "most_rounds": 4,
            "wait_until": self.world.clock.now() + WAIT,
            "requested_at": AT,
        }
        event = CountyPlanRequested(**values | other)
        await self.tell(event)
        return event

    async def tell(self, *events: Any) -> None:
        """Tell something, and let everything happen that follows."""
        await self.world.publish(*events)
        await self.world.settle()

    def draft(self, number: int, school: str, food: str, kg: int = 60, day: date = MONDAY) -> DemandDrafted:
        """Return a draft that needs one food; with cabbage a menu lacks more."""
        return DemandDrafted(
            planning_id=self.planning_id,
            round=number,
            draft_id=f"{self.planning_id}-{number}-{school}",
            canteen_id=school,
            county_code=self.county,
            week_start=MONDAY,
            demand=(DraftedLine(food_code=food, delivery_day=day, quantity_g=kg * 1000),),
            shortfall_millipoints=300 if food == "cabbage" else 0,
            taste_millipoints=0,
            point_fen=10_000,
            cost_fen=kg * MARKET[food],
            bound_fen=1,
            drafted_at=AT,
        )

    def round(self, number: int, drafts: int = 2) -> RoundDrafted:
        """Return the end of a round."""
        return RoundDrafted(
            planning_id=self.planning_id,
            round=number,
            drafts=drafts,
            without=(),
            wait_until=self.world.clock.now() + WAIT,
            drafted_at=AT,
        )

    async def answer(self, number: int, *foods: str) -> None:
        """Answer a round of prices: what each school would cook."""
        drafts = [self.draft(number, f"school-{place}", food) for place, food in enumerate(foods, start=1)]
        await self.tell(*drafts, self.round(number, len(drafts)))

    def told(self) -> list[MarginalPricesPublished]:
        """Return the prices told for the plan so far."""
        all_told = self.world.told_of(MarginalPricesPublished)
        return [one for one in all_told if one.planning_id == self.planning_id]

    async def plan(self) -> dict[str, Any]:
        """Return what procurement says of the plan."""
        shown: dict[str, Any] = await ok(await self.world.client("procurement").get(f"/joint-plans/{self.planning_id}"))
        return shown


@pytest.fixture
async def nutrition(world_of: WorldOf) -> Nutrition:
    """Return a county that knows 100 kg of cabbage on offer at half the market's price."""
    world = await world_of("procurement")
    await world.publish(an_offer(), an_offer("other", county_code="520602", food_code="egg", price_fen_per_kg=1))
    await world.settle()
    return Nutrition(world)


async def test_a_request_is_answered_with_what_offers_and_the_market_take(nutrition: Nutrition) -> None:
    """The first prices are those of the cheapest offer of the county, else the market's; asked twice they come once."""
    request = await nutrition.ask()
    await nutrition.tell(request)
    (told,) = nutrition.told()
    assert (told.round, told.final, told.gap_permille, told.chosen) == (1, False, None, ())
    worth = {one.food_code: one for one in told.prices}
    assert {code: one.price_fen_per_kg for code, one in worth.items()} == {"cabbage": 200, "egg": 1000, "tofu": 600}
    assert (worth["cabbage"].poor_permille, worth["cabbage"].local_permille) == (600, 1000)
    assert {code: one.available_g for code, one in worth.items()} == {"cabbage": 100_000, "egg": None, "tofu": None}
    assert (await nutrition.plan())["status"] == "waiting"


async def test_a_round_is_taken_up_when_its_last_draft_is_there(nutrition: Nutrition) -> None:
    """Drafts travel by themselves: the end of their round may come before them, and each of them twice."""
    await nutrition.ask()
    one, other = (nutrition.draft(1, f"school-{number}", "cabbage") for number in (1, 2))
    await nutrition.tell(nutrition.round(1), one)
    await nutrition.tell(one, nutrition.round(1))
    assert len(nutrition.told()) == 1
    await nutrition.tell(other)
    assert [told.round for told in nutrition.told()] == [1, 2]
    await nutrition.tell(other, nutrition.round(1), one)
    assert len(nutrition.told()) == 2
    (first, second) = (await nutrition.plan())["rounds"]
    assert (first["drafts"], second["drafts"]) == (2, None)
    await no_dead_letters(nutrition.world)


async def test_what_is_scarce_gets_dearer_a_part_of_the_way(nutrition: Nutrition) -> None:
    """120 kg of 100 are asked for: one more has to come from the market, and the price moves 0.6 of the way."""
    await nutrition.ask()
    await nutrition.answer(1, "cabbage", "cabbage")
    worth = {one.food_code: one for one in nutrition.told()[-1].prices}
    assert worth["cabbage"].price_fen_per_kg == round(0.6 * 400 + 0.4 * 200)
    assert (worth["cabbage"].poor_permille, worth["cabbage"].available_g) == (0, 0)


async def test_rounds_end_with_one_draft_for_each_school_and_its_gain(nutrition: Nutrition) -> None:
    """After the last round each school is told its draft, the best of all rounds; of the two who first both wanted the
    cheap cabbage one has egg in the end only if that is better, and the run says what it gained.
    """
    await nutrition.ask(most_rounds=2)
    await nutrition.answer(1, "egg", "egg")
    await nutrition.answer(2, "cabbage", "egg")
    told = nutrition.told()
    assert [one.final for one in told] == [False, False, True]
    assert {one.canteen_id: one.draft_id for one in told[-1].chosen} == {
        "school-1": "plan-1-2-school-1",
        "school-2": "plan-1-1-school-2",
    }
    plan = await nutrition.plan()
    assert (plan["status"], plan["first_cost_fen"], plan["cost_fen"]) == ("done", 120_000, 60 * 200 + 60 * 1000)
    assert plan["cost_change"] == -0.4
    assert plan["poor_share_change"] == round(60 * 200 * 0.6 / 72_000, 4)
    assert plan["shortfall_change_millipoints"] == 150
    drafts = await ok(await nutrition.world.client("procurement").get("/joint-plans/plan-1/drafts?limit=1"))
    assert (len(drafts["items"]), drafts["next"]) == (1, "plan-1-1-school-2")
    await nutrition.tell(
        CountyPlanEnded(
            planning_id="plan-1",
            county_code=COUNTY,
            week_start=MONDAY,
            outcome=PlanOutcome.SETTLED,
            rounds=2,
            menus=2,
            reason="",
            ended_at=AT,
        )
    )
    plan = await nutrition.plan()
    assert (plan["status"], plan["outcome"], plan["menus"]) == ("done", "settled", 2)


async def test_menus_first_are_kept_where_they_are_better(nutrition: Nutrition) -> None:
    """Rounds that only made things worse change nothing: everybody's first draft is chosen, and the gain is nought."""
    await nutrition.ask(most_rounds=2)
    await nutrition.answer(1, "cabbage", "tofu")
    await nutrition.answer(2, "egg", "egg")
    assert {one.draft_id for one in nutrition.told()[-1].chosen} == {"plan-1-1-school-1", "plan-1-1-school-2"}
    plan = await nutrition.plan()
    assert (plan["cost_change"], plan["poor_share_change"], plan["shortfall_change_millipoints"]) == (0.0, 0.0, 0)


async def test_a_round_that_never_fills_up_ends_by_the_clock(nutrition: Nutrition) -> None:
    """Ten minutes after the last draft came the round goes on with what there is."""
    await nutrition.ask()
    nutrition.world.clock.advance(WAIT / 2)
    await nutrition.tell(nutrition.draft(1, "school-1", "cabbage"))
    nutrition.world.clock.advance(WAIT * 0.9)
    await nutrition.world.settle()
    assert len(nutrition.told()) == 1
    nutrition.world.clock.advance(WAIT * 0.1)
    await nutrition.world.settle()
    assert [one.final for one in nutrition.told()] == [False, False]
    assert (await nutrition.plan())["rounds"][0]["drafts"] == 1
    nutrition.world.clock.advance(WAIT)
    await nutrition.world.settle()
    assert [one.final for one in nutrition.told()] == [False, False, True]
    assert {one.canteen_id for one in nutrition.told()[-1].chosen} == {"school-1"}


async def test_where_nobody_drafts_the_last_prices_are_final(nutrition: Nutrition) -> None:
    """Nutrition is not left waiting: without any draft the plan fails, its prices stand, and nothing is chosen."""
    await nutrition.ask()
    nutrition.world.clock.advance(WAIT)
    await nutrition.world.settle()
    first, last = nutrition.told()
    assert (last.round, last.final, last.prices, last.chosen) == (2, True, first.prices, ())
    plan = await nutrition.plan()
    assert (plan["status"], plan["reason"]) == ("failed", "no menu was drafted in time")
    assert plan["cost_change"] is None


async def test_counties_are_planned_side_by_side(nutrition: Nutrition) -> None:
    """Each county has its own rounds, prices and offers."""
    other = Nutrition(nutrition.world, "plan-2", "520602")
    await nutrition.ask()
    await other.ask()
    await other.answer(1, "egg", "egg")
    assert [len(one.told()) for one in (nutrition, other)] == [1, 2]
    prices = [{p.food_code: p.price_fen_per_kg for p in one.told()[0].prices} for one in (nutrition, other)]
    assert [(one["cabbage"], one["egg"]) for one in prices] == [(200, 1000), (400, 100)]
    listed = await ok(await nutrition.world.client("procurement").get("/joint-plans", params={"limit": 1}))
    assert [one["planning_id"] for one in listed["items"]] == [listed["next"]] == ["plan-1"]
    of_county = await ok(
        await nutrition.world.client("procurement").get("/joint-plans", params={"county_code": "520602"})
    )
    assert [one["planning_id"] for one in of_county["items"]] == ["plan-2"]


async def test_another_replica_goes_on_where_one_died(nutrition: Nutrition) -> None:
    """A replica that took a round up and died is taken over after a minute; awake again it holds nothing any more."""
    await nutrition.ask()
    service = nutrition.world.services["procurement"]
    await nutrition.world.publish(*(nutrition.draft(1, f"school-{n}", "cabbage") for n in (1, 2)), nutrition.round(1))
    await nutrition.world.settle(jobs=False)
    async with service.begin() as uow:
        dead = await queries.claim(uow.session, new_id(), uow.now)
    assert dead is not None
    assert await run_waiting(service) == 0
    nutrition.world.clock.advance(queries.TAKEN_FOR_DEAD + timedelta(seconds=1))
    await nutrition.world.settle()
    assert [one.round for one in nutrition.told()] == [1, 2]
    async with service.begin() as uow:
        assert not await queries.holds(uow.session, dead, uow.now)


async def test_a_plan_called_off_leaves_nobody_waiting(nutrition: Nutrition) -> None:
    """Cancelled, the last prices are told as the final ones, once; what is over cannot be called off."""
    procurement = nutrition.world.client("procurement")
    refused(await procurement.post("/joint-plans/plan-1/cancel"), 404, "unknown-joint-plan")
    await nutrition.ask()
    for _ in range(2):
        plan = await ok(await procurement.post("/joint-plans/plan-1/cancel"))
        assert plan["status"] == "cancelled"
    await nutrition.answer(1, "cabbage", "cabbage")
    assert [(one.round, one.final) for one in nutrition.told()] == [(1, False), (2, True)]
    assert (await ok(await procurement.get("/joint-plans/plan-1/drafts")))["items"] == []
    nutrition.planning_id = "plan-2"
    await nutrition.ask()
    nutrition.world.clock.advance(WAIT)
    await nutrition.world.settle()
    refused(await procurement.post("/joint-plans/plan-2/cancel"), 409, "joint-plan-has-ended")


async def test_what_nutrition_has_ended_is_over(nutrition: Nutrition) -> None:
    """No more prices are told for a week that is settled or off; a request nobody waits for any more gets none."""
    await nutrition.ask()
    ended = CountyPlanEnded(
        planning_id="plan-1",
        county_code=COUNTY,
        week_start=MONDAY,
        outcome=PlanOutcome.CANCELLED,
        rounds=0,
        menus=0,
        reason="",
        ended_at=AT,
    )
    await nutrition.tell(ended)
    await nutrition.answer(1, "cabbage", "cabbage")
    assert len(nutrition.told()) == 1
    plan = await nutrition.plan()
    assert (plan["status"], plan["outcome"]) == ("cancelled", "cancelled")
    nutrition.planning_id = "plan-2"
    await nutrition.ask(wait_until=nutrition.world.clock.now())
    assert nutrition.told() == []
    assert (await nutrition.plan())["status"] == "failed"


async def test_the_prices_of_a_round_can_be_read(nutrition: Nutrition) -> None:
    """By food, page by page, beside the market's; a round that was not told is not found."""
    await nutrition.ask()
    procurement = nutrition.world.client("procurement")
    page = await ok(await procurement.get("/joint-plans/plan-1/rounds/1/prices", params={"limit": 2}))
    assert [(one["food_code"], one["price_fen_per_kg"]) for one in page["items"]] == [("cabbage", 200), ("egg", 1000)]
    assert (page["items"][0]["market_fen_per_kg"], page["items"][0]["left_g"]) == (400, 100_000)
    rest = await ok(await procurement.get("/joint-plans/plan-1/rounds/1/prices", params={"after": page["next"]}))
    assert [one["food_code"] for one in rest["items"]] == ["tofu"]
    refused(await procurement.get("/joint-plans/plan-1/rounds/2/prices"), 404, "unknown-round")
