"""What a worker process does for a planning run."""

from dataclasses import replace
from typing import Any

import pytest

from services.nutrition.planning.building import prepare
from services.nutrition.planning.clashing import Clash
from services.nutrition.planning.facts import Facts, Pool, Wishes
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.plans import computing
from services.nutrition.plans.answering import fingerprint, in_words
from services.nutrition.plans.computing import Case, Task, compute
from services.nutrition.plans.domain import PlanStatus
from shared.worker_process import Cancelled
from tests.unit.nutrition.test_building import FOODS, MONDAY, RECIPES, WEEK, offered, some_facts
from tests.unit.nutrition.weeks import a_food, a_recipe

QUICK = PlanOptions(moves_per_slot=200)
VEGETABLES = tuple(f"v{number}" for number in range(5))
GREENS = tuple(a_recipe(f"X{code}", {code: 80}) for code in VEGETABLES)


def _facts(**other: Any) -> Facts:
    """A week for which seven mains are enough: five of vegetables beside those of pork and egg."""
    foods = {food.food_code: food for food in (*FOODS, *(a_food(code) for code in VEGETABLES))}
    quotes = {food: offered(food) for food in foods}
    values: dict[str, Any] = {"recipes": (*RECIPES, *GREENS), "foods": foods, "quotes": quotes}
    return some_facts(**(values | other))


def _task(*facts: Facts, pool: Pool | None = None, epsilon: int | None = None) -> Task:
    cases = tuple(Case(f"plan-{number}", each, Wishes()) for number, each in enumerate(facts))
    return Task(cases, pool or Pool({}, {}), QUICK, epsilon)


def test_progress_rises_to_the_end() -> None:
    """Every canteen's share of the work is told, in order, from nothing to all."""
    told: list[float] = []
    outcomes = compute(_task(_facts(), _facts()), told.append)
    assert [outcome.status for outcome in outcomes] == [PlanStatus.PLANNED] * 2
    assert told == sorted(told)
    assert told[0] == 0.0
    assert told[-1] == pytest.approx(1.0)


def test_the_same_task_has_the_same_outcome() -> None:
    """Nothing of an answer but the seconds it took depends on the moment."""
    first, second = (compute(_task(_facts()), lambda _: None)[0] for _ in range(2))
    assert first.inputs == second.inputs
    assert {**(first.answer or {}), "seconds": 0} == {**(second.answer or {}), "seconds": 0}


def test_a_cancelled_task_stops() -> None:
    """Whoever reports and is told that nobody waits any more stops at once."""

    def nobody_waits(share: float) -> None:
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        compute(_task(_facts()), nobody_waits)


def test_what_the_first_takes_the_second_cannot() -> None:
    """Of eggs for one portion each of a hundred children, the second hundred gets none."""
    pool = Pool({"egg": 5001, "pork": 0}, {})
    facts = _facts(recipes=RECIPES[:4] + GREENS[:4])
    first, second = compute(_task(facts, facts, pool=pool), lambda _: None)
    assert first.answer is not None
    assert first.answer["bought_g"]["egg"] == 5000
    assert first.answer["beyond_offers_g"] == {}
    assert second.answer is not None
    assert second.answer["beyond_offers_g"] == {"egg": 5000}
    assert second.clashes


def test_more_than_is_offered_only_where_nothing_else_is_possible() -> None:
    """Where the offers leave no menu, the plan says which rules clashed and how much the market must bring."""
    facts = _facts()
    enough = compute(_task(facts, pool=Pool({"pork": 0}, {})), lambda _: None)[0]
    assert enough.answer is not None
    assert (enough.answer["beyond_offers_g"], enough.clashes) == ({}, ())
    short = compute(_task(facts, pool=Pool(dict.fromkeys(("pork", "egg", *VEGETABLES), 0), {})), lambda _: None)[0]
    assert short.answer is not None
    assert sum(short.answer["beyond_offers_g"].values()) > 0
    assert short.clashes


def test_a_wrong_answer_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the checker objects to is no answer: the plan has failed, and says over what."""
    monkeypatch.setattr(computing, "check", lambda _problem, _plan: ["slots[0] is empty"])
    outcome = compute(_task(_facts()), lambda _: None)[0]
    assert (outcome.status, outcome.answer, outcome.faults) == (PlanStatus.FAILED, None, ("slots[0] is empty",))


def test_no_canteen_spoils_it_for_the_others() -> None:
    """A canteen for which no menu is possible is told so, the next is planned."""
    broke, fine = compute(_task(_facts(budget_mfen=100_000), _facts()), lambda _: None)
    assert (broke.status, [clash.rule for clash in broke.clashes]) == (PlanStatus.INFEASIBLE, ["budget"])
    assert fine.status is PlanStatus.PLANNED


def test_poor_households_for_a_little_more() -> None:
    """With ε the share to poor households rises as far as the cost may; with none of it the least cost stands."""
    dear = {code: replace(offered(code, price=440), poor_permille=1000) for code in VEGETABLES}
    cheap = {code: replace(offered(code, price=400), poor_permille=0) for code in ("pork", "egg", "cucumber")}
    facts = replace(_facts(), quotes={**_facts().quotes, **dear, **cheap})
    costs, shares = [], []
    for epsilon in (0, 200):
        answer = compute(_task(facts, epsilon=epsilon), lambda _: None)[0].answer
        assert answer is not None
        best = answer["menus"][0]
        costs.append(best["cost_mfen"])
        shares.append(best["poor_mfen"] / best["cost_mfen"])
    assert costs[0] <= costs[1] <= costs[0] * 1.2
    assert shares[1] >= shares[0]


def test_the_fingerprint_covers_all_that_went_in() -> None:
    """Another price, pupil, wish or seed is another fingerprint; the same facts have the same in any process."""
    problem = prepare(_facts(), Wishes()).problem
    first = fingerprint(problem, QUICK)
    assert fingerprint(prepare(_facts(), Wishes()).problem, QUICK) == first
    dear = prepare(replace(_facts(), quotes={**_facts().quotes, "egg": offered("egg", price=401)}), Wishes()).problem
    rated = prepare(_facts(ratings={"X2": 0.9}), Wishes()).problem
    others = [fingerprint(dear, QUICK), fingerprint(rated, QUICK), fingerprint(problem, replace(QUICK, seed=2))]
    assert len({first, *others}) == 4


def test_clashes_name_days_and_meals() -> None:
    """Where the planner counts slots people read days, meals and places; its money is the canteen's."""
    problem = prepare(_facts(), Wishes()).problem
    clashes = [Clash("slot-empty", "…", "slots[4]"), Clash("budget", "…", "budget_mfen"), Clash("rules", "…", "slots")]
    fields = [clash.field for clash in in_words(clashes, problem)]
    assert fields == [f"{WEEK[1]}.lunch.main", "canteen_id", "slots"]
    assert problem.days[0] == MONDAY
