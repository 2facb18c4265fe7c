"""Fictional schools of real shape: teaching points of 20 diners up to boarding schools of 3,000, mean 347."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from services.generator.demand import Plan, Portions, eaters_of
from services.generator.dice import Dice, even
from services.generator.geography import County, Town, near
from services.generator.reference import Reference

# Diners at each rank of all schools: straight lines between these points have the mean 346.6, which is 6.2 M diners in
# 17,890 canteens (Xinhua, China Daily 2018-10); the shape between is a model.
SIZES = (
    (0.0, 20),
    (0.1, 40),
    (0.25, 78),
    (0.45, 145),
    (0.6, 250),
    (0.75, 410),
    (0.88, 745),
    (0.95, 1200),
    (0.99, 2050),
    (1.0, 3000),
)

STOCK_WEEKS = 4
STOCK_STEP_G = 500

# Fen a pupil and day. Lunch is the subsidy of 5 yuan (since autumn 2021); the boarders' meals, and what is paid on top
# for older pupils, who eat more, are a model.
MEAL_FEN = {"breakfast": 250, "lunch": 500, "dinner": 400}

LUNCH = ("lunch",)
TWO_MEALS = ("breakfast", "lunch")
ALL_MEALS = ("breakfast", "lunch", "dinner")

_FIRST_EN = "Yun Song Qing Chen Ying Jin Xi Zhu Dao Bai Xiang Ming Chun Qiu Xing Yuan"
_SECOND_EN = "ling tao he guang shan sui pan hai xiang hua yang xi hui shi he wang"
FIRST = tuple(zip("云松青晨映金溪竹稻百向明春秋星远", _FIRST_EN.split(), strict=True))
SECOND = tuple(zip("岭涛禾光山穗畔海香花阳溪晖实河望", _SECOND_EN.split(), strict=True))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of school: percentages of its pupils by age band, and of such schools by the meals they serve.

    `on_top_fen` is paid a pupil and day beside the subsidy.
    """

    name_zh: str
    name_en: str
    bands: tuple[tuple[str, int], ...]
    meals: tuple[tuple[tuple[str, ...], int], ...]
    on_top_fen: int = 0


TEACHING_POINT = Kind("教学点", "Teaching Point", (("6-8", 70), ("9-11", 30)), ((LUNCH, 100),))
PRIMARY = Kind("小学", "Primary School", (("6-8", 49), ("9-11", 51)), ((LUNCH, 70), (TWO_MEALS, 20), (ALL_MEALS, 10)))
NINE_YEAR = Kind(
    "九年制学校",
    "Nine-Year School",
    (("6-8", 31), ("9-11", 33), ("12-14", 36)),
    ((LUNCH, 40), (TWO_MEALS, 20), (ALL_MEALS, 40)),
)
JUNIOR = Kind("初级中学", "Junior Middle School", (("12-14", 100),), ((LUNCH, 35), (ALL_MEALS, 65)), 100)
SENIOR = Kind("高级中学", "Senior High School", (("15-17", 100),), ((LUNCH, 15), (ALL_MEALS, 85)), 200)

# Up to which rank of size which kinds of school are how likely.
KINDS = (
    (0.25, ((TEACHING_POINT, 100),)),
    (0.6, ((PRIMARY, 100),)),
    (0.88, ((PRIMARY, 65), (JUNIOR, 25), (NINE_YEAR, 10))),
    (0.95, ((PRIMARY, 35), (JUNIOR, 40), (NINE_YEAR, 15), (SENIOR, 10))),
    (1.0, ((JUNIOR, 40), (NINE_YEAR, 10), (SENIOR, 50))),
)


@dataclass(frozen=True, slots=True)
class Canteen:
    """`headcounts` are (age band, sex, pupils); `plan` is the template it starts from and the meals it serves."""

    canteen_id: str
    name_zh: str
    name_en: str
    town: Town
    lat: float
    lon: float
    plan: Plan
    budget_fen: int
    headcounts: list[tuple[str, str, int]]

    @property
    def pupils(self) -> int:
        return sum(pupils for _, _, pupils in self.headcounts)

    @property
    def eaters(self) -> int:
        return eaters_of(self.headcounts)


def canteens_of(reference: Reference, county: County, seed: int) -> Iterator[Canteen]:
    """Canteens of a county, the largest anywhere; sizes follow one skewed curve over the whole province."""
    offset = Dice(seed, "sizes").fraction()
    supplement = Dice(seed, "supplement", county.code).pick((0, 0, 0, 50))
    for number in range(1, county.schools + 1):
        rank = even(offset, county.first_school + number)
        yield _canteen(reference, county, seed, number, rank, supplement)


def _canteen(reference: Reference, county: County, seed: int, number: int, rank: float, supplement: int) -> Canteen:
    canteen_id = f"sch-{county.code}-{number:04d}"
    dice = Dice(seed, canteen_id)
    kind = dice.pick_weighted(next(kinds for top, kinds in KINDS if rank < top))
    town = _town(dice, county, rank)
    lat, lon = near(dice, town, 1_500 if rank >= 0.75 else county.spread_m)
    meals = dice.pick_weighted(kind.meals)
    word_zh, word_en = fictional_word(number)
    return Canteen(
        canteen_id=canteen_id,
        name_zh=f"{town.name_zh}{word_zh}{kind.name_zh}（虚构）",
        name_en=f"{town.name_en} {word_en} {kind.name_en} (fictional)",
        town=town,
        lat=lat,
        lon=lon,
        plan=(reference.templates[(number - 1) % len(reference.templates)], meals),
        budget_fen=sum(MEAL_FEN[meal] for meal in meals) + kind.on_top_fen + supplement,
        headcounts=list(_headcounts(dice, kind, size_at(rank))),
    )


def size_at(rank: float) -> int:
    """Diners of the school at a rank of 0 (smallest) to 1 (largest)."""
    for (low, fewest), (high, most) in pairwise(SIZES):
        if rank < high:
            return fewest + int((rank - low) / (high - low) * (most - fewest) + 0.5)
    return SIZES[-1][1]


def _town(dice: Dice, county: County, rank: float) -> Town:
    """The largest schools stand at the county seat, the others in every town."""
    return (
        county.towns[0]
        if rank >= 0.97
        else dice.pick_weighted([(town, 3 if town is county.towns[0] else 1) for town in county.towns])
    )


def fictional_word(number: int) -> tuple[str, str]:
    """A name no register holds, different for 256 neighbours in a county."""
    index = number * 37 % (len(FIRST) * len(SECOND))
    (first_zh, first_en), (second_zh, second_en) = FIRST[index // len(SECOND)], SECOND[index % len(SECOND)]
    return first_zh + second_zh, first_en + second_en


def _headcounts(dice: Dice, kind: Kind, size: int) -> Iterator[tuple[str, str, int]]:
    """Splits the size by age band and sex; the parts sum to the size."""
    left, percent_left = size, 100
    for band, percent in kind.bands:
        pupils = left * percent // percent_left
        left, percent_left = left - pupils, percent_left - percent
        boys = pupils * dice.between(50, 54) // 100
        yield band, "m", boys
        yield band, "f", pupils - boys


def stocks_of(reference: Reference, table: Portions, canteen: Canteen) -> Iterator[tuple[str, int]]:
    """Grams of each dry food in store: four weeks of what its template needs, and a pack of the others."""
    week = table.week(canteen.plan)
    for code, food in sorted(reference.foods.items()):
        if food.dry_store:
            need_g = week[code] * canteen.eaters // 100_000
            yield code, max(STOCK_STEP_G, -(-STOCK_WEEKS * need_g // STOCK_STEP_G) * STOCK_STEP_G)
