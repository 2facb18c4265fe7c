"""Rules that clash, in words a canteen can act on: which places and dishes they are about, and by how much."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from services.nutrition.planning.clash_sets import ClashSet, Kind, Rule, rules_of, with_only
from services.nutrition.planning.clashing import Clash
from services.nutrition.planning.glance import Words, too_poor
from services.nutrition.planning.possible import Oracle, Verdict, of_slots
from services.nutrition.planning.problem import Problem

_NAMED = 5
"""How many dishes or places are named before the others are only counted."""
_ZH = {
    "breakfast": "早餐",
    "lunch": "午餐",
    "dinner": "晚餐",
    "staple": "主食",
    "main": "主菜",
    "vegetable": "蔬菜",
    "soup": "汤",
    "fruit": "水果",
    "dairy": "奶类",
    "milk": "奶类",
    "drink": "饮品",
    "egg": "蛋类",
}

_NAMES = {
    Kind.FOOD: ("the limits of what is on offer", "供应量限制"),
    Kind.EQUIPMENT: ("the limits of the equipment", "设备限制"),
    Kind.MAIN_FOOD: ("the rule of main ingredients", "主料间隔规则"),
    Kind.GAP: ("the days between the same dish", "同菜间隔规则"),
    Kind.BUDGET: ("the budget", "预算"),
    Kind.PIN: ("the pins", "固定菜品"),
}


def in_words(problem: Problem, found: ClashSet, oracle: Oracle) -> list[Clash]:
    """Return a clash for each rule of a set, or one for its places if no rule could be lifted to help."""
    words = {
        Kind.FOOD: _food,
        Kind.EQUIPMENT: _equipment,
        Kind.MAIN_FOOD: _main_food,
        Kind.GAP: _gap,
        Kind.BUDGET: _budget,
        Kind.PIN: _pin,
    }
    told = [(rule.kind.value, words[rule.kind](problem, found, rule, oracle)) for rule in reversed(found.rules)]
    if not told:
        told = [("once-in-a-meal", _once(problem, found))]
    first = f"slots[{found.slots[0]}]" if found.slots else "slots"
    return [Clash(rule, of.en, of.field or first, True, of.zh, tuple(_codes(problem, of.dishes))) for rule, of in told]


def guesses(problem: Problem, kinds: Sequence[Kind], oracle: Oracle) -> list[Clash]:
    """Return what is said where nothing is proved: which rules need only be lifted for a menu to be found."""
    told = []
    for kind in kinds:
        names = _NAMES[kind]
        of = Words(
            f"without {names[0]} a menu was found, with it none", f"放开{names[1]}可找到菜单，否则未找到", "slots"
        )
        if kind is Kind.BUDGET:
            least = oracle.cheapest(with_only(problem, [rule for rule in rules_of(problem) if rule.kind is not kind]))
            en, zh = "the cheapest menu found that keeps everything else costs", "已找到的满足其余规则的最便宜菜单需"
            of = too_poor(problem, least or 0, en=en, zh=zh)
        told.append(Clash(kind.value, of.en, of.field, False, of.zh))
    nothing = Clash("rules", "no menu that keeps all rules was found", "slots", False, "未找到满足全部规则的菜单")
    return told or [nothing]


def _budget(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> Words:
    """Return what the cheapest menu costs, as far as it is known, and how much of that there is."""
    cost = problem.plates.cost_mfen.astype(np.float64)
    kept, those = [other for other in rules_of(problem) if other != rule], ("everything else", "其余规则")
    answer = oracle.least(with_only(problem, kept), cost)
    if answer.verdict is not Verdict.POSSIBLE:
        kept, those = [other for other in found.rules if other != rule], ("the other rules named here", "此处其他规则")
        answer = oracle.least(with_only(problem, kept), cost)
    least = float(round(answer.least))
    en, zh = f"the cheapest menu that keeps {those[0]} costs", f"满足{those[1]}的最便宜菜单需"
    if not answer.is_reached:
        en, zh, least = f"{en} at least", f"{zh}至少", max(least, problem.budget_mfen + 1.0)
    return too_poor(problem, least, en=en, zh=zh)


def _food(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> Words:
    code, cap = problem.plates.kitchen.foods[rule.which].food_code, problem.food_cap_g[rule.which]
    others = with_only(problem, [other for other in found.rules if other != rule])
    least_mg = oracle.least(others, np.rint(problem.plates.food_g[:, rule.which] * 1000)).least
    need = max(np.ceil(least_mg / 1000), np.floor(cap + 1))
    return Words(
        f"{code}: {cap:.0f} g a child can be had for all the days, a menu needs {need:.0f} g at least",
        f"{code}：全部天数每生可得 {cap:.0f} 克，菜单至少需要 {need:.0f} 克",
        f"food_cap_g.{code}",
    )


def _equipment(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> Words:
    name, limit = problem.equipment[rule.which], int(problem.equipment_limit[rule.which])
    there = of_slots(with_only(problem, found.rules), np.array(found.slots, dtype=np.int64))
    need = limit + 1
    while need < len(found.slots) and _is_too_little(there, rule.which, need, oracle):
        need += 1
    en, zh = ("a meal", "一餐") if _is_about_sums(found) else _places(problem, found)
    can = f"{limit} {'dish' if limit == 1 else 'dishes'} of a meal can use it"
    return Words(
        f"{name}: {can}, {en} cannot do with less than {need}",
        f"{name}：每餐最多 {limit} 道菜使用，{zh}至少需要 {need} 道",
        f"equipment.{name}",
    )


def _is_too_little(problem: Problem, piece: int, limit: int, oracle: Oracle) -> bool:
    limits = problem.equipment_limit.copy()
    limits[piece] = limit
    return oracle.ask(replace(problem, equipment_limit=limits)) is Verdict.IMPOSSIBLE


def _main_food(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> Words:
    en, zh = "no main ingredient comes twice on a day or on two days running", "主料不得同日重复或连日出现"
    if _is_about_sums(found):
        return Words(en, zh)
    may, (places_en, places_zh) = _may_stand(problem, found), _places(problem, found)
    foods = sorted({problem.plates.kitchen.foods[food].food_code for food in problem.main_food[may] if food >= 0})
    listed = _listed(foods)
    return Words(f"{en}: {places_en} can be made of {listed}", f"{zh}：{places_zh}的主料只有 {listed}", dishes=may)


def _gap(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> Words:
    may = _may_stand(problem, found)
    gaps = sorted({int(gap) for gap in problem.gap_days[may]})
    again = f"{gaps[0]} to {gaps[-1]}" if len(gaps) > 1 else f"{gaps[0]}"
    en = f"a dish may come again after {again} school days at the earliest"
    zh = f"同一道菜至少隔 {again.replace(' to ', '–')} 个上学日才能再上"
    if _is_about_sums(found):
        return Words(en, zh)
    places_en, places_zh = _places(problem, found)
    there_are = "there is 1 dish" if len(may) == 1 else f"there are {len(may)} dishes"
    codes = _listed(_codes(problem, may))
    return Words(
        f"{en}: for {places_en} {there_are}: {codes}", f"{zh}：{places_zh}只有 {len(may)} 道菜：{codes}", dishes=may
    )


def _pin(problem: Problem, found: ClashSet, rule: Rule, oracle: Oracle) -> Words:
    dishes = np.flatnonzero(problem.allowed[rule.which]).tolist()
    codes, (en, zh) = _listed(_codes(problem, dishes)), _named(problem, [rule.which])
    return Words(f"{codes} is pinned to {en}", f"{codes} 被固定在{zh}", f"slots[{rule.which}]", dishes)


def _once(problem: Problem, found: ClashSet) -> Words:
    may, (en, zh) = _may_stand(problem, found), _places(problem, found)
    codes = _listed(_codes(problem, may))
    return Words(f"{en}: only {codes} may stand there, once in a meal", f"{zh}只能上 {codes}，每餐只能一次", dishes=may)


def _is_about_sums(found: ClashSet) -> bool:
    """Whether a clash is about all places together, so that naming them says nothing."""
    return any(rule.kind in (Kind.BUDGET, Kind.FOOD) for rule in found.rules)


def _may_stand(problem: Problem, found: ClashSet) -> list[int]:
    """Return the dishes that may stand in the places of a clash."""
    may: list[int] = np.flatnonzero(problem.allowed[list(found.slots)].any(axis=0)).tolist()
    return may


def _places(problem: Problem, found: ClashSet) -> tuple[str, str]:
    return _named(problem, found.slots)


def _named(problem: Problem, slots: Iterable[int]) -> tuple[str, str]:
    """Return what places are called (English, Chinese), those of the same meals together."""
    days: dict[tuple[str, str], list[str]] = {}
    for slot in slots:
        where = problem.slots[slot]
        days.setdefault((where.meal, where.name), []).append(str(problem.days[where.day]))
    names: dict[tuple[str, str], list[str]] = {}
    for (meal, name), of in days.items():
        names.setdefault((meal, _listed(of)), []).append(name)
    en = " and ".join(f"{', '.join(of)} of {meal} on {when}" for (meal, when), of in names.items())
    zh = "、".join(
        f"{when} {_ZH.get(meal, meal)}的{'、'.join(_ZH.get(name, name) for name in of)}"
        for (meal, when), of in names.items()
    )
    return en, zh


def _codes(problem: Problem, dishes: Iterable[int]) -> list[str]:
    return [problem.plates.kitchen.dish_codes[dish] for dish in dishes]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_NAMED])} … (+{more})"
