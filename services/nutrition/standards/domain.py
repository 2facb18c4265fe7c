"""What a standard asks of one canteen's meals: targets per average child, each with its verification state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.nutrition.foods.domain import Food
from shared.fields import Meal


class TargetKind(StrEnum):
    """What a target counts, always for an average child of the canteen.

    NUTRIENT       the nutrient named by `of`, in its unit, per school day
    ENERGY_SHARE   1/1000 of the energy that comes from the nutrient `of`: fat_g (9 kcal/g), carbohydrate_g (4 kcal/g)
    GROUP_G        g of the food group named by `of`, in the standard's raw equivalents, per school day
    FOOD_KINDS     kinds of food that count, per `per`
    GROUP_KINDS    kinds of food of the standard's group `of` (of the food group where it has none such), per `per`
    DARK_SHARE     1/1000 of the weight of the group `of` that is dark, per day; not known to be dark is not dark
    GROUPS_IN_MEAL how many of the standard's meal groups stand in a meal
    FOOD_G         g (raw, edible) of the food group, single food or set of foods `of`, per `per`
    """

    NUTRIENT = "nutrient"
    ENERGY_SHARE = "energy_share"
    GROUP_G = "group_g"
    FOOD_KINDS = "food_kinds"
    GROUP_KINDS = "group_kinds"
    DARK_SHARE = "dark_share"
    GROUPS_IN_MEAL = "groups_in_meal"
    FOOD_G = "food_g"


class Per(StrEnum):
    """Over what a target is judged: the mean school day of the week, each day, each meal, or the whole week."""

    MEAN_DAY = "mean_day"
    DAY = "day"
    MEAL = "meal"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Target:
    """One number a menu is judged by. Between `low` and `high` it is met; None is no bound on that side.

    `weight` is how much falling short of it (or going over) by its whole amount counts in a menu's score;
    `verified` is the state of the number in the standard's file, in the file's own words.
    """

    key: str
    kind: TargetKind
    of: str
    per: Per
    low: float | None
    high: float | None
    weight: float
    verified: str


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A food counts in a standard's group with `permille` of its raw edible grams (WS/T 554-2017 annex A)."""

    group: str
    permille: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a standard asks of the meals a canteen serves: headcount-weighted over age bands and sex.

    `by_food` and `by_food_group` say in which of the standard's groups a food counts and with how much of its weight;
    a food named by itself goes before its food group; a food in neither counts in no group.
    `meal_groups` are the families of GROUPS_IN_MEAL, each a set of the standard's groups. `kinds_exclude` are food
    groups and foods, `food_sets` the sets of foods a FOOD_G can name, `banned` the foods that may not be served at all.
    """

    standard_id: str
    meals: tuple[Meal, ...]
    targets: tuple[Target, ...]
    by_food: Mapping[str, Equivalent]
    by_food_group: Mapping[str, Equivalent]
    meal_groups: tuple[frozenset[str], ...]
    kinds_exclude: frozenset[str]
    food_sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    banned: frozenset[str] = frozenset()

    def counts_as(self, food: Food) -> Equivalent | None:
        """Return in which group of the standard a food counts, None when in none."""
        return self.by_food.get(food.food_code) or self.by_food_group.get(food.food_group)

    def is_a_kind(self, food: Food) -> bool:
        """Whether the food counts as one of the kinds of a day or week; oil, salt, condiments and aromatics do not."""
        return food.food_group not in self.kinds_exclude and food.food_code not in self.kinds_exclude

    def names(self, name: str, food: Food) -> bool:
        """Whether a name means the food: its food group, the food itself, or a set it is in."""
        return name in (food.food_group, food.food_code) or food.food_code in self.food_sets.get(name, ())
