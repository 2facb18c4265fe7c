"""Menu plans: asked for, computed in a worker process, proved by the checker, taken once."""

from typing import Any

import pytest

from shared.events.nutrition import MenuPublished
from tests import builders as b
from tests.api.nutrition.planning_school import Planning, a_pin, dishes_of
from tests.conftest import WorldOf
from tests.world import World, ok, refused


@pytest.fixture
async def school(world_of: WorldOf) -> Planning:
    """Return sch-1 with what it can cook."""
    return await Planning(await world_of("nutrition", "farmers")).set_up()


async def test_a_week_is_planned(school: Planning) -> None:
    """Every place that must be filled is, within budget, no main twice in the week; the score is shown in parts."""
    plan = await school.plan()
    assert (plan["status"], plan["stage"], plan["progress_permille"]) == ("planned", "done", 1000)
    answer = plan["answer"]
    best = answer["menus"][0]
    dishes = dishes_of(plan)
    assert {day for day, _ in dishes} == set(b.WEEK)
    mains = [dishes[day, "main"] for day in b.WEEK]
    assert len(set(mains)) == 5
    assert "m-beans" not in mains
    assert answer["left_out"] == {"m-beans": "banned_food"}
    assert 0 < best["cost_fen_per_day"] <= best["budget_fen_per_day"] == 500
    assert best["score"] == pytest.approx(best["nutrition_points"] + sum(best["parts"].values()))
    assert answer["bound"] <= best["score"] + 1e-6
    assert [other["score"] >= answer["bound"] - 1e-6 for other in answer["menus"]] == [True] * len(answer["menus"])
    (staple,) = {dish["name_zh"] for meal in best["days"][0]["meals"] for dish in meal["dishes"][:1]}
    assert staple == dishes[b.WEEK[0], "staple"]
    assert {"energy", "calcium", "kinds of food"} <= {target["name_en"] for target in best["targets"]}


async def test_the_same_seed_and_facts_give_the_same_answer(school: Planning) -> None:
    """An answer can be found again; a changed price changes the fingerprint of what it came from."""
    first, second = await school.plan(seed=5), await school.plan(seed=5)
    assert dishes_of(first) == dishes_of(second)
    assert first["inputs"] == second["inputs"]
    await school.put("/foods", b.a_food("pork", food_group="vegetable", reference_price_fen_per_kg=401))
    third = await school.plan(seed=5)
    assert third["inputs"]["fingerprint"] != first["inputs"]["fingerprint"]
    assert third["inputs"]["quotes"]["pork"][0] == 401


async def test_a_tight_proof_is_asked_for(school: Planning) -> None:
    """A plan says within how much it is proved and by what; with time for a proof it is proved at least as tightly."""
    plain, proved = [(await school.plan(proof_seconds=seconds))["answer"] for seconds in (0, 3)]
    assert (plain["proof"], plain["proof_seconds"]) == ("relaxation", 0)
    assert (proved["proof"], proved["proof_seconds"]) == ("search", 3)
    for answer in (plain, proved):
        score = answer["menus"][0]["score"]
        assert answer["gap"] == pytest.approx(max(0.0, score - answer["bound"]) / max(answer["bound"], 0.01))
    assert proved["bound"] >= plain["bound"]
    assert proved["menus"][0]["score"] <= plain["menus"][0]["score"] + 1e-9
    assert 0 <= proved["gap"] < 0.01


async def test_every_missed_target_is_mended_or_it_is_said_why_not(school: Planning) -> None:
    """What a missed target would cost to mend is told in words and figures; as many other menus as asked for come."""
    answer = (await school.plan(alternatives=0))["answer"]
    (best,) = answer["menus"]
    missed = {target["key"] for target in best["targets"] if target["missed_points"] > 1e-6}
    assert missed
    assert {one["target"] for one in (*answer["mendings"], *answer["unmended"])} == missed
    for mending in answer["mendings"]:
        assert mending["words_en"].count(" → ") == mending["words_zh"].count(" → ") == 1
        assert mending["over_budget_fen_per_day"] >= 0
    refused(await school.http.post("/menu-plans", json={"alternatives": 3}), 422, "invalid-input")


async def test_pins_and_exclusions_are_kept(school: Planning) -> None:
    """A pinned dish stands where it was pinned, an excluded one nowhere."""
    pin = a_pin("m-tofu", b.WEEK[2])
    plan = await school.plan(pins=[pin], excluded_dishes=["m-pork"])
    dishes = dishes_of(plan)
    assert dishes[b.WEEK[2], "main"] == "m-tofu"
    assert "m-pork" not in dishes.values()


async def test_rules_that_clash_are_named(school: Planning) -> None:
    """One staple may not come daily: no menu, and the plan says which rules are in the way."""
    plan = await school.plan(excluded_dishes=["s-noodles"])
    assert (plan["status"], plan["answer"]) == ("infeasible", None)
    (clash,) = plan["clashes"]
    assert (clash["rule"], clash["field"], clash["proved"]) == ("gap", f"{b.WEEK[0]}.lunch.staple", True)
    assert clash["detail"].endswith(f"for staple of lunch on {b.WEEK[0]}, {b.WEEK[1]} there is 1 dish: s-rice")
    assert clash["detail_zh"].endswith(f"{b.WEEK[0]}, {b.WEEK[1]} 午餐的主食只有 1 道菜：s-rice")
    assert clash["dishes"] == ["s-rice"]
    refused(await school.http.post(f"/menu-plans/{plan['plan_id']}/take", json={}), 409, "nothing-to-take")


async def test_a_plan_stays_near_the_one_before(school: Planning) -> None:
    """With a weight for keeping, a plan made again keeps its dishes though another seed would choose others."""
    first = await school.plan(seed=1)
    second = await school.plan(seed=99, previous_plan_id=first["plan_id"], weights={"keep": 50})
    assert dishes_of(second) == dishes_of(first)
    assert second["answer"]["menus"][0]["parts"]["keep"] == 0


async def test_a_batch_shares_what_is_on_offer(school: Planning) -> None:
    """Canteens of a county never plan on more than a part of what is offered, all of them together."""
    numbers = range(1, 6)
    await school.put("/canteens", *(b.a_canteen(number) for number in numbers))
    farmers = school.world.client("farmers")
    await ok(await farmers.put("/cooperatives", json={"rows": [b.a_cooperative("a")]}))
    cheap = b.an_offer("a", "pork", 20, 1)
    await ok(await farmers.put("/offers", json={"rows": [cheap]}))
    await school.world.settle()
    body = {"canteen_ids": [f"sch-{number}" for number in numbers], "week_start": b.MONDAY}
    run = await ok(await school.http.post("/menu-plans/batch", json=body))
    await school.world.settle()
    read = await ok(await school.http.get(f"/menu-plans/batch/{run['run_id']}"))
    assert (read["status"], read["plans"]) == ("done", {"planned": 5})
    plans = [await school.read(plan["plan_id"]) for plan in run["plans"]]
    with_pork = [plan for plan in plans if "m-pork" in dishes_of(plan).values()]
    # 100 portions of 80 g make 8 kg: 18 of the 20 kg are planned on, enough for two canteens.
    assert len(with_pork) == 2
    listed = await ok(await school.http.get("/menu-plans", params={"run_id": run["run_id"], "status": "planned"}))
    assert len(listed["items"]) == 5


async def test_a_plan_is_taken_once(school: Planning) -> None:
    """Taken, a plan is a draft that can be checked and published; it is not taken twice, nor beyond what it has."""
    plan = await school.plan()
    route = f"/menu-plans/{plan['plan_id']}/take"
    refused(await school.http.post(route, json={"alternative": 3}), 422, "invalid-input")
    taken = await ok(await school.http.post(route, json={"alternative": 0}))
    (draft_id,) = taken["draft_ids"]
    assert (taken["taken"], taken["draft_ids"]) == (0, [draft_id])
    draft = await ok(await school.http.get(f"/menu-drafts/{draft_id}"))
    assert (draft["origin"], draft["source_id"], draft["diets_apart"]) == ("plan", plan["plan_id"], False)
    served = {(meal["day"], dish) for meal in draft["days"] for dish in meal["dish_codes"]}
    assert served == {(day, dish) for (day, _), dish in dishes_of(plan).items()}
    refused(await school.http.post(route, json={"alternative": 0}), 409, "plan-taken")
    checked = await ok(await school.http.post(f"/menu-drafts/{draft_id}/check"))
    assert checked["objections"] == []
    await ok(await school.http.post(f"/menu-drafts/{draft_id}/publish"))
    await school.world.settle()
    assert len(school.world.told_of(MenuPublished)) == 1


async def test_pupils_with_a_diet_are_cooked_for_apart(school: Planning) -> None:
    """A plan keeps the diets of many; the draft says that those of few are cooked for by themselves."""
    plan = await school.plan()
    await school.put("/diets", {"canteen_id": "sch-1", "kind": "vegetarian", "pupils": 3})
    taken = await ok(await school.http.post(f"/menu-plans/{plan['plan_id']}/take", json={}))
    assert (await ok(await school.http.get(f"/menu-drafts/{taken['draft_ids'][0]}")))["diets_apart"]


async def test_weeks_become_a_draft_each(school: Planning) -> None:
    """A plan of two weeks keeps dishes apart across the weekend and becomes two drafts."""
    plan = await school.plan(weeks=2)
    assert plan["status"] == "planned"
    taken = await ok(await school.http.post(f"/menu-plans/{plan['plan_id']}/take", json={}))
    drafts = [await ok(await school.http.get(f"/menu-drafts/{draft}")) for draft in taken["draft_ids"]]
    assert [draft["week_start"] for draft in drafts] == [b.MONDAY, "2026-12-07"]
    mains = [dish for (_, slot), dish in sorted(dishes_of(plan).items()) if slot == "main"]
    assert all(len(set(mains[start : start + 5])) == 5 for start in range(6))


async def test_a_week_that_began_is_not_taken(school: Planning) -> None:
    """A plan can be taken until its week begins; one without an answer cannot."""
    plan = await school.plan()
    waiting = await school.ask()
    refused(await school.http.post(f"/menu-plans/{waiting}/take", json={}), 409, "nothing-to-take")
    school.go_to(b.WEEK[0], 6)
    refused(await school.http.post(f"/menu-plans/{plan['plan_id']}/take", json={}), 409, "week-began")


@pytest.mark.parametrize(
    ("wishes", "status", "rule", "field"),
    [
        ({"canteen_id": "sch-9"}, 404, "unknown-canteen", None),
        ({"week_start": "2026-12-01"}, 422, "week-starts-monday", "week_start"),
        ({"week_start": "2026-11-23"}, 422, "week-began", "week_start"),
        ({"week_start": "2020-01-06"}, 422, "week-began", "week_start"),
        ({"week_start": "2036-01-07"}, 422, "too-far-ahead", "week_start"),
        ({"weeks": 0}, 422, "invalid-input", "body.weeks"),
        ({"weeks": 60}, 422, "invalid-input", "body.weeks"),
        ({"seed": -1}, 422, "invalid-input", "body.seed"),
        ({"seed": 2**64}, 422, "invalid-input", "body.seed"),
        ({"proof_seconds": 10_000}, 422, "invalid-input", "body.proof_seconds"),
        ({"weights": {"poor": 2.0}}, 422, "invalid-input", "body.weights"),
        (
            {"pins": [{"day": b.WEEK[0], "meal": "lunch", "dish_code": "m-none"}]},
            422,
            "unknown-dish",
            "pins.0.dish_code",
        ),
        (
            {"pins": [{"day": b.WEEK[0], "meal": "lunch", "dish_code": "m-beans"}]},
            422,
            "pin-left-out",
            "pins.0.dish_code",
        ),
        ({"pins": [{"day": b.WEEK[0], "meal": "dinner", "dish_code": "m-egg"}]}, 422, "meal-not-served", "pins.0.meal"),
        ({"pins": [{"day": "2026-12-05", "meal": "lunch", "dish_code": "m-egg"}]}, 422, "pin-outside", "pins.0.day"),
        (
            {"pins": [{"day": day, "meal": "lunch", "dish_code": "m-egg"} for day in b.WEEK[:2]]},
            422,
            "pins-clash",
            "pins.1.day",
        ),
        ({"excluded_dishes": ["s-rice", "s-noodles"]}, 422, "place-without-dish", "canteen_id"),
        ({"previous_plan_id": "nobodys"}, 404, "unknown-menu-plan", "plan_id"),
    ],
)
async def test_nonsense_is_refused_at_once(
    school: Planning, wishes: dict[str, Any], status: int, rule: str, field: str | None
) -> None:
    """What cannot be planned at a glance is refused with rule and field, and nothing is queued."""
    body = {"canteen_id": "sch-1", "week_start": b.MONDAY} | wishes
    problem = refused(await school.http.post("/menu-plans", json=body), status, rule)
    assert field is None or problem["field"] == field, problem
    assert (await ok(await school.http.get("/menu-plans")))["items"] == []


async def test_a_budget_that_cannot_buy_rice(school: Planning) -> None:
    """A canteen whose money is short of the cheapest dishes is told so; in a batch the others are planned."""
    poor = b.a_canteen(2, budget_fen_per_pupil_day=10)
    await school.put("/canteens", poor)
    body = {"canteen_id": "sch-2", "week_start": b.MONDAY}
    refused(await school.http.post("/menu-plans", json=body), 422, "budget")
    batch = {"canteen_ids": ["sch-1", "sch-2"], "week_start": b.MONDAY}
    run = await ok(await school.http.post("/menu-plans/batch", json=batch))
    await school.world.settle()
    plans = {plan["canteen_id"]: await school.read(plan["plan_id"]) for plan in run["plans"]}
    assert (plans["sch-1"]["status"], plans["sch-2"]["status"]) == ("planned", "infeasible")
    assert [clash["rule"] for clash in plans["sch-2"]["clashes"]] == ["budget"]


async def test_a_week_without_school(school: Planning) -> None:
    """A week of holidays has nothing to plan."""
    days = [{"county_code": b.COUNTY, "day": day, "name_zh": "假", "name_en": "holiday"} for day in b.WEEK]
    await school.put("/holidays", *days)
    body = {"canteen_id": "sch-1", "week_start": b.MONDAY}
    assert refused(await school.http.post("/menu-plans", json=body), 422, "no-school-days")["field"] == "week_start"
    batch = {"canteen_ids": ["sch-1"], "week_start": b.MONDAY}
    refused(await school.http.post("/menu-plans/batch", json=batch), 422, "no-school-days")


async def test_batches_of_nonsense(school: Planning) -> None:
    """Nobody, too many, one twice, one unknown, one of another county: refused, each by name."""
    await school.put("/canteens", b.a_canteen(2, county_code="520602"))

    async def refusal(canteen_ids: list[str]) -> tuple[int, str, str]:
        body = {"canteen_ids": canteen_ids, "week_start": b.MONDAY}
        response = await school.http.post("/menu-plans/batch", json=body)
        problem = response.json()
        return response.status_code, problem["rule"], problem["field"]

    assert await refusal([]) == (422, "invalid-input", "body.canteen_ids")
    assert await refusal([f"sch-{n}" for n in range(5000)]) == (422, "invalid-input", "body.canteen_ids")
    assert (await refusal(["sch-1", "sch-1"])) == (422, "invalid-input", "body.canteen_ids")
    assert await refusal(["sch-1", "sch-9"]) == (404, "unknown-canteen", "canteen_ids.1")
    assert await refusal(["sch-1", "sch-2"]) == (422, "one-county", "canteen_ids.1")
    long = {"canteen_ids": ["sch-1", "sch-2"], "week_start": b.MONDAY, "proof_seconds": 301}
    refused(await school.http.post("/menu-plans/batch", json=long), 422, "proof-too-long")


async def test_what_is_not_there(world_of: WorldOf) -> None:
    """An unknown plan or run cannot be read, cancelled or taken."""
    world: World = await world_of("nutrition")
    http = world.client("nutrition")
    refused(await http.get("/menu-plans/nobodys"), 404, "unknown-menu-plan")
    refused(await http.post("/menu-plans/nobodys/cancel"), 404, "unknown-menu-plan")
    refused(await http.post("/menu-plans/nobodys/take", json={}), 404, "unknown-menu-plan")
    refused(await http.get("/menu-plans/batch/nobodys"), 404, "unknown-planning-run")
    refused(await http.post("/menu-plans/batch/nobodys/cancel"), 404, "unknown-planning-run")
