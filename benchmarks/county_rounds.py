"""A county's week planned with its farms against menus first and supply second: what it costs, and whom it reaches.

Both plan the same made county with the same planner; nutrition's side is the code of the service without its database,
procurement's side its master. Joint: rounds of marginal prices and drafts, then one whole draft for
each school. Menus first: each class plans at the quotes of offers, what reaches poor households held worth as much, as
if there were enough for it; then the same buyer supplies these menus as well as it can be done. In shares: the same,
but each class plans with no more than its share of what is on offer. What all cost is what is really paid, not what the
planner reckoned with.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.buying import Buyer, at_premium
from benchmarks.canteens import facts_of, foods, made_library, school_days
from benchmarks.harness import Options, Outcome, benchmark, cpu_seconds
from services.nutrition.canteens.domain import Profile
from services.nutrition.market.domain import Quote, Worth, quote_of_reference, quote_of_supplies
from services.nutrition.market.domain import Supply as OnOffer
from services.nutrition.planning.facts import Pool
from services.nutrition.planning.planner import PlanOptions
from services.nutrition.planning.problem import Weights
from services.nutrition.planning.sharing import added, limited_g, usual_g, usual_of
from services.nutrition.rounds.classes import SchoolClass, alike, classes_of, mix_of
from services.nutrition.rounds.drafting import (
    AT_MARGINAL_PRICES,
    MOVES_PER_SLOT,
    WITHOUT_LIMIT,
    ClassDraft,
    Task,
    draft,
)
from services.nutrition.rounds.reading import quotes_of_round
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from services.procurement.joint.composing import Composed, Program
from services.procurement.joint.steps import Column, Weighed
from services.procurement.joint.supply import Need, Supply
from shared.fields import AgeBand, Meal, Sex

SCHOOLS, DISHES = 200, 150
OFFERED = 0.67
"""Of the foods villages grow, the share that is on offer in a made county."""
PREMIUM = 0.5
"""Fen of higher price worth paying for each fen that reaches poor households (λ)."""
MOST_ROUNDS = 8
PROOF_SECONDS = 3.0
"""For how long each class's menu is proved at the last prices; what that takes is told apart."""
_MIXES = ((10, 10, 0), (8, 8, 4), (6, 6, 8), (5, 5, 10), (12, 8, 0), (0, 8, 12), (0, 0, 20), (7, 13, 0))
"""Of twenty pupils, how many are 6–8, 9–11 and 12–14 years old."""
_BANDS = (AgeBand.FROM_6_TO_8, AgeBand.FROM_9_TO_11, AgeBand.FROM_12_TO_14)


@dataclass(frozen=True, slots=True)
class MadeCounty:
    """A fictional county: its schools by class with the quotes of its offers, and what can be bought."""

    classes: tuple[SchoolClass, ...]
    quotes: Mapping[str, Quote]
    usual_g: Mapping[str, int]
    supplies: tuple[Supply, ...]

    @property
    def schools(self) -> int:
        """All schools."""
        return sum(len(one.members) for one in self.classes)


def made_county(seed: int, schools: int, offered: float = OFFERED) -> MadeCounty:
    """Return a county of so many schools with one dish library; two in three of the foods villages grow are on offer.

    Two to six cooperatives offer a food, at 85 to 110 % of the market's price, in all a fifth to twice of what meals
    usually take of it; 10 to 95 % of what they are paid reaches poor households.
    """
    luck = random.Random(seed)
    library = made_library(luck, DISHES)
    ratings = {dish["dish_code"]: round(luck.betavariate(4, 3), 3) for dish in library}
    profiles = [_profile(luck, number) for number in range(schools)]
    base = facts_of(_canteen(library, ratings))
    usual = usual_of(base.recipes, base.patterns.values())
    needs_g = added(usual_g(usual, one.enrolled, one.meals, len(base.days)) for one in profiles)
    offers = _offers(luck, needs_g, offered)
    quotes = _quotes(offers, sum(one.pupils for one in profiles))
    found = []
    for profile in profiles:
        own = replace(
            base,
            canteen_id=profile.canteen_id,
            eaters=profile.enrolled,
            quotes=quotes,
            usual_g=usual_g(usual, profile.enrolled, profile.meals, len(base.days)),
        )
        mix = mix_of(profile.heads)
        found.append(alike(own, profile, mix, requirement_of(standard(profile.standard_id), mix, profile.meals)))
    return MadeCounty(tuple(classes_of(found)), quotes, needs_g, _supplies(offers))


def _profile(luck: random.Random, number: int) -> Profile:
    mix, times = _MIXES[number % len(_MIXES)], luck.randint(2, 25)
    heads = {(band, sex): share * times for band, share in zip(_BANDS, mix, strict=True) for sex in Sex if share}
    return Profile(f"sch-{number:03}", "520628", (Meal.LUNCH,), heads, "wst554-2017", (), {}, 500)


def _canteen(library: list[dict[str, Any]], ratings: Mapping[str, float]) -> dict[str, Any]:
    return {
        "standard_id": "wst554-2017",
        "heads": {AgeBand.FROM_9_TO_11.value: {Sex.MALE.value: 1}},
        "meals": [Meal.LUNCH.value],
        "days": [day.isoformat() for day in school_days(5)],
        "budget_fen": 500,
        "dishes": library,
        "equipment": {"steamer": 2, "wok": 2, "stock_pot": 2, "griddle": 1, "oven": 1},
        "quotes": {},
        "ratings": ratings,
    }


def _offers(luck: random.Random, needs_g: Mapping[str, int], offered: float) -> dict[str, list[OnOffer]]:
    """Return the offers of the week by food."""
    offers: dict[str, list[OnOffer]] = {}
    for code, edible_g in sorted(needs_g.items()):
        food = foods()[code]
        if not food.farmed or luck.random() > offered or edible_g <= 0:
            continue
        all_g = edible_g * 1000 / food.edible_permille * luck.uniform(0.2, 2.0)
        parts = [luck.random() + 0.2 for _ in range(luck.randint(2, 6))]
        market = food.reference_price_fen_per_kg or 0
        offers[code] = [
            OnOffer(
                offer_id=f"off-{code}-{number}",
                food_code=code,
                price_fen_per_kg=max(1, round(market * luck.uniform(0.85, 1.1))),
                available_g=round(all_g * part / sum(parts)),
                local=True,
                poor_permille=luck.randint(100, 950),
            )
            for number, part in enumerate(parts)
        ]
    return offers


def _quotes(offers: Mapping[str, Sequence[OnOffer]], pupils: int) -> dict[str, Quote]:
    quotes = {
        code: quote_of_supplies(offers.get(code, ()), 0, 100 * pupils) or quote_of_reference(food)
        for code, food in foods().items()
    }
    return {code: quote for code, quote in quotes.items() if quote is not None}


def _supplies(offers: Mapping[str, Sequence[OnOffer]]) -> tuple[Supply, ...]:
    offered = [
        Supply(
            ((code, 0),),
            one.price_fen_per_kg,
            one.available_g / 1000,
            one.poor_permille / 1000,
            one.poor_permille / 1000,
        )
        for code, of_food in offers.items()
        for one in of_food
    ]
    market = [
        Supply(((code, 0),), food.reference_price_fen_per_kg)
        for code, food in foods().items()
        if food.reference_price_fen_per_kg
    ]
    return (*offered, *market)


def drafted_at(
    county: MadeCounty, quotes: Mapping[str, Quote], weights: Weights, pool: Pool, options: PlanOptions
) -> list[ClassDraft]:
    """Return every class's draft at some quotes; a class without a menu is no county for a benchmark."""
    classes = tuple(replace(one, facts=replace(one.facts, quotes=quotes)) for one in county.classes)
    drafts = draft(Task(classes, weights, options, pool), lambda _: None)
    assert all(one.drafts for one in drafts), [one.reason or one.faults for one in drafts if not one.drafts]
    return drafts


def round_of(county: MadeCounty, buyer: Buyer, number: int, proof_seconds: float = 0.0) -> list[Column]:
    """Return what the buyer is told when every class plans at its present prices."""
    worths = {code: Worth(price, 0, 0, None) for code, price in buyer.prices.items()}
    quotes, _ = quotes_of_round(worths, county.quotes, foods())
    options = options_of(number, proof_seconds)
    return columns_of(drafted_at(county, quotes, AT_MARGINAL_PRICES, WITHOUT_LIMIT, options), number)


def options_of(seed: int, proof_seconds: float = 0.0) -> PlanOptions:
    """Return how the planner is asked."""
    return PlanOptions(
        seed=seed,
        moves_per_slot=MOVES_PER_SLOT,
        programs=1,
        alternatives=0,
        mendings=False,
        proof_seconds=proof_seconds,
    )


def columns_of(drafts: Sequence[ClassDraft], number: int) -> list[Column]:
    """Return what the buyer is told of a round's drafts."""
    columns = []
    for of_class in drafts:
        points = of_class.shortfall_millipoints + of_class.taste_millipoints
        for one in of_class.drafts:
            kg: dict[Need, float] = {}
            for need in one.needs:
                food = (need.food_code, 0)
                kg[food] = kg.get(food, 0.0) + need.gross_g / 1000
            columns.append(
                Column(
                    draft_id=f"{number}-{one.canteen_id}",
                    canteen_id=one.canteen_id,
                    round=number,
                    kg=kg,
                    points_fen=points * one.point_fen / 1000,
                    shortfall=of_class.shortfall_millipoints / 1000,
                    bound_fen=one.bound_fen,
                )
            )
    return columns


def menus_first(county: MadeCounty, weights: Weights, premium: float, *, in_shares: bool = False) -> Composed:
    """Plan the menus at the quotes of offers, then supply them."""
    pool = Pool(limited_g(county.quotes), county.usual_g) if in_shares else WITHOUT_LIMIT
    columns = columns_of(drafted_at(county, county.quotes, weights, pool, options_of(1)), 1)
    return Program(columns, county.supplies).supplied(range(len(columns)), premium)


@dataclass(frozen=True, slots=True)
class Joint:
    """How planning with the farms went: gap and how unsettled after each round, the whole menus, what that took.

    `first` are the menus of the first round; `master_seconds` are the buyer's part of `cpu_seconds`.
    """

    gaps: list[float | None]
    unsettled: list[float | None]
    whole: Weighed
    first: Weighed
    chosen: list[Column]
    premium: float
    cpu_seconds: float
    master_seconds: float

    @property
    def menus(self) -> int:
        """How many menus there are in all: schools of a class may have different ones."""
        return len({(*sorted(one.kg), round(one.shortfall, 6)) for one in self.chosen})


def jointly(county: MadeCounty, buyer: Buyer) -> Joint:
    """Plan in rounds of prices and drafts, then choose one whole draft for each school."""
    cpu, master, gaps, unsettled = cpu_seconds(), 0.0, list[float | None](), list[float | None]()
    for number in range(1, MOST_ROUNDS + 1):
        columns = round_of(county, buyer, number)
        began = cpu_seconds()
        found = buyer.take(columns, last=number == MOST_ROUNDS)
        master += cpu_seconds() - began
        gaps.append(found.gap)
        unsettled.append(found.unsettled)
        if found.choice is not None:
            break
    choice = found.choice
    assert choice is not None
    chosen = [one for one in buyer.columns if one.draft_id in set(choice.draft_ids)]
    cpu = cpu_seconds() - cpu
    return Joint(gaps, unsettled, choice.weighed, choice.first, chosen, found.premium, cpu, master)


def proved_gap(county: MadeCounty, buyer: Buyer, joint: Joint) -> float:
    """Return how far at most the whole menus lie above the best there can be, with a tight proof of each class's."""
    bound = buyer.bound(round_of(county, buyer, len(buyer.told) + 1, PROOF_SECONDS), joint.premium)
    assert bound is not None
    return joint.whole.objective / bound - 1


def rounded(shares: Sequence[float | None]) -> list[float | None]:
    """Return shares as they are printed."""
    return [None if share is None else round(share, 4) for share in shares]


def _against(joint: Joint, other: Composed) -> dict[str, float]:
    """Return how much cheaper (below 0) the joint plan is, how much more of it reaches the poor, what else differs."""
    bill, before = joint.whole.bill, other.bill
    return {
        "cost_percent": round(100 * (bill.cost / before.cost - 1), 2),
        "poor_share_points": round(100 * (bill.poor_share - before.poor_share), 2),
        "shortfall_points": round(bill.shortfall - before.shortfall, 4),
        "objective_percent": round(100 * (joint.whole.objective / other.objective - 1), 2),
    }


@benchmark("nutrition.county_rounds")
def county_rounds(options: Options) -> Outcome:
    """Joint planning of a county's week against menus first, supply second (J1): cost, poor share, rounds, gap."""
    county = made_county(options.seed, options.scaled(SCHOOLS))
    draft(Task(county.classes[:1], AT_MARGINAL_PRICES, PlanOptions(moves_per_slot=10)), lambda _: None)
    cpu = cpu_seconds()
    weights = Weights(poor=PREMIUM, local=0.0)
    first = menus_first(county, weights, PREMIUM)
    cpu_first = cpu_seconds() - cpu
    buyer = Buyer(county.supplies, at_premium(round(1000 * PREMIUM)))
    joint = jointly(county, buyer)
    details = {
        "schools": county.schools,
        "classes": len(county.classes),
        "menus": joint.menus,
        "against_menus_first": _against(joint, first),
        "against_shares": _against(joint, menus_first(county, weights, PREMIUM, in_shares=True)),
        "poor_share_percent": round(100 * joint.whole.bill.poor_share, 1),
        "shortfall": round(joint.whole.bill.shortfall, 4),
        "rounds": len(joint.gaps),
        "gap_by_round": rounded(joint.gaps),
        "unsettled_by_round": rounded(joint.unsettled),
        "gap": round(proved_gap(county, buyer, joint), 4),
        "cpu_seconds_menus_first": round(cpu_first, 2),
        "cpu_seconds_joint": round(joint.cpu_seconds, 2),
    }
    return Outcome(
        input=f"{county.schools} schools, {DISHES} dishes, made",
        value=joint.whole.bill.cost / 100,
        unit="yuan a week, planned jointly",
        reference="menus first, supply second",
        reference_value=first.bill.cost / 100,
        details=details,
    )
