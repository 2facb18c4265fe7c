"""What a mending means, in Chinese and English: "Milk daily: +¥2.00, calcium 41 % → 68 %"."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import TargetKind
from shared.quantities import divide

NUTRIENT_NAMES: Mapping[Nutrient, tuple[str, str]] = {
    Nutrient.ENERGY_KCAL: ("能量", "energy"),
    Nutrient.PROTEIN_G: ("蛋白质", "protein"),
    Nutrient.FAT_G: ("脂肪", "fat"),
    Nutrient.CARBOHYDRATE_G: ("碳水化合物", "carbohydrate"),
    Nutrient.FIBRE_G: ("膳食纤维", "fibre"),
    Nutrient.CALCIUM_MG: ("钙", "calcium"),
    Nutrient.IRON_MG: ("铁", "iron"),
    Nutrient.ZINC_MG: ("锌", "zinc"),
    Nutrient.SODIUM_MG: ("钠", "sodium"),
    Nutrient.VITAMIN_A_UG_RAE: ("维生素A", "vitamin A"),
    Nutrient.THIAMIN_MG: ("维生素B1", "thiamin"),
    Nutrient.RIBOFLAVIN_MG: ("维生素B2", "riboflavin"),
    Nutrient.VITAMIN_C_MG: ("维生素C", "vitamin C"),
}
GROUP_NAMES: Mapping[str, tuple[str, str]] = {
    "cereal": ("谷薯类", "cereals and tubers"),
    "cereal_tuber": ("谷薯类", "cereals and tubers"),
    "vegetable": ("蔬菜", "vegetables"),
    "fruit": ("水果", "fruit"),
    "meat": ("畜禽肉", "meat"),
    "fish": ("水产", "fish"),
    "egg": ("蛋类", "eggs"),
    "dairy": ("奶类", "milk and dairy"),
    "milk": ("奶类", "milk and dairy"),
    "soy": ("大豆类", "soy"),
    "nut": ("坚果", "nuts"),
    "oil": ("油", "oil"),
    "salt": ("盐", "salt"),
}
_WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")


def target_name(target: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a target is called, (Chinese, English)."""
    kind, of = TargetKind(target["kind"]), str(target["of"])
    if kind is TargetKind.NUTRIENT:
        return NUTRIENT_NAMES[Nutrient(of)]
    zh, en = NUTRIENT_NAMES[Nutrient(of)] if of in list(Nutrient) else GROUP_NAMES.get(of, (of, of.replace("_", " ")))
    named = {
        TargetKind.ENERGY_SHARE: (f"{zh}供能比", f"energy from {en}"),
        TargetKind.GROUP_G: (zh, en),
        TargetKind.FOOD_G: (zh, en),
        TargetKind.FOOD_KINDS: ("食物种类", "kinds of food"),
        TargetKind.GROUP_KINDS: (f"{zh}种类", f"kinds of {en}"),
        TargetKind.DARK_SHARE: ("深色蔬菜占比", "share of dark vegetables"),
        TargetKind.GROUPS_IN_MEAL: ("每餐食物类别", "food groups in a meal"),
    }
    return named[kind]


def share_of(target: Mapping[str, Any], value: float) -> float | None:
    """Return a value as a share of what the target asks for: of its low bound, else of its high one."""
    bound = target["low"] if target["low"] else target["high"]
    return value / bound if bound else None


def when(days: Sequence[date], of: Sequence[date]) -> tuple[str, str]:
    """Return how often a change comes: daily, on one weekday, or so many days of all."""
    touched = sorted(set(days))
    if len(touched) == len(of) > 1:
        return "每天", "daily"
    if len(touched) == 1:
        return f"周{_WEEKDAYS[touched[0].weekday()]}", f"on {touched[0]:%A}"
    return f"{len(touched)}天", f"on {len(touched)} of {len(of)} days"


def mending_words(
    mending: Mapping[str, Any], target: Mapping[str, Any], dish: tuple[str, str] | None, often: tuple[str, str]
) -> tuple[str, str]:
    """Return what a mending brings and costs, (Chinese, English)."""
    dish_zh, dish_en = dish or ("留空", "nothing")
    zh, en = target_name(target)
    before, after = (_percent(target, mending[name]) for name in ("value_before", "value_after"))
    cost = yuan(mending["cost_mfen_per_day"])
    zh_line = f"{often[0]}{dish_zh}：{cost}/生·天，{zh} {before} → {after}"
    return zh_line, f"{dish_en} {often[1]}: {cost} a child and day, {en} {before} → {after}"


def yuan(mfen: int) -> str:
    """Return 1/1000 fen as signed ¥ with two decimals."""
    fen = divide(abs(mfen), 1000)
    return f"{'−' if mfen < 0 and fen else '+'}¥{fen // 100}.{fen % 100:02d}"


def _percent(target: Mapping[str, Any], value: float) -> str:
    share = share_of(target, value)
    return f"{value:.1f}" if share is None else f"{share * 100:.0f} %"
