"""Menu plans say what mends them, which clearly different menus there are, and keep to what is pinned."""

import pytest

from tests import builders as b
from tests.api.nutrition.planning_school import MAINS, Planning, a_pin, dishes_of
from tests.conftest import WorldOf
from tests.world import ok

STAPLES = (("congee", "rice", 60), ("mantou", "noodles", 80), ("rolls", "noodles", 90), ("rice-cake", "rice", 90))


@pytest.fixture
async def school(world_of: WorldOf) -> Planning:
    """Return sch-1 with what it can cook."""
    return await Planning(await world_of("nutrition", "farmers")).set_up()


async def test_missed_targets_come_with_what_mends_them(school: Planning) -> None:
    """Every target that is clearly missed has a mending in words and figures, or is said to have none."""
    answer = (await school.plan(weights={"cost": 50}))["answer"]
    missed = {
        target["key"]
        for target in answer["menus"][0]["targets"]
        if target["missed_points"] > 0.1 and target["low"] is not None
    }
    told = [mending["target"] for mending in answer["mendings"]] + [other["target"] for other in answer["unmended"]]
    assert missed <= set(told)
    assert len(told) == len(set(told))
    (calcium,) = [mending for mending in answer["mendings"] if mending["target"] == "calcium_mg"]
    assert (calcium["dish_code"], len(calcium["places"])) == ("d-milk", 5)
    assert calcium["words_zh"].startswith("每天")
    assert "daily: +¥2.00 a child and day, calcium " in calcium["words_en"]
    assert calcium["cost_fen_per_day"] == 200
    assert calcium["share_after"] > calcium["share_before"] + 0.2
    iron = [other for other in answer["unmended"] if other["target"] == "iron_mg"]
    assert [other["reason"] for other in iron] == ["nothing_lifts"]


async def test_an_alternative_is_taken(school: Planning) -> None:
    """A plan offers two clearly different menus; the one that is taken becomes the draft."""
    others = [b.a_dish(f"n-{code}", **{code: 90}) for code in MAINS]
    more = [b.a_dish(f"s-{kind}", **{grain: grams}) | {"category": "staple"} for kind, grain, grams in STAPLES]
    await school.put("/dishes", *others, *more)
    plan = await school.plan()
    menus = [dishes_of(plan, menu) for menu in range(len(plan["answer"]["menus"]))]
    assert len(menus) == 3
    for number, menu in enumerate(menus[1:], 1):
        for better in menus[:number]:
            assert len(set(menu.values()) - set(better.values())) >= 4
    taken = await ok(await school.http.post(f"/menu-plans/{plan['plan_id']}/take", json={"alternative": 1}))
    draft = await ok(await school.http.get(f"/menu-drafts/{taken['draft_ids'][0]}"))
    served = {(meal["day"], dish) for meal in draft["days"] for dish in meal["dish_codes"]}
    assert served == {(day, dish) for (day, _), dish in menus[1].items()}


async def test_a_pin_fills_a_place_that_may_stay_empty(school: Planning) -> None:
    """Milk pinned to a day is on that day's table, though its place may stay empty and milk is dear."""
    plan = await school.plan(pins=[a_pin("d-milk", b.WEEK[3])], weights={"cost": 50})
    assert dishes_of(plan)[b.WEEK[3], "milk"] == "d-milk"
