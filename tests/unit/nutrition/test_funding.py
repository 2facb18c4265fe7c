"""A day's budget: who pays, for how many, for which meals."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.nutrition.canteens.domain import DEFAULT_STANDARD, Profile
from services.nutrition.funding.domain import Amount, Payer, budget_of, share
from shared.fields import AgeBand, Meal, Sex

MONDAY = date(2026, 11, 30)
some_meals = st.lists(st.sampled_from(Meal), unique=True)


def a_profile(pupils: int = 100, meals: tuple[Meal, ...] = (Meal.LUNCH,), fen: int = 500) -> Profile:
    """A canteen of girls of 9 to 11."""
    heads = {(AgeBand.FROM_9_TO_11, Sex.FEMALE): pupils}
    return Profile("sch-1", "520628", meals, heads, DEFAULT_STANDARD, (), {}, fen)


def a_payer(code: str, fen: int, *meals: Meal, pupils: int = 100, until: date | None = None) -> Payer:
    """A class that pays since 2021, with as many pupils since September."""
    amount = Amount(date(2021, 9, 1), until, fen, frozenset(meals or Meal))
    return Payer(code, [amount], [(date(2026, 9, 1), pupils)])


def test_flat_budget() -> None:
    """Without funding classes everybody enrolled has the canteen's flat budget, shared among its meals by energy."""
    budget = budget_of(a_profile(3, (Meal.BREAKFAST, Meal.LUNCH), 1000), MONDAY, 3, tuple(Meal), [])
    assert (budget.fen, budget.by_meal) == (3000, {Meal.BREAKFAST: 1269, Meal.LUNCH: 1731})
    assert (budget.mfen_per_head(), budget.mfen_per_head([Meal.LUNCH])) == (1_000_000, 577_000)


def test_day_without_meals() -> None:
    """On a day no meal is served nothing may be spent, and a canteen without pupils has no budget a head."""
    assert budget_of(a_profile(), MONDAY, 100, (), [a_payer("base", 500)]).fen == 0
    assert budget_of(a_profile(0), MONDAY, 0, tuple(Meal), []).mfen_per_head() == 0


def test_classes_add_up() -> None:
    """A day's budget is pupils × amount over the classes, each for the meals it pays for, over everybody enrolled."""
    profile = a_profile(100, tuple(Meal))
    payers = [a_payer("base", 500, Meal.LUNCH), a_payer("board", 500, Meal.BREAKFAST, Meal.DINNER, pupils=40)]
    budget = budget_of(profile, MONDAY, 100, profile.meals, payers)
    assert budget.by_meal == {Meal.BREAKFAST: 9_167, Meal.LUNCH: 50_000, Meal.DINNER: 10_833}
    assert (budget.fen, budget.mfen_per_head()) == (70_000, 700_000)
    assert [(part.class_code, part.pupils) for part in budget.parts] == [("base", 100), ("board", 40)]


def test_class_of_another_time() -> None:
    """A class pays on its first and its last day and not beyond; when no class pays, the flat budget serves."""
    payers = [a_payer("base", 300, until=MONDAY)]
    assert budget_of(a_profile(), MONDAY, 100, [Meal.LUNCH], payers).fen == 30_000
    after = budget_of(a_profile(), date(2026, 12, 1), 100, [Meal.LUNCH], payers)
    assert ([part.class_code for part in after.parts], after.fen) == ([None], 50_000)
    assert [p.class_code for p in budget_of(a_profile(), date(2026, 8, 31), 100, [Meal.LUNCH], payers).parts] == [None]


def test_more_counted_than_enrolled() -> None:
    """Nobody pays for more pupils than are enrolled that day; what was counted stays to be seen."""
    budget = budget_of(a_profile(), MONDAY, 80, [Meal.LUNCH], [a_payer("base", 500)])
    assert [(part.counted, part.pupils) for part in budget.parts] == [(100, 80)]
    assert (budget.fen, budget.mfen_per_head()) == (40_000, 500_000)


def test_half_a_day() -> None:
    """A meal that is not served leaves its share unspent: half a day does not make its lunch dearer."""
    profile = a_profile(100, tuple(Meal))
    whole = budget_of(profile, MONDAY, 100, profile.meals, [a_payer("base", 900)])
    half = budget_of(profile, MONDAY, 100, [Meal.LUNCH], [a_payer("base", 900)])
    assert half.by_meal == {Meal.LUNCH: whole.by_meal[Meal.LUNCH]}


@given(st.integers(0, 10**9), some_meals, some_meals, some_meals)
def test_share(fen: int, pays_for: list[Meal], usual: list[Meal], served: list[Meal]) -> None:
    """No fen is made by sharing, none goes to a meal not paid for or not served, and a full day gets all of them."""
    shared = share(fen, pays_for, usual, served)
    assert set(shared) == set(pays_for) & set(usual) & set(served)
    full = share(fen, pays_for, usual, usual)
    assert sum(full.values()) == (fen if full else 0)
    assert all(shared[meal] == full[meal] for meal in shared)
