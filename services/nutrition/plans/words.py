"""What a mending means, in Chinese and English: "Milk daily: +¥2.00, calcium 41 % → 68 %"."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.nutrition.foods.domain import Nutrient
from services.nutrition.standards.domain import Per, TargetKind
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
_JUDGED_ONE_BY_ONE = (Per.DAY.value, Per.MEAL.value)
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
    mending: Mapping[str, Any],
    target: Mapping[str, Any],
    dish: tuple[str, str] | None,
    often: tuple[str, str],
    instead: tuple[str, str] | None = None,
) -> tuple[str, str]:
    """Return what a mending brings and costs, (Chinese, English); `instead` is the one dish it takes the place of."""
    dish_zh, dish_en = dish or ("留空", "nothing")
    if instead is not None:
        dish_zh = f"用{dish_zh}换{instead[0]}" if dish else f"不上{instead[0]}"
        dish_en = f"{dish_en} instead of {instead[1]}"
    zh, en = target_name(target)
    before, after = (_met(target, mending, at) for at in ("before", "after"))
    if target.get("per") in _JUDGED_ONE_BY_ONE:
        zh, en = f"{zh}达标", f"{en} met"
    cost, over = yuan(mending["cost_mfen_per_day"]), mending.get("over_budget_mfen_per_day", 0)
    beyond = yuan(over).lstrip("+")
    return (
        f"{often[0]}{dish_zh}：{cost}/生·天，{zh} {before} → {after}{f'（超预算{beyond}）' if over else ''}",
        f"{dish_en} {often[1]}: {cost} a child and day, {en} {before} → {after}"
        f"{f' ({beyond} beyond the budget)' if over else ''}",
    )


def _met(target: Mapping[str, Any], mending: Mapping[str, Any], at: str) -> str:
    """Return how far a target is met: its value by what is asked, or where it is judged by day or meal, their mean."""
    if target.get("per") in _JUDGED_ONE_BY_ONE:
        return f"{max(0.0, 1 - mending[f'miss_{at}']) * 100:.0f} %"
    return _percent(target, mending[f"value_{at}"])


def unmended_words(target: Mapping[str, Any], worsens: Mapping[str, Any] | None) -> tuple[str, str]:
    """Return why a target has no mending, (Chinese, English)."""
    zh, en = target_name(target)
    if worsens is None:
        return f"{zh}：菜库中没有菜能改善", f"{en}: no dish of the library lifts it"
    other_zh, other_en = target_name(worsens)
    return (
        f"{zh}：能改善它的换菜会使其他指标变差更多，首先是{other_zh}",
        f"{en}: what lifts it worsens others by more, {other_en} first of all",
    )


def yuan(mfen: int) -> str:
    """Return 1/1000 fen as signed ¥ with two decimals."""
    fen = divide(abs(mfen), 1000)
    return f"{'−' if mfen < 0 and fen else '+'}¥{fen // 100}.{fen % 100:02d}"


def _percent(target: Mapping[str, Any], value: float) -> str:
    share = share_of(target, value)
    return f"{value:.1f}" if share is None else f"{share * 100:.0f} %"
