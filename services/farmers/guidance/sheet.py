"""What there is to sow as a file for office programs, to print and pin to the wall; so its words are Chinese."""

from collections.abc import Iterable, Iterator

from services.farmers.guidance.domain import Advice
from services.farmers.guidance.usecases import FoodGuidance
from shared.tabular import guarded, write_table

COLUMNS = (
    *("播种周（周一起）", "品种", "面积（亩）", "还缺（公斤）", "供餐周（周一起）"),
    *("参考价（元/公斤）", "价格日期", "价格来源"),
)


def sheet_of(found: Iterable[FoodGuidance]) -> bytes:
    """Return a line for each food and week that there is time to sow for, by sowing week: mu, kg and yuan."""
    return write_table(COLUMNS, sorted(line for food in found for line in _lines(food)))


def _lines(food: FoodGuidance) -> Iterator[tuple[str, ...]]:
    price, crop = food.reference, food.crop
    if crop is None:
        return
    market = ("", "", "")
    if price is not None:
        market = (_hundredths(price.price_fen_per_kg), str(price.day), guarded(price.source))
    for week in food.weeks:
        if week.advice is Advice.SOW:
            kilograms = -(-(week.wanted_g - week.planned_g) // 1000)
            area = _hundredths(week.mu_hundredths)
            named = (str(week.sowing_week), guarded(crop.name_zh), area, str(kilograms), str(week.week_start))
            yield (*named, *market)


def _hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02}"
