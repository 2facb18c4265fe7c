"""What sourcing matches and what it answers: plain frozen data, the boundary between use cases and optimiser."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.procurement.sourcing.against import Against, Why
from services.procurement.sourcing.geography import Place, distance_m
from shared.weeks import monday_of

AMBIENT = "ambient"
"""The temperature class of food that any vehicle carries."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rules of a county ask of a run; where each figure comes from stands in data/rules/sourcing.json.

    Reaching poor households may cost `tolerance_permille` above the least cost, `target_tolerance_permille` until
    `share_target_permille` of the spend reaches them, and never more than `most_premium_permille` of what reaches
    them for it. A stop and a tonne-kilometre steer, they are booked nowhere. A school buys from `suppliers_per_week`
    cooperatives at most; with `whole_packs` lines are split between offers where a pack ends.
    """

    tolerance_permille: int = 20
    share_target_permille: int = 400
    target_tolerance_permille: int = 20
    most_premium_permille: int = 1000
    reach_m: int = 150_000
    stop_cost_fen: int = 2000
    freight_fen_per_tonne_km: int = 100
    handling_g_per_day: int | None = None
    suppliers_per_week: int | None = None
    whole_packs: bool = False
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Line:
    """A demand line that needs `need_g` grams; `place` is None while the canteen's position is unknown.

    `reach_m` is how far its food may travel, None without limit; of places that are unknown nothing is held. What a
    vehicle must keep for it is its `temperature_class`.
    """

    demand_id: str
    county_code: str
    food_code: str
    delivery_day: date
    need_g: int
    place: Place | None
    canteen_id: str
    reach_m: int | None = None
    temperature_class: str = AMBIENT

    @property
    def school_week(self) -> tuple[str, date]:
        """The school and the Monday of the week that its delivery is of."""
        return self.canteen_id, monday_of(self.delivery_day)


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with `remaining_g` grams left; `minimum_lot_g` is the least its cooperative wants to deliver at once.

    `harvest_day` is None for what is still to be harvested; `priority_permille` is what a fen to its poor households
    counts, `pack_g` what a pack holds (0: it comes loose). Vehicles that can fetch it keep `vehicle_classes`, None:
    nobody has said; what needs none comes on any.
    """

    offer_id: str
    county_code: str
    food_code: str
    available_from: date
    available_until: date
    remaining_g: int
    minimum_lot_g: int
    price_fen_per_kg: int
    poor_share_permille: int
    place: Place | None
    cooperative_id: str
    harvest_day: date | None = None
    shelf_life_days: int | None = None
    priority_permille: int = 1000
    pack_g: int = 0
    vehicle_classes: frozenset[str] | None = None

    def can_be_fetched_for(self, line: Line) -> bool:
        """Whether a vehicle comes that keeps what a line's food needs."""
        classes = self.vehicle_classes
        return classes is None or line.temperature_class == AMBIENT or line.temperature_class in classes

    @property
    def first_day(self) -> date:
        """The first day it can be delivered: not before it is harvested."""
        return self.available_from if self.harvest_day is None else max(self.available_from, self.harvest_day)

    @property
    def last_day(self) -> date:
        """The last day it can be delivered: what is harvested has to arrive within its shelf life."""
        if self.harvest_day is None or self.shelf_life_days is None:
            return self.available_until
        days = min(self.shelf_life_days, (date.max - self.harvest_day).days)
        return min(self.available_until, self.harvest_day + timedelta(days=days))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be matched. `excluded` holds (demand_id, offer_id); lines before `earliest_day` come too late.

    `income_room_fen` is what a cooperative may still earn in the season, who is not named has no cap; `handled_g` what
    a cooperative has to deliver on a day already. `standing` holds (canteen, cooperative, day) of orders that stand:
    these stops are made anyway. `budget_room_fen` is what a school may still spend in a week, by canteen and Monday;
    who is not named has no limit.
    """

    lines: tuple[Line, ...]
    offers: tuple[Offer, ...]
    excluded: frozenset[tuple[str, str]]
    earliest_day: date
    terms: Terms = Terms()
    income_room_fen: Mapping[str, int] = field(default_factory=dict)
    handled_g: Mapping[tuple[str, date], int] = field(default_factory=dict)
    standing: frozenset[tuple[str, str, date]] = frozenset()
    budget_room_fen: Mapping[tuple[str, date], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """`quantity_g` of `lines[line]` from `offers[offer]`, which stood at `rank` (from 1) among the line's offers."""

    line: int
    offer: int
    quantity_g: int
    rank: int
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What nobody has of `lines[line]`, and why."""

    line: int
    unmet_g: int
    why: Why


@dataclass(frozen=True, slots=True)
class Figures:
    """What an allocation weighs, in fen: food, freight, stops (`cost`), and of food what reaches the poor.

    `premium` is λ: fen of premium paid for each fen that reaches them; `least_cost_fen` what feeding the same children
    would weigh without it. `bound_fen` is proved: no allocation weighs less at this premium than `objective_fen` does
    by more than `gap`.
    """

    cost_fen: int
    food_fen: int
    poor_fen: int
    stops: int
    least_cost_fen: int
    premium: float
    objective_fen: int
    bound_fen: int

    @property
    def gap(self) -> float:
        """How far at most the allocation lies above the best there can be at its premium, as a share of its cost."""
        return max(0.0, (self.objective_fen - self.bound_fen) / self.cost_fen) if self.cost_fen else 0.0


@dataclass(frozen=True, slots=True)
class Allocation:
    """The answer: per line, pieces and shortfall sum to its need."""

    pieces: tuple[Piece, ...]
    shortfalls: tuple[Shortfall, ...]
    figures: Figures | None = None


def piece_of(problem: Problem, line: int, offer: int, quantity_g: int) -> Piece:
    """Return a piece by its places as an offer stands by its price, for what no optimiser ranked."""
    here, there = problem.lines[line], problem.offers[offer]
    rank = 1 + sum(
        each.food_code == there.food_code and each.price_fen_per_kg < there.price_fen_per_kg for each in problem.offers
    )
    far = None if here.place is None or there.place is None else distance_m(here.place, there.place)
    return Piece(line, offer, quantity_g, rank, far)


def barrier(problem: Problem, line: Line, offer: Offer, distance: int | None) -> Against | None:
    """Return why the line cannot be served from the offer, whatever is left of it; None when it can.

    An offer of another county must be within reach; while a position is unknown, only the own county is.
    """
    if offer.food_code != line.food_code:
        return Against.ANOTHER_FOOD
    if line.delivery_day < problem.earliest_day:
        return Against.TOO_LATE
    if not offer.available_from <= line.delivery_day <= offer.available_until:
        return Against.NOT_THAT_DAY
    if not offer.first_day <= line.delivery_day <= offer.last_day:
        return Against.NOT_FRESH
    if (line.demand_id, offer.offer_id) in problem.excluded:
        return Against.GIVEN_UP
    if offer.county_code != line.county_code and (distance is None or distance > problem.terms.reach_m):
        return Against.REACH
    if line.reach_m is not None and distance is not None and distance > line.reach_m:
        return Against.CLASS_REACH
    if not offer.can_be_fetched_for(line):
        return Against.VEHICLE_CLASS
    return None


def why_short(
    problem: Problem,
    line: Line,
    offers: Sequence[tuple[int, int | None]],
    held_back: Container[int] = (),
    budget_left_mfen: int | None = None,
) -> Why:
    """Return why none of the offers of its food, (place, metres away), had anything left for a line.

    What `held_back` offers have left, a rule keeps: of a day's handling, a season's income, a school's suppliers; or
    `budget_left_mfen` (1/1000 fen), what is left of the budget of the school's week, does not buy a gram of them.
    """
    if line.delivery_day < problem.earliest_day:
        return {Against.DAY_TOO_NEAR: 0}
    counts: dict[Against, int] = defaultdict(int)
    for offer, distance in offers:
        none_left = Against.RULES if offer in held_back else Against.USED_UP
        price = problem.offers[offer].price_fen_per_kg
        if offer in held_back and budget_left_mfen is not None and budget_left_mfen < price:
            none_left = Against.BUDGET
        counts[barrier(problem, line, problem.offers[offer], distance) or none_left] += 1
    return dict(sorted(counts.items())) or {Against.NOT_OFFERED: 0}
