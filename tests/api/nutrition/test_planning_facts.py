"""What a plan is made from, as the database has it."""

from datetime import date
from typing import Any

import pytest

from services.nutrition.canteens import queries as canteens
from services.nutrition.planning.clashing import Clashing
from services.nutrition.planning.facts import Facts
from services.nutrition.planning.reading import County, problem_for, read_county, read_facts
from shared.fields import Meal
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_patterns import a_pattern
from tests.conftest import WorldOf
from tests.world import ok

MONDAY = date.fromisoformat(b.MONDAY)


@pytest.fixture
async def school(world_of: WorldOf) -> School:
    """Return sch-1 with its dishes and a lunch of staple and mixed dish."""
    school = await School(await world_of("nutrition", "farmers")).set_up()
    await school.put("/meal-patterns", a_pattern("mixed"))
    return school


async def _facts(school: School, weeks: int = 1) -> tuple[County, Facts]:
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        county = await read_county(uow, b.COUNTY, MONDAY, weeks)
        return county, await read_facts(uow, county, await canteens.profile(uow.session, "sch-1"))


async def _offer(school: School, *offers: dict[str, Any]) -> None:
    farmers = school.world.client("farmers")
    await ok(await farmers.put("/cooperatives", json={"rows": [b.a_cooperative("a")]}))
    await ok(await farmers.put("/offers", json={"rows": list(offers)}))
    await school.world.settle()


async def test_the_days_of_a_plan_are_school_days(school: School) -> None:
    """Holidays are left out, Saturdays made up for them are in; the budget is that of these days."""
    holiday = {"county_code": b.COUNTY, "day": "2026-12-02", "name_zh": "校庆", "name_en": "Founders' day"}
    made_up = holiday | {"day": "2026-12-05", "kind": "make_up"}
    await school.put("/holidays", holiday, made_up)
    _, facts = await _facts(school)
    assert [day.day for day in facts.days] == [30, 1, 3, 4, 5]
    assert facts.budget_mfen == 5 * 500_000
    _, two_weeks = await _facts(school, 2)
    assert len(two_weeks.days) == 10


async def test_offers_are_what_there_is(school: School) -> None:
    """A food on offer has its price and its grams, another the market's price without end."""
    await _offer(school, b.an_offer("a", "cabbage", 100, 300))
    _, facts = await _facts(school)
    assert (facts.quotes["cabbage"].price_fen_per_kg, facts.quotes["cabbage"].available_g) == (300, 100_000)
    assert (facts.quotes["rice"].price_fen_per_kg, facts.quotes["rice"].available_g) == (400, None)


async def test_the_store_counts(school: School) -> None:
    """What lies free in the store and lasts to the end of the plan is the canteen's own."""
    await school.put("/foods", b.a_food("cabbage", shelf_life_days=11))
    await school.count("cabbage", 7000)
    await school.count("pork", 7000)  # keeps for ten days, which end before the week does
    assert (await _facts(school))[1].stock_g == {"cabbage": 7000}


async def test_a_canteen_closes_for_a_day(school: School) -> None:
    """A day a canteen serves nothing on is no day of its plan; a meal it leaves out is not planned."""
    closures = [{"canteen_id": "sch-1", "day": day, "kind": "other", "meals": []} for day in b.WEEK[:1]]
    await school.put("/closures", *closures)
    _, facts = await _facts(school)
    assert [day.isoformat() for day in facts.days] == list(b.WEEK[1:])
    assert facts.budget_mfen == 4 * 500_000


async def test_what_was_served_lately_is_remembered(school: School) -> None:
    """School days are counted from the last time a dish was served to the first day of the plan."""
    week = ("2026-11-24", "2026-11-27")
    meals = [
        {"day": day, "meal": "lunch", "dish_codes": [dish]} for day, dish in zip(week, ("d01", "d02"), strict=True)
    ]
    meals.append({"day": "2026-11-26", "meal": "lunch", "dish_codes": ["d01"]})
    await school.publish({"canteen_id": "sch-1", "week_start": "2026-11-23", "days": meals})
    _, facts = await _facts(school)
    assert facts.served_ago == {"d01": 2, "d02": 1}


async def test_a_county_feeds_those_without_a_menu(school: School) -> None:
    """What is on offer is shared by all that have no menu for the week yet, by what their meals usually take."""
    older = [{"age_band": "15-17", "sex": "m", "pupils": 10}]
    await school.put("/canteens", b.a_canteen(2, headcounts=older, meals=["breakfast", "lunch"]))
    county, facts = await _facts(school)
    # d01 has 85 g of cabbage, d02 34 g: 59.5 g a child and day; d03 is banned. Nobody said what a breakfast is made of.
    assert facts.usual_g["cabbage"] == round(59.5 * 100 * 5)
    assert county.usual_g["cabbage"] == facts.usual_g["cabbage"] + round(59.5 * 13 * 5)
    await school.publish()
    assert (await _facts(school))[0].usual_g["cabbage"] == round(59.5 * 13 * 5)


async def test_a_problem_is_made_of_all_that(school: School) -> None:
    """Each day's mixed dish is one of those without a banned food; prices to plan with may be given instead."""
    async with school.world.services["nutrition"].begin(read_only=True) as uow:
        profile = await canteens.profile(uow.session, "sch-1")
        problem = await problem_for(uow, profile, MONDAY)
        assert problem.plates.kitchen.dish_codes == ("d01", "d02")
        assert problem.allowed.shape == (5, 2)
        county = await read_county(uow, b.COUNTY, MONDAY)
        dear = {code: quote for code, quote in county.quotes.items() if code != "pork"}
        assert (await problem_for(uow, profile, MONDAY, quotes=dear)).plates.kitchen.dish_codes == ("d02",)
        with pytest.raises(Clashing) as caught:
            await problem_for(uow, profile, MONDAY, quotes={})
        assert caught.value.rule == "no-dishes"


async def test_the_canteens_own_pattern_holds(school: School) -> None:
    """The narrowest scope says what a meal is made of."""
    assert [place.slot for place in (await _facts(school))[1].patterns[Meal.LUNCH].places] == ["mixed"]
    await school.put("/meal-patterns", a_pattern("mixed", "soup", scope="canteen", canteen_id="sch-1"))
    assert [place.slot for place in (await _facts(school))[1].patterns[Meal.LUNCH].places] == ["mixed", "soup"]
