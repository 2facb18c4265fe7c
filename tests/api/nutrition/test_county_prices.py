"""Rounds of planning a county's week: prices come, drafts answer them, final prices settle it; some come too late."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from shared.events.nutrition import (
    CountyPlanEnded,
    DemandDrafted,
    MenuPublished,
    PlanOutcome,
    RoundDrafted,
)
from shared.events.procurement import MarginalPricesPublished
from tests import builders as b
from tests.api.nutrition.small_county import (
    MONDAY,
    SCHOOLS,
    USUAL,
    SmallCounty,
    asked,
    drafts,
    menus,
    needed,
    prices,
    tell,
)
from tests.conftest import WorldOf
from tests.world import ok


@pytest.fixture
async def county(world_of: WorldOf) -> SmallCounty:
    """Return the tiny county."""
    return await SmallCounty(await world_of("nutrition")).tiny()


async def test_each_round_is_answered_once_by_every_school(county: SmallCounty) -> None:
    """Prices are answered by one draft a school and a word that these are all; the next round is waited for anew."""
    planning_id = await county.request()
    for number in (1, 2):
        county.world.clock.advance(timedelta(minutes=9))
        await tell(county, prices(planning_id, number))
        told = drafts(county, number)
        assert sorted(told) == SCHOOLS
        (done,) = [one for one in county.world.told_of(RoundDrafted) if one.round == number]
        assert (done.drafts, done.without, done.wait_until - done.drafted_at) == (3, (), timedelta(minutes=10))
        plan = await county.read(planning_id)
        assert (plan["status"], plan["round"], plan["drafted"]) == ("waiting", number, number)
        (read,) = [one for one in plan["rounds"] if one["round"] == number]
        assert (read["classes"], read["drafts"], read["prices"]) == (2, 3, "marginal")
        assert read["cost_fen"] == sum(one.cost_fen for one in told.values())
        assert read["gap_permille"] == plan["gap_permille"] == 100 // number


async def test_schools_of_a_class_get_the_same_menu_for_their_own_pupils(county: SmallCounty) -> None:
    """100 and 60 pupils of the same age eat the same, in that proportion; the older ones may eat something else."""
    planning_id = await county.request()
    await tell(county, prices(planning_id, 1))
    first, second, older = drafts(county, 1).values()
    assert needed(first).keys() == needed(second).keys()
    for key, grams in needed(first).items():
        assert abs(needed(second)[key] - 0.6 * grams) <= 1
    assert first.shortfall_millipoints == second.shortfall_millipoints
    assert first.point_fen * 60 == second.point_fen * 100
    assert sum(needed(older).values()) > 0.9 * sum(needed(first).values())


async def test_prices_decide_what_is_drafted(county: SmallCounty) -> None:
    """What one more kilogram of is worth ten times as much is drafted less, and drafts say what they cost."""
    planning_id = await county.request()
    await tell(county, prices(planning_id, 1))
    dear = USUAL | {"egg": 3900, "pork": 3900}
    await tell(county, prices(planning_id, 2, dear))
    for number, fen in ((1, USUAL), (2, dear)):
        for draft in drafts(county, number).values():
            cost = sum(line.quantity_g * fen[line.food_code] for line in draft.demand) / 1000
            assert draft.cost_fen == pytest.approx(cost, abs=len(draft.demand))
            comes_to = (draft.shortfall_millipoints + draft.taste_millipoints) * draft.point_fen / 1000 + cost
            assert draft.bound_fen is not None
            assert draft.bound_fen <= comes_to + draft.point_fen / 500
    eaten = [
        sum(
            grams
            for draft in drafts(county, number).values()
            for (_, food), grams in needed(draft).items()
            if food in dear and dear[food] > 400
        )
        for number in (1, 2)
    ]
    assert eaten[1] < eaten[0]


async def test_final_prices_settle_the_week(county: SmallCounty) -> None:
    """Each school gets one whole menu: the draft chosen for it, gram by gram; then the county's plan is over."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1))
    await tell(county, prices(planning_id, 2, USUAL | {"egg": 3900}))
    chosen = {
        "sch-1": drafts(county, 1)["sch-1"],
        "sch-2": drafts(county, 2)["sch-2"],
        "sch-3": drafts(county, 1)["sch-3"],
    }
    await tell(county, prices(planning_id, 3, chosen={one: draft.draft_id for one, draft in chosen.items()}))
    assert {one: asked(menu) for one, menu in menus(county).items()} == {one: needed(d) for one, d in chosen.items()}
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.rounds, ended.menus) == (PlanOutcome.SETTLED, 2, 3)
    plan = await county.read(planning_id)
    assert (plan["status"], plan["outcome"], plan["menus"], plan["progress_permille"]) == ("done", "settled", 3, 1000)
    rows = await county.outcomes(planning_id)
    assert [(row["canteen_id"], row["round"], row["reason"]) for row in rows] == [
        ("sch-1", 1, ""),
        ("sch-2", 2, ""),
        ("sch-3", 1, ""),
    ]
    assert {row["menu_id"] for row in rows} == {menu.menu_id for menu in menus(county).values()}


async def test_where_nothing_is_chosen_the_best_draft_is_taken(county: SmallCounty) -> None:
    """At the final prices each school takes the draft that comes to least; a choice that is nobody's draft is none."""
    planning_id = await county.request(publish=True)
    cheap_eggs, cheap_tofu = USUAL | {"egg": 41, "tofu": 3900}, USUAL | {"egg": 3900, "tofu": 41}
    await tell(county, prices(planning_id, 1, cheap_eggs))
    await tell(county, prices(planning_id, 2, cheap_tofu))
    wrong = {"sch-1": "nobody", "sch-2": drafts(county, 1)["sch-1"].draft_id}
    await tell(county, prices(planning_id, 3, cheap_tofu, chosen=wrong))
    for school, menu in menus(county).items():
        options = [drafts(county, number)[school] for number in (1, 2)]
        best = min(options, key=lambda one: comes_to(one, cheap_tofu))
        assert asked(menu) == needed(best)
    assert asked(menus(county)["sch-1"]) == needed(drafts(county, 2)["sch-1"])


def comes_to(draft: DemandDrafted, fen: Mapping[str, int]) -> float:
    """Return what a draft comes to at some prices."""
    points = (draft.shortfall_millipoints + draft.taste_millipoints) * draft.point_fen / 1000
    return points + sum(line.quantity_g * fen[line.food_code] / 1000 for line in draft.demand)


async def test_final_prices_at_once(county: SmallCounty) -> None:
    """Whoever buys may know the prices from the start: then each school's one draft is its menu."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1, chosen={}))
    assert {one: asked(menu) for one, menu in menus(county).items()} == {
        one: needed(draft) for one, draft in drafts(county, 1).items()
    }
    assert (await county.read(planning_id))["outcome"] == "settled"


async def test_menus_are_drafts_unless_asked_for_otherwise(county: SmallCounty) -> None:
    """The canteen's staff see the menu before it is published: nobody orders anything yet."""
    planning_id = await county.request()
    await tell(county, prices(planning_id, 1), prices(planning_id, 2, chosen={}))
    assert county.world.told_of(MenuPublished) == []
    for row in await county.outcomes(planning_id):
        page = await ok(await county.http.get("/menu-drafts", params={"canteen_id": row["canteen_id"]}))
        (draft,) = page["items"]
        assert (draft["draft_id"], draft["origin"]) == (row["menu_draft_id"], "plan")


async def test_what_comes_late_or_twice_changes_nothing(county: SmallCounty) -> None:
    """A round told again, or after a higher one, is not answered; nor is anything after the week is settled."""
    planning_id = await county.request(publish=True)
    third = prices(planning_id, 3)
    await tell(county, third)
    before = len(county.world.told)
    again = prices(planning_id, 3, USUAL | {"egg": 4000})
    await tell(county, third, again, prices(planning_id, 1), prices(planning_id, 2, chosen={}))
    assert not [event for event in county.world.told[before:] if not isinstance(event, MarginalPricesPublished)]
    assert (await county.read(planning_id))["drafted"] == 3
    await tell(county, prices(planning_id, 4, chosen={}))
    before = len(county.world.told)
    await tell(county, prices(planning_id, 5), prices(planning_id, 6, chosen={}))
    assert not [event for event in county.world.told[before:] if not isinstance(event, MarginalPricesPublished)]
    assert len(menus(county)) == 3


async def test_the_newest_of_several_rounds_is_answered(county: SmallCounty) -> None:
    """Prices that are overtaken before anybody looked at them are not worth a draft."""
    planning_id = await county.request()
    await tell(county, prices(planning_id, 1), prices(planning_id, 2))
    assert {one.round for one in county.world.told_of(DemandDrafted)} == {2}


@pytest.mark.parametrize(
    "other", [{"of": "another"}, {"county_code": "520602"}, {"week_start": MONDAY + timedelta(days=7)}]
)
async def test_prices_of_another_plan(county: SmallCounty, other: dict[str, Any]) -> None:
    """Prices for another plan, county or week are not answered for this one."""
    planning_id = await county.request()
    await tell(county, prices(other.pop("of", planning_id), 1, **other))
    assert county.world.told_of(DemandDrafted) == []
    assert (await county.read(planning_id))["status"] == "waiting"


async def test_rounds_are_bounded(county: SmallCounty) -> None:
    """After eight rounds no more are answered; when final prices do not come in time, the last ones settle the week."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 7))
    await tell(county, prices(planning_id, 8, USUAL | {"egg": 3900}))
    await tell(county, prices(planning_id, 9))
    assert {one.round for one in county.world.told_of(DemandDrafted)} == {7, 8}
    county.world.clock.advance(timedelta(minutes=9))
    await county.world.settle()
    assert county.world.told_of(CountyPlanEnded) == []
    county.world.clock.advance(timedelta(minutes=1))
    await county.world.settle()
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.menus) == (PlanOutcome.BOUNDED, 3)
    assert len(menus(county)) == 3
    assert (await county.read(planning_id))["note"].startswith("planned at the prices of round 8")


async def test_final_prices_beyond_the_bound_count(county: SmallCounty) -> None:
    """The round that settles the week needs no further answer."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 8))
    await tell(county, prices(planning_id, 9, chosen={}))
    assert (await county.read(planning_id))["outcome"] == "settled"


async def test_without_prices_the_county_plans_alone(county: SmallCounty) -> None:
    """When no prices come, offers and the market's serve: every school has its menu, and the plan says so."""
    planning_id = await county.request(publish=True)
    county.world.clock.advance(timedelta(minutes=10))
    await county.world.settle()
    assert sorted(menus(county)) == SCHOOLS
    assert county.world.told_of(DemandDrafted) == []
    (ended,) = county.world.told_of(CountyPlanEnded)
    assert (ended.outcome, ended.rounds, ended.menus) == (PlanOutcome.ALONE, 0, 3)
    plan = await county.read(planning_id)
    assert plan["note"].startswith("planned without the farms")
    assert [(one["round"], one["prices"], one["drafts"]) for one in plan["rounds"]] == [(0, "quoted", 3)]


async def test_nonsense_prices_are_passed_over(county: SmallCounty) -> None:
    """Nothing, absurd or missing: such food costs what offers and the market say, and the round counts them."""
    planning_id = await county.request()
    nonsense = {"egg": 0, "pork": 10_000_000, "unicorn": 300, "rice": 400}
    await tell(county, prices(planning_id, 1, nonsense))
    assert sorted(drafts(county, 1)) == SCHOOLS
    (read,) = (await county.read(planning_id))["rounds"]
    assert (read["refused"], read["without"]) == (2, [])
    known = USUAL | {"cabbage": 200, "egg": 200, "tofu": 200}
    for draft in drafts(county, 1).values():
        cost = sum(line.quantity_g * known[line.food_code] for line in draft.demand) / 1000
        assert draft.cost_fen == pytest.approx(cost, abs=len(draft.demand))


async def test_no_prices_in_a_round_at_all(county: SmallCounty) -> None:
    """A round that names no price is answered at what nutrition knows by itself."""
    planning_id = await county.request()
    await tell(county, prices(planning_id, 1, {}))
    assert sorted(drafts(county, 1)) == SCHOOLS


async def test_what_no_school_can_pay(county: SmallCounty) -> None:
    """Prices nobody can pay leave no draft; the schools are named, and planned at offers and market in the end."""
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1, dict.fromkeys(USUAL, 4000)))
    assert drafts(county, 1) == {}
    (done,) = county.world.told_of(RoundDrafted)
    assert (done.drafts, list(done.without)) == (0, SCHOOLS)
    await tell(county, prices(planning_id, 2, dict.fromkeys(USUAL, 4000), chosen={}))
    assert sorted(menus(county)) == SCHOOLS
    assert [row["round"] for row in await county.outcomes(planning_id)] == [0, 0, 0]


async def test_a_school_that_cannot_be_planned_is_named(county: SmallCounty) -> None:
    """A school with no money gets no menu and a reason; the others get theirs."""
    await ok(await county.http.put("/canteens", json={"rows": [b.a_canteen(2, budget_fen_per_pupil_day=1)]}))
    planning_id = await county.request(publish=True)
    await tell(county, prices(planning_id, 1))
    (done,) = county.world.told_of(RoundDrafted)
    assert (done.drafts, done.without) == (2, ("sch-2",))
    await tell(county, prices(planning_id, 2, chosen={}))
    assert sorted(menus(county)) == ["sch-1", "sch-3"]
    row = (await county.outcomes(planning_id))[1]
    assert (row["menu_id"], row["canteen_id"], bool(row["reason"])) == (None, "sch-2", True)
    assert (await county.read(planning_id))["menus"] == 2
