"""Who pays for the meals of the fictional schools: classes that sum to the canteens' budgets, and counts without names.

The national 5 yuan and their date are real; every other amount, and every count, is a model.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.generator.canteens import ALL_MEALS, LUNCH, MEAL_FEN, Canteen
from services.generator.dice import Dice

SCHOOL_YEAR = date(2026, 9, 1)
COUNT_SOURCE = "fictional registry extract"
EXTRA_POOR_FEN = 100
_MODEL = "fictional: a model of what pays beside the national subsidy"


@dataclass(frozen=True, slots=True)
class FundingClass:
    """What a class pays a pupil and day from a day on, and for which meals."""

    class_code: str
    name_zh: str
    name_en: str
    valid_from: date
    fen: int
    meals: tuple[str, ...]
    source: str


CLASSES = (
    FundingClass(
        "base-subsidy",
        "营养改善计划膳食补助（虚构）",
        "National nutrition subsidy (fictional)",
        date(2021, 9, 1),
        MEAL_FEN["lunch"],
        LUNCH,
        "5 yuan a pupil and school day since autumn 2021: the national figure; that these schools have it is fictional",
    ),
    FundingClass(
        "boarding-breakfast",
        "寄宿生早餐补助（虚构）",
        "Boarders' breakfast (fictional)",
        SCHOOL_YEAR,
        MEAL_FEN["breakfast"],
        ("breakfast",),
        _MODEL,
    ),
    FundingClass(
        "boarding-dinner",
        "寄宿生晚餐补助（虚构）",
        "Boarders' dinner (fictional)",
        SCHOOL_YEAR,
        MEAL_FEN["dinner"],
        ("dinner",),
        _MODEL,
    ),
    FundingClass(
        "junior-supplement",
        "初中生补充（虚构）",
        "Junior middle school supplement (fictional)",
        SCHOOL_YEAR,
        100,
        ALL_MEALS,
        _MODEL,
    ),
    FundingClass(
        "senior-supplement",
        "高中生补充（虚构）",
        "Senior high school supplement (fictional)",
        SCHOOL_YEAR,
        200,
        ALL_MEALS,
        _MODEL,
    ),
    FundingClass(
        "county-supplement", "县级补充（虚构）", "County supplement (fictional)", SCHOOL_YEAR, 50, LUNCH, _MODEL
    ),
    FundingClass(
        "extra-poor",
        "困难学生加餐（虚构）",
        "Extra for pupils in need (fictional)",
        SCHOOL_YEAR,
        EXTRA_POOR_FEN,
        ALL_MEALS,
        _MODEL,
    ),
)


def counts_of(canteen: Canteen, seed: int) -> Iterator[tuple[str, int]]:
    """How many pupils of a canteen each class pays for; but for the extra they sum to its budget for every pupil."""
    pupils, (_, meals) = canteen.pupils, canteen.plan
    yield "base-subsidy", pupils
    for meal in ("breakfast", "dinner"):
        if meal in meals:
            yield f"boarding-{meal}", pupils
    hundreds, supplement = divmod(canteen.budget_fen - sum(MEAL_FEN[meal] for meal in meals), 100)
    if hundreds:
        yield ("junior-supplement" if hundreds == 1 else "senior-supplement"), pupils
    if supplement:
        yield "county-supplement", pupils
    in_need = pupils * Dice(seed, "in-need", canteen.canteen_id).between(8, 30) // 100
    if in_need:
        yield "extra-poor", in_need
