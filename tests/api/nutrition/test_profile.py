"""What planning is told of a canteen."""

from datetime import date

from services.nutrition.canteens import queries as canteens
from services.nutrition.funding import queries as funding
from shared.fields import AgeBand, Meal, Sex
from tests import builders as b
from tests.api.nutrition.school import School
from tests.conftest import WorldOf


async def test_profile(world_of: WorldOf) -> None:
    """A profile has the pupils by age and sex in order, nobody counted as none, and the meals in the day's order."""
    world = await world_of("nutrition")
    counts = [("9-11", "m", 40), ("6-8", "f", 60), ("12-14", "f", 0)]
    headcounts = [{"age_band": band, "sex": sex, "pupils": pupils} for band, sex, pupils in counts]
    await School(world).set_up(headcounts=headcounts, meals=["dinner", "lunch"])
    async with world.services["nutrition"].begin(read_only=True) as uow:
        profile = await canteens.profile(uow.session, "sch-1")
        budget = await funding.budget_fen(uow.session, profile, [date(2026, 11, 28), date(2026, 11, 30)])
    assert list(profile.heads.items()) == [
        ((AgeBand.FROM_6_TO_8, Sex.FEMALE), 60),
        ((AgeBand.FROM_9_TO_11, Sex.MALE), 40),
    ]
    assert (profile.pupils, profile.enrolled) == (100, {AgeBand.FROM_6_TO_8: 60, AgeBand.FROM_9_TO_11: 40})
    assert (profile.meals, profile.standard_id) == ((Meal.LUNCH, Meal.DINNER), "wst554-2017")
    assert [(day.isoformat(), one.fen) for day, one in budget.items()] == [("2026-11-28", 0), (b.MONDAY, 50_000)]
