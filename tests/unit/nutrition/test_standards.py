"""Standards as data: what files may say, what is refused, what a requirement comes to."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.nutrition.standards.domain import Requirement, Target
from services.nutrition.standards.library import FOLDER, library, read_all, standard
from services.nutrition.standards.requirement import requirement_of
from shared.errors import DomainError
from shared.fields import AgeBand, Meal, Sex

BOYS, GIRLS = (AgeBand.FROM_9_TO_11, Sex.MALE), (AgeBand.FROM_9_TO_11, Sex.FEMALE)
WST: dict[str, Any] = json.loads((FOLDER / "wst554-2017.json").read_text(encoding="utf-8"))


def _targets(requirement: Requirement) -> dict[str, Target]:
    return {target.key: target for target in requirement.targets}


def _lunch(**heads: int) -> dict[str, Target]:
    who = {BOYS: heads.get("boys", 0), GIRLS: heads.get("girls", 0)}
    return _targets(requirement_of(standard("wst554-2017"), who, [Meal.LUNCH]))


def test_every_committed_standard_is_whole() -> None:
    """No file of the repository has a hole, and the three standards are there."""
    assert library().holes == ()
    assert set(library().standards) == {"wst554-2017", "us-nslp-2024", "br-pnae-2020"}


def test_every_number_says_whether_it_was_verified() -> None:
    """Each target carries the state of its numbers, and no two have the same key."""
    for each in library().standards.values():
        asked = requirement_of(each, {BOYS: 1}, [Meal.LUNCH])
        assert all(target.verified for target in asked.targets)
        assert len(_targets(asked)) == len(asked.targets)


def test_a_lunch_carries_its_share_of_the_day_with_the_tolerance() -> None:
    """35 to 40 % of 2,100 kcal for boys of 9 to 11, 90 to 110 % of that (WS/T 554-2017)."""
    energy = _lunch(boys=10)["energy_kcal"]
    assert energy.low == pytest.approx(2100 * 0.35 * 0.9)
    assert energy.high == pytest.approx(2100 * 0.40 * 1.1)


def test_needs_are_weighted_by_headcount() -> None:
    """Three girls and a boy need what three girls and a boy need, divided by four."""
    energy = _lunch(boys=1, girls=3)["energy_kcal"]
    assert energy.low == pytest.approx((2100 + 3 * 1900) / 4 * 0.35 * 0.9)


def test_three_meals_carry_the_whole_day() -> None:
    """With breakfast, lunch and dinner the day's needs and the day's food amounts stand whole."""
    asked = _targets(requirement_of(standard("wst554-2017"), {BOYS: 1}, list(Meal)))
    assert asked["calcium_mg"].low == 850
    assert (asked["cereal_tuber_g"].low, asked["cereal_tuber_g"].high) == (300, 350)
    assert asked["food_kinds_per_day"].low == 12


def test_food_amounts_are_those_of_the_meals_served() -> None:
    """Breakfast and lunch ask for table 3 plus table 4; oil and salt are limits, milk is a least amount."""
    asked = _targets(requirement_of(standard("wst554-2017"), {BOYS: 1}, [Meal.BREAKFAST, Meal.LUNCH]))
    assert asked["milk_g"].low == 60 + 80
    assert (asked["oil_g"].low, asked["oil_g"].high) == (None, 5 + 10)


def test_a_standard_of_lunches_judges_no_breakfast() -> None:
    """The US lunch pattern says nothing of breakfast: refused, naming the field."""
    with pytest.raises(DomainError, match="breakfast") as refused:
        requirement_of(standard("us-nslp-2024"), {BOYS: 1}, [Meal.BREAKFAST])
    assert (refused.value.rule, refused.value.field) == ("meal-not-in-standard", "meals")


def test_nobody_needs_nothing() -> None:
    """A canteen without pupils has no average child."""
    with pytest.raises(DomainError) as refused:
        requirement_of(standard("wst554-2017"), {BOYS: 0}, [Meal.LUNCH])
    assert refused.value.rule == "headcount-zero"


def _short_list(file: dict[str, Any]) -> None:
    file["nutrients"][2]["daily"]["m"].pop()


def _reversed_range(file: dict[str, Any]) -> None:
    file["groups"][0]["by_meal"]["lunch"][1] = [160, 120]


def _missing_meal(file: dict[str, Any]) -> None:
    del file["share"]["by_meal"]["dinner"]


def _negative(file: dict[str, Any]) -> None:
    file["nutrients"][0]["daily"]["f"][0] = -5


def _unknown_nutrient(file: dict[str, Any]) -> None:
    file["nutrients"][0]["of"] = "happiness_mg"


def _unheard_of(file: dict[str, Any]) -> None:
    file["nutrients"][0]["surprise"] = 1


def _unverified(file: dict[str, Any]) -> None:
    file["rules"][0]["verified"] = ""


HOLES: list[tuple[Callable[[dict[str, Any]], None], str, str]] = [
    (_short_list, "", "nutrients.calcium_mg.daily.m has 3 numbers for 4 age bands"),
    (_reversed_range, "groups.0", "low is above high"),
    (_missing_meal, "", "nothing is said of dinner"),
    (_negative, "nutrients.0.daily.f.0", "greater than or equal to 0"),
    (_unknown_nutrient, "nutrients.0.of", "Input should be"),
    (_unheard_of, "nutrients.0.surprise", "Extra inputs"),
    (_unverified, "rules.0.verified", "at least 1 character"),
]


@pytest.mark.parametrize(("spoil", "path", "detail"), HOLES, ids=[spoil.__name__ for spoil, _, _ in HOLES])
def test_a_hole_is_named_and_the_rest_serves(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], path: str, detail: str
) -> None:
    """A file with a hole is not used: file, place in it and rule are named, the other files load."""
    broken = copy.deepcopy(WST) | {"standard_id": "broken"}
    spoil(broken)
    (tmp_path / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
    (tmp_path / "good.json").write_text(json.dumps(WST), encoding="utf-8")
    found = read_all(tmp_path)
    (hole,) = found.holes
    assert set(found.standards) == {"wst554-2017"}
    assert (hole.file, hole.path) == ("broken.json", path)
    assert detail in hole.detail
    assert hole.rule


def test_a_file_that_is_no_json_or_no_utf8_is_named(tmp_path: Path) -> None:
    """Where the reading stopped is said, by line or by byte."""
    (tmp_path / "a.json").write_text('{\n "standard_id": ', encoding="utf-8")
    (tmp_path / "b.json").write_bytes("{ 学生 }".encode("gbk"))
    assert [(hole.file, hole.rule) for hole in read_all(tmp_path).holes] == [("a.json", "json"), ("b.json", "utf-8")]


def test_a_standard_stands_in_one_file(tmp_path: Path) -> None:
    """A second file of the same standard is refused, naming the first."""
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(WST), encoding="utf-8")
    (hole,) = read_all(tmp_path).holes
    assert (hole.file, hole.rule) == ("b.json", "twice")
    assert "a.json" in hole.detail


def test_shares_need_the_needs_they_are_shares_of(tmp_path: Path) -> None:
    """A standard that takes its nutrients from one that is not there is refused."""
    (tmp_path / "br.json").write_text((FOLDER / "br-pnae-2020.json").read_text(encoding="utf-8"), encoding="utf-8")
    (hole,) = read_all(tmp_path).holes
    assert (hole.path, hole.rule) == ("nutrients_from", "unknown-standard")
