"""A day's budget: who pays, for how many, for which meals."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.canteens.domain import DEFAULT_STANDARD, Profile
from services.nutrition.funding.domain import flat, share
from shared.fields import AgeBand, Meal, Sex

MONDAY = date(2026, 11, 30)
some_meals = st.lists(st.sampled_from(Meal), unique=True)


def a_profile(pupils: int = 100, meals: tuple[Meal, ...] = (Meal.LUNCH,), fen: int = 500) -> Profile:
    """A canteen of girls of 9 to 11."""
    heads = {(AgeBand.FROM_9_TO_11, Sex.FEMALE): pupils}
    return Profile("sch-1", "520628", meals, heads, DEFAULT_STANDARD, (), {}, fen)


def test_flat_budget() -> None:
    """Without funding classes everybody enrolled has the canteen's flat budget, shared among its meals by energy."""
    budget = flat(a_profile(3, (Meal.BREAKFAST, Meal.LUNCH), 1000), MONDAY, tuple(Meal))
    assert (budget.fen, budget.by_meal) == (3000, {Meal.BREAKFAST: 1269, Meal.LUNCH: 1731})
    assert (budget.mfen_per_head(), budget.mfen_per_head([Meal.LUNCH])) == (1_000_000, 577_000)


def test_day_without_school() -> None:
    """On a day no meal is served nothing may be spent, and a canteen without pupils has no budget a head."""
    assert flat(a_profile(), MONDAY, ()).fen == 0
    assert flat(a_profile(0), MONDAY, tuple(Meal)).mfen_per_head() == 0


@given(st.integers(0, 10**9), some_meals, some_meals, some_meals)
def test_share(fen: int, pays_for: list[Meal], usual: list[Meal], served: list[Meal]) -> None:
    """No fen is made by sharing, none goes to a meal not paid for or not served, and a full day gets all of them."""
    shared = share(fen, pays_for, usual, served)
    assert set(shared) == set(pays_for) & set(usual) & set(served)
    full = share(fen, pays_for, usual, usual)
    assert sum(full.values()) == (fen if full else 0)
    assert all(shared[meal] == full[meal] for meal in shared)
