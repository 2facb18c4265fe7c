"""What the planner chooses from and what it answers: plain frozen data, so that it crosses to a worker process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.nutrition.analysis.plates import Floats, Integers, Plates, Truths
from services.nutrition.standards.domain import Requirement
from shared.fields import Meal


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a meal that one dish fills: "staple", "main", "vegetable" …; an optional one may stay empty.

    `day` is the place of its day in `Problem.days`.
    """

    day: int
    meal: Meal
    name: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how many points; nutrition counts as the targets' own weights say. The less points, the better.

    Spending the whole budget costs `cost` points. `poor / cost` is λ: the ¥ of higher price worth paying for each ¥
    that reaches poor households (`local / cost`: that stays in the county); `poor + local` must not exceed `cost`.
    Dishes all rated worst instead of best cost `rating` points, an empty slot as much as a dish rated 0.5.
    Another choice than `Problem.before` in every slot that has one costs `keep` points.
    """

    cost: float = 1.0
    poor: float = 0.5
    local: float = 0.1
    rating: float = 0.2
    keep: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """D dishes, S slots, F foods. Everything is per average child of the canteen.

    `days` are school days in order, of one week or several; days between which a dish may not come again are counted
    in them. `allowed[s, d]`: bans, allergens, season, category, pins and what was served before the first day are
    settled here. A dish comes once in a meal, and again `gap_days[d]` days later at the earliest (5: Monday, next
    Monday; 1: daily; 0: twice a day, too). `main_food[d]`: index of its main ingredient, not twice on one day nor on
    adjacent days, −1 for none (staples, fruit, milk). `equipment_use[e, d]` and `equipment_limit[e]`: how many dishes
    of a meal may need a piece of equipment. `food_cap_g[f]`: edible g to be had over all the days, infinite where
    nobody limits it. `budget_mfen`: 1/1000 fen over all the days, hard. `rating[d]` lies in 0–1. `before[s]` is the
    dish of the last plan, −1 for none. `unpinned[s]`: what would be allowed in a pinned slot were it not pinned.
    """

    plates: Plates
    requirement: Requirement
    days: tuple[date, ...]
    slots: tuple[Slot, ...]
    allowed: Truths
    gap_days: Integers
    main_food: Integers
    equipment: tuple[str, ...]
    equipment_use: Integers
    equipment_limit: Integers
    food_cap_g: Floats
    budget_mfen: int
    rating: Floats
    before: Integers
    weights: Weights = field(default_factory=Weights)
    unpinned: Mapping[int, Truths] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A menu: the dish of each slot (−1 for an empty optional one), and its objective in points with its parts.

    `missed` is each target's miss times its weight, the mean of the weeks, by the target's key; `parts` are cost, poor
    and local (what they earn is negative), rating and keep. `objective` is the sum of both, never negative; the less,
    the better.
    """

    dishes: tuple[int, ...]
    objective: float
    missed: Mapping[str, float]
    parts: Mapping[str, float]
    cost_mfen: int
    poor_mfen: int
    local_mfen: int


@dataclass(frozen=True, slots=True)
class Mending:
    """The cheapest change found that lifts one missed target: which dish (−1: nothing) where, its cost, what it brings.

    Values of the target before and after in its own unit, the mean of its days, meals or weeks; misses as shares of
    its bound. Costs in 1/1000 fen a child and school day; with `over_budget_mfen_per_day` above 0 the menu would
    cost so much more than there is.
    """

    target: str
    dish: int
    slots: tuple[int, ...]
    value_before: float
    value_after: float
    cost_mfen_per_day: int
    miss_before: float
    miss_after: float
    over_budget_mfen_per_day: int = 0


class Unmendable(StrEnum):
    """Why a missed target has no mending among the changes of one slot or of a daily dish.

    NOTHING_LIFTS    none lifts it
    AT_OTHERS_COST   those that lift it worsen others by more
    """

    NOTHING_LIFTS = "nothing_lifts"
    AT_OTHERS_COST = "at_others_cost"


@dataclass(frozen=True, slots=True)
class Unmended:
    """A missed target that no small change mends; `worsens` is the target that the least harmful one worsens most."""

    target: str
    reason: Unmendable
    worsens: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer: the best menu, what is proved of it, what broken targets would cost, and clearly different menus.

    No menu can have an objective below `bound`; `gap` is objective / bound − 1. `moves` is how many changes were tried.
    `alternatives` differ from the best menu and from one another in `different_permille` of the slots that have a
    choice at least: those hold a dish the other menu does not serve in that week.
    """

    best: Choice
    bound: float
    gap: float
    mendings: tuple[Mending, ...]
    alternatives: tuple[Choice, ...]
    moves: int
    seconds: float
    unmended: tuple[Unmended, ...] = ()
    different_permille: int = 500
