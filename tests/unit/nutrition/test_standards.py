"""Standards as data: what files may say, what is refused, what a requirement comes to."""

import copy
import csv
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.nutrition.standards.domain import Requirement, Target, TargetKind
from services.nutrition.standards.library import FOLDER, library, read_all, standard
from services.nutrition.standards.requirement import requirement_of
from shared.errors import DomainError
from shared.fields import AgeBand, Meal, Sex
from tests.unit.nutrition.weeks import a_food

BOYS, GIRLS = (AgeBand.FROM_9_TO_11, Sex.MALE), (AgeBand.FROM_9_TO_11, Sex.FEMALE)
WST: dict[str, Any] = json.loads((FOLDER / "wst554-2017.json").read_text(encoding="utf-8"))


def _targets(requirement: Requirement) -> dict[str, Target]:
    return {target.key: target for target in requirement.targets}


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def _asked(meals: Sequence[Meal], standard_id: str = "wst554-2017", **other: Any) -> dict[str, Target]:
    return _targets(requirement_of(standard(standard_id), {BOYS: 1}, meals, **other))


def _lunch(**heads: int) -> dict[str, Target]:
    who = {BOYS: heads.get("boys", 0), GIRLS: heads.get("girls", 0)}
    return _targets(requirement_of(standard("wst554-2017"), who, [Meal.LUNCH]))


def test_every_committed_standard_is_whole() -> None:
    """No file of the repository has a hole, and the three standards are there."""
    assert library().holes == ()
    assert set(library().standards) == {"wst554-2017", "us-nslp-2024", "br-pnae-2020"}


def test_every_food_a_standard_names_is_one() -> None:
    """Foods that equivalents, sets, groups and bans name stand in foods.csv or canteen_bans.csv, each once a table."""
    data = FOLDER.parent
    known = {row["code"] for row in _rows(data / "foods.csv")}
    known |= {row["food_code"] for row in _rows(data / "canteen_bans.csv")}
    for each in library().standards.values():
        file = each.file
        table = [code for row in file.equivalents.rows for code in row.foods]
        assert len(set(table)) == len(table)
        named = [*table, *file.counts_as.foods, *(code for ban in file.bans for code in ban.foods)]
        named += [code for row in file.equivalents.rows for code in row.anchor_foods]
        named += [code for codes in file.sets.values() for code in codes]
        named += [code for row in file.groups for code in row.foods]
        assert set(named) - known == set()


def test_every_number_says_whether_it_was_verified() -> None:
    """Each target carries the state of its numbers, and no two have the same key."""
    for each in library().standards.values():
        asked = requirement_of(each, {BOYS: 1}, [Meal.LUNCH])
        assert all(target.verified for target in asked.targets)
        assert len(_targets(asked)) == len(asked.targets)


def test_energy_and_protein_count_most() -> None:
    """What a child is fed for counts most: energy, protein, then calcium, iron and vitamin A."""
    weights = {key: target.weight for key, target in _lunch(boys=1).items()}
    most = sorted(weights, key=lambda key: -weights[key])[:5]
    assert most[:2] == ["energy_kcal", "protein_g"]
    assert set(most[2:]) == {"calcium_mg", "iron_mg", "vitamin_a_ug_rae"}


def test_a_lunch_carries_its_share_of_the_day_with_the_tolerance() -> None:
    """35 to 40 % of 2,100 kcal for boys of 9 to 11, 90 to 110 % of that (WS/T 554-2017)."""
    energy = _lunch(boys=10)["energy_kcal"]
    assert energy.low == pytest.approx(2100 * 0.35 * 0.9)
    assert energy.high == pytest.approx(2100 * 0.40 * 1.1)


def test_what_there_should_be_no_more_of() -> None:
    """A lunch holds no more sodium than the salt of table 4, 2 g at 393 mg; nobody is asked to eat any."""
    sodium = _lunch(boys=1)["sodium_mg"]
    assert sodium.low is None
    assert sodium.high == pytest.approx(2 * 393)


def test_needs_are_weighted_by_headcount() -> None:
    """Three girls and a boy need what three girls and a boy need, divided by four."""
    energy = _lunch(boys=1, girls=3)["energy_kcal"]
    assert energy.low == pytest.approx((2100 + 3 * 1900) / 4 * 0.35 * 0.9)


def test_needs_are_weighted_over_age_bands() -> None:
    """A school of two age bands is asked for the mean of both, in nutrients and in foods."""
    little = {(AgeBand.FROM_6_TO_8, Sex.FEMALE): 30, (AgeBand.FROM_15_TO_17, Sex.MALE): 10}
    asked = _targets(requirement_of(standard("wst554-2017"), little, [Meal.LUNCH]))
    assert asked["calcium_mg"].low == pytest.approx((30 * 750 + 10 * 800) / 40 * 0.35)
    assert asked["vegetable_g"].low == pytest.approx((30 * 120 + 10 * 180) / 40)


def test_three_meals_carry_the_whole_day() -> None:
    """With breakfast, lunch and dinner the day's needs, food amounts and kinds stand whole."""
    asked = _asked(list(Meal))
    assert asked["calcium_mg"].low == 850
    assert (asked["cereal_tuber_g"].low, asked["cereal_tuber_g"].high) == (300, 350)
    assert asked["food_kinds_per_day"].low == 12
    assert asked["vegetable_kinds_per_day"].low == 3
    assert (asked["milk_per_day"].low, asked["milk_per_day"].high) == (200, 300)


@pytest.mark.parametrize(
    ("meals", "kinds", "of_vegetables", "in_week", "milk"),
    [
        ([Meal.BREAKFAST], 4, 1, 20, 50),
        ([Meal.LUNCH], 5, 2, 25, 70),
        ([Meal.DINNER], 4, 2, 20, 60),
        ([Meal.BREAKFAST, Meal.LUNCH], 9, 3, 25, 120),
        ([Meal.LUNCH, Meal.DINNER], 9, 3, 25, 130),
    ],
)
def test_one_meal_is_not_asked_for_a_day(
    meals: list[Meal], kinds: int, of_vegetables: int, in_week: int, milk: int
) -> None:
    """Variety and milk are asked of the meals that are served, never more than of the day; a carton is not too much."""
    asked = _asked(meals)
    assert asked["food_kinds_per_day"].low == kinds
    assert asked["vegetable_kinds_per_day"].low == of_vegetables
    assert asked["food_kinds_per_week"].low == in_week
    assert (asked["milk_per_day"].low, asked["milk_per_day"].high) == (milk, 300)
    assert (asked["groups_per_meal"].low, asked["dark_vegetable_share"].low) == (3, 500)


def test_a_short_week_is_asked_for_fewer_kinds() -> None:
    """Three school days hold fewer kinds of food than five; seven no more than the standard's week."""
    assert _asked([Meal.LUNCH], school_days=3)["food_kinds_per_week"].low == 15
    assert _asked([Meal.LUNCH], school_days=2)["food_kinds_per_week"].low == 10
    assert _asked([Meal.LUNCH], school_days=7)["food_kinds_per_week"].low == 25
    assert _asked([Meal.LUNCH], school_days=3)["food_kinds_per_day"].low == 5


def test_food_amounts_are_those_of_the_meals_served() -> None:
    """Breakfast and lunch ask for table 3 plus table 4; oil and salt are limits, milk is a least amount."""
    asked = _asked([Meal.BREAKFAST, Meal.LUNCH])
    assert asked["milk_g"].low == 60 + 80
    assert (asked["oil_g"].low, asked["oil_g"].high) == (None, 5 + 10)


def test_no_meals_are_asked_for_more_than_the_day() -> None:
    """Lunch and dinner both print the whole day's soya (table 4): together they are asked for the day's, 35 g."""
    assert _asked([Meal.LUNCH, Meal.DINNER])["soy_nut_g"].low == 35


def test_foods_count_by_the_table_of_equivalents() -> None:
    """Annex A: 145 g of firm tofu are 50 g of dry soya; what it weighs as bought counts whole by its edible part."""
    counts = standard("wst554-2017").by_food
    assert (counts["tofu_firm"].group, counts["tofu_firm"].permille) == ("soy_nut", 345)
    assert (counts["milk_powder"].permille, counts["sweet_potato"].permille) == (6667, 263)
    assert counts["chicken_breast"].permille == 1250
    assert (counts["grass_carp"].permille, counts["cucumber"].permille) == (1000, 1000)
    assert counts["kimchi_paocai"].permille == 0


def test_us_amounts_come_from_cups_a_week() -> None:
    """2.5 cups of fruit a week are half a cup a lunch; subgroups are foods by name, within the vegetables."""
    asked = _asked([Meal.LUNCH], "us-nslp-2024")
    assert asked["fruit_g"].low == 2.5 * 150 / 5
    assert "assumption" in asked["fruit_g"].verified
    dark = asked["dark_green_g"]
    assert (dark.kind, dark.low) == (TargetKind.FOOD_G, 0.5 * 120 / 5)
    requirement = requirement_of(standard("us-nslp-2024"), {BOYS: 1}, [Meal.LUNCH])
    assert requirement.names("dark_green", a_food("spinach"))
    assert not requirement.names("dark_green", a_food("cabbage"))


def test_numbers_change_on_their_day() -> None:
    """US sodium: 1,110 mg a lunch to the end of June 2027, 935 mg from July; each day has one limit."""
    for day, limit in ((None, 1110), (date(2027, 6, 30), 1110), (date(2027, 7, 1), 935)):
        requirement = requirement_of(standard("us-nslp-2024"), {BOYS: 1}, [Meal.LUNCH], day=day)
        assert [target.high for target in requirement.targets if target.of == "sodium_mg"] == [limit]


def test_brazil_asks_by_the_number_of_meals() -> None:
    """PNAE: 20 % of the day for one meal, 30 % for two, 70 % for three."""
    for meals, share in (([Meal.LUNCH], 0.2), ([Meal.BREAKFAST, Meal.LUNCH], 0.3), (list(Meal), 0.7)):
        assert _asked(meals, "br-pnae-2020")["iron_mg"].low == pytest.approx(14 * share)


def test_kinds_are_foods_not_seasoning() -> None:
    """Oil, salt, condiments and aromatics are no kind of food; a vegetable is."""
    requirement = requirement_of(standard("wst554-2017"), {BOYS: 1}, [Meal.LUNCH])
    assert not requirement.is_a_kind(a_food("salt", "salt"))
    assert not requirement.is_a_kind(a_food("ginger"))
    assert requirement.is_a_kind(a_food("cabbage"))


def test_bans_stand_with_the_standard() -> None:
    """What may not be served at all in Chinese canteens is banned there, and not by another country's standard."""
    banned = requirement_of(standard("wst554-2017"), {BOYS: 1}, [Meal.LUNCH]).banned
    assert banned == {"green_bean", "daylily_fresh", "mushroom_wild"}
    assert requirement_of(standard("us-nslp-2024"), {BOYS: 1}, [Meal.LUNCH]).banned == frozenset()


def test_a_standard_of_lunches_judges_no_breakfast() -> None:
    """The US lunch pattern says nothing of breakfast: refused, naming the field."""
    for meals in ([Meal.BREAKFAST], [Meal.BREAKFAST, Meal.LUNCH], []):
        with pytest.raises(DomainError) as refused:
            _asked(meals, "us-nslp-2024")
        assert (refused.value.rule, refused.value.field) == ("meal-not-in-standard", "meals")


@pytest.mark.parametrize("heads", [{}, {BOYS: 0}, {BOYS: 5, GIRLS: -1}])
def test_nobody_needs_nothing(heads: dict[tuple[AgeBand, Sex], int]) -> None:
    """A canteen without pupils has no average child, and no canteen has fewer than none."""
    with pytest.raises(DomainError) as refused:
        requirement_of(standard("wst554-2017"), heads, [Meal.LUNCH])
    assert (refused.value.rule, refused.value.field) == ("headcount-zero", "headcounts")


def _short_list(file: dict[str, Any]) -> None:
    file["nutrients"][2]["daily"]["m"].pop()


def _null(file: dict[str, Any]) -> None:
    file["nutrients"][2]["daily"]["m"][1] = None


def _reversed_range(file: dict[str, Any]) -> None:
    file["groups"][0]["by_meal"]["lunch"][1] = [160, 120]


def _missing_meal(file: dict[str, Any]) -> None:
    del file["share"]["by_meal"]["dinner"]


def _missing_sex(file: dict[str, Any]) -> None:
    del file["nutrients"][0]["daily"]["f"]


def _missing_part(file: dict[str, Any]) -> None:
    del file["rules"]


def _negative(file: dict[str, Any]) -> None:
    file["nutrients"][0]["daily"]["f"][0] = -5


def _kilojoules(file: dict[str, Any]) -> None:
    file["nutrients"][0]["daily"]["f"][0] = 6485


def _text(file: dict[str, Any]) -> None:
    file["nutrients"][0]["daily"]["f"][0] = "1550"


def _unknown_nutrient(file: dict[str, Any]) -> None:
    file["nutrients"][0]["of"] = "happiness_mg"


def _unheard_of(file: dict[str, Any]) -> None:
    file["nutrients"][0]["surprise"] = 1


def _unverified(file: dict[str, Any]) -> None:
    file["rules"][0]["verified"] = ""


def _overlapping_ages(file: dict[str, Any]) -> None:
    file["bands"][1]["from_age"] = 8


def _age_left_out(file: dict[str, Any]) -> None:
    file["bands"][0]["to_age"] = 7


def _band_twice(file: dict[str, Any]) -> None:
    file["bands"][1]["age_bands"] = ["9-11", "6-8"]


def _nutrient_twice(file: dict[str, Any]) -> None:
    file["nutrients"].append(copy.deepcopy(file["nutrients"][1]) | {"from_day": "2030-01-01"})


def _rule_twice(file: dict[str, Any]) -> None:
    file["rules"].append(file["rules"][0])


def _group_nobody_counts_in(file: dict[str, Any]) -> None:
    file["groups"][0]["group"] = "insects"


def _family_of_nothing(file: dict[str, Any]) -> None:
    file["meal_groups"]["families"][0] = ["insects"]


def _no_bound(file: dict[str, Any]) -> None:
    file["rules"][3]["low"] = None


def _shares_both_ways(file: dict[str, Any]) -> None:
    file["share"]["by_count"] = {"1": 300}


HOLES: list[tuple[Callable[[dict[str, Any]], None], str, str]] = [
    (_short_list, "nutrients.2.daily.m", "hole"),
    (_null, "nutrients.2.daily.m.1.int", "int_type"),
    (_reversed_range, "groups.0.by_meal.lunch.1", "reversed"),
    (_missing_meal, "share.by_meal.dinner", "hole"),
    (_missing_sex, "nutrients.0.daily", "hole"),
    (_missing_part, "rules", "missing"),
    (_negative, "nutrients.0.daily.f.0", "greater_than_equal"),
    (_kilojoules, "nutrients.0", "absurd"),
    (_text, "nutrients.0.daily.f.0.int", "int_type"),
    (_unknown_nutrient, "nutrients.0.of", "enum"),
    (_unheard_of, "nutrients.0.surprise", "extra_forbidden"),
    (_unverified, "rules.0.verified", "string_too_short"),
    (_overlapping_ages, "bands.1.from_age", "overlapping"),
    (_age_left_out, "bands.1.from_age", "hole"),
    (_band_twice, "bands.1.age_bands", "twice"),
    (_nutrient_twice, "nutrients.11.of", "overlapping"),
    (_rule_twice, "rules.food_kinds_per_day", "twice"),
    (_group_nobody_counts_in, "groups.0.group", "hole"),
    (_family_of_nothing, "meal_groups.families.0", "unknown-group"),
    (_no_bound, "rules.3", "hole"),
    (_shares_both_ways, "share", "hole"),
]


def _write(folder: Path, file: dict[str, Any]) -> None:
    (folder / f"{file['standard_id']}.json").write_text(json.dumps(file), encoding="utf-8")


@pytest.mark.parametrize(("spoil", "path", "rule"), HOLES, ids=[spoil.__name__ for spoil, _, _ in HOLES])
def test_a_hole_is_named_and_the_rest_serves(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], path: str, rule: str
) -> None:
    """A file with a hole is not used: file, place in it and rule are named, the other files load."""
    broken = copy.deepcopy(WST) | {"standard_id": "broken"}
    spoil(broken)
    _write(tmp_path, broken)
    _write(tmp_path, WST)
    found = read_all(tmp_path)
    assert set(found.standards) == {"wst554-2017"}
    assert {hole.file for hole in found.holes} == {"broken.json"}
    assert (path, rule) in [(hole.path, hole.rule) for hole in found.holes]
    assert all(hole.detail for hole in found.holes)


def test_every_hole_of_a_file_is_named(tmp_path: Path) -> None:
    """Whoever mends a file is told of all that is wrong with it, not of one thing at a time."""
    broken = copy.deepcopy(WST)
    for spoil in (_short_list, _overlapping_ages, _rule_twice, _kilojoules):
        spoil(broken)
    _write(tmp_path, broken)
    rules = [(hole.path, hole.rule) for hole in read_all(tmp_path).holes]
    assert rules == [
        ("bands.1.from_age", "overlapping"),
        ("nutrients.2.daily.m", "hole"),
        ("nutrients.0", "absurd"),
        ("rules.food_kinds_per_day", "twice"),
    ]


@pytest.mark.parametrize(
    ("content", "path", "rule"),
    [
        (b'{\n "standard_id": ', "line 2 column 17", "json"),
        ("{ 学生 }".encode("gbk"), "byte 4", "utf-8"),
        (b'{"a": 1, "a": 2}', "a", "twice"),
        (b'{"a": NaN}', "", "json"),
        (b"[" * 100_000, "", "unreadable"),
        (b"[]", "", "model_type"),
        (b"", "line 1 column 1", "json"),
    ],
)
def test_a_file_that_is_no_standard_at_all_is_named(tmp_path: Path, content: bytes, path: str, rule: str) -> None:
    """Where the reading stopped is said, by line, byte or name; the other files load."""
    (tmp_path / "x.json").write_bytes(content)
    _write(tmp_path, WST)
    found = read_all(tmp_path)
    assert [(hole.file, hole.path, hole.rule) for hole in found.holes] == [("x.json", path, rule)]
    assert set(found.standards) == {"wst554-2017"}


def test_a_standard_stands_in_the_file_of_its_name(tmp_path: Path) -> None:
    """Of a copy under another name nobody could say which one counts: it is refused."""
    _write(tmp_path, WST)
    (tmp_path / "copy.json").write_text(json.dumps(WST), encoding="utf-8")
    (hole,) = read_all(tmp_path).holes
    assert (hole.file, hole.path, hole.rule) == ("copy.json", "standard_id", "file-name")


def test_shares_need_the_needs_they_are_shares_of(tmp_path: Path) -> None:
    """A standard that takes its nutrients from one that is not there is refused."""
    _write(tmp_path, json.loads((FOLDER / "br-pnae-2020.json").read_text(encoding="utf-8")))
    (hole,) = read_all(tmp_path).holes
    assert (hole.file, hole.path, hole.rule) == ("br-pnae-2020.json", "nutrients_from", "unknown-standard")


def test_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CLOUD_STANDARDS names another folder; one that is not there is named like a broken file."""
    _write(tmp_path, WST | {"standard_id": "county-standard"})
    for folder, found, rules in ((tmp_path, {"county-standard"}, []), (tmp_path / "no", set(), ["no-folder"])):
        monkeypatch.setenv("CLOUD_STANDARDS", str(folder))
        library.cache_clear()
        assert set(library().standards) == found
        assert [hole.rule for hole in library().holes] == rules
    monkeypatch.delenv("CLOUD_STANDARDS")
    library.cache_clear()
    assert "wst554-2017" in library().standards
