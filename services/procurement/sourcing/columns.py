"""A market as columns: one numpy array a field, so that it crosses to a worker process as a few blocks of memory.

Lines and offers keep the places they have in the problem. Days are proleptic ordinals, unknown positions NaN, codes
small integers; -1 stands for "no limit" and "not said".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from services.procurement.sourcing.geography import EARTH_RADIUS_M, Place
from services.procurement.sourcing.problem import Line, Problem, Terms

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
UNKNOWN = -1
_BITS = {"chilled": 1, "frozen": 2}
"""What a vehicle has to keep; any carries what is ambient."""
MILLI = 1000


@dataclass(frozen=True, slots=True)
class Columns:
    """Lines (`need_g` …) and offers (`left_g` …) of a market, `place_*` in WGS-84 degrees, prices in fen per kg.

    `excluded` holds line × number of offers + offer, sorted. `day_room_g` is what a cooperative can still handle, by
    cooperative and day of need, `income_room_fen` what it may still earn in the season, by cooperative. `pack_g` is by
    offer, empty where packs need not be whole; `standing` holds school, cooperative and day of stops made anyway;
    `reach_m` is how far a line's food may travel, UNKNOWN without limit, empty where no line has one. `budget` is by
    line the place of its school's week in `budget_room_fen`, what that may still cost; UNKNOWN without a limit.
    `vehicle` is the bit of the class a line's vehicle must keep, 0 for any, `fetched` by offer the bits of those that
    come to it; both are empty where nobody has said.
    """

    food: Integers
    school: Integers
    day: Integers
    county: Integers
    need_g: Integers
    place: Floats
    offer_food: Integers
    offer_county: Integers
    offer_from: Integers
    offer_until: Integers
    left_g: Integers
    lot_g: Integers
    price: Integers
    poor_permille: Integers
    priority_permille: Integers
    cooperative: Integers
    offer_place: Floats
    excluded: Integers
    earliest_day: int
    foods: int
    day_room_g: Integers
    income_room_fen: Integers
    terms: Terms
    pack_g: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    standing: Integers = field(default_factory=lambda: np.zeros((0, 3), np.int64))
    reach_m: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    budget: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    budget_room_fen: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    vehicle: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    fetched: Integers = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def lines(self) -> int:
        """How many demand lines there are."""
        return len(self.need_g)

    @property
    def offers(self) -> int:
        """How many offers there are."""
        return len(self.left_g)


def columns_of(problem: Problem) -> Columns:
    """Return a problem as columns; each field of its lines and offers is gone through once."""
    lines, offers = problem.lines, problem.offers
    foods, counties = _Codes(), _Codes()
    food = foods.of(line.food_code for line in lines)
    offer_food = foods.of(offer.food_code for offer in offers)
    county = counties.of(line.county_code for line in lines)
    cooperatives = _Codes()
    cooperative = cooperatives.of(offer.cooperative_id for offer in offers)
    schools = _Codes()
    school = schools.of(line.canteen_id for line in lines)
    standing = _standing(problem, schools, cooperatives)
    names = list(cooperatives.known)
    return Columns(
        food=food,
        school=school,
        day=_whole(line.delivery_day.toordinal() for line in lines),
        county=county,
        need_g=_whole(line.need_g for line in lines),
        place=_places([line.place for line in lines]),
        offer_food=offer_food,
        offer_county=counties.of(offer.county_code for offer in offers),
        offer_from=_whole(offer.first_day.toordinal() for offer in offers),
        offer_until=_whole(offer.last_day.toordinal() for offer in offers),
        left_g=_whole(offer.remaining_g for offer in offers),
        lot_g=_whole(offer.minimum_lot_g for offer in offers),
        price=_whole(offer.price_fen_per_kg for offer in offers),
        poor_permille=_whole(offer.poor_share_permille for offer in offers),
        priority_permille=_whole(offer.priority_permille for offer in offers),
        cooperative=cooperative,
        offer_place=_places([offer.place for offer in offers]),
        excluded=_excluded(problem),
        earliest_day=problem.earliest_day.toordinal(),
        foods=len(foods.known),
        day_room_g=_day_room(problem, names),
        income_room_fen=_whole(problem.income_room_fen.get(name, UNKNOWN) for name in names),
        terms=problem.terms,
        pack_g=_whole(offer.pack_g for offer in offers if problem.terms.whole_packs),
        standing=standing,
        reach_m=_reach(lines),
        budget=_budgets(problem),
        budget_room_fen=_whole(problem.budget_room_fen.values()),
        vehicle=_vehicles(problem),
        fetched=_fetched(problem),
    )


def _vehicles(problem: Problem) -> Integers:
    said = any(offer.vehicle_classes is not None for offer in problem.offers)
    return _whole(_BITS.get(line.temperature_class, 0) for line in problem.lines if said)


def _fetched(problem: Problem) -> Integers:
    said = any(offer.vehicle_classes is not None for offer in problem.offers)
    every = sum(_BITS.values())
    classes = (offer.vehicle_classes for offer in problem.offers if said)
    return _whole(every if each is None else sum(_BITS.get(name, 0) for name in each) for each in classes)


def _budgets(problem: Problem) -> Integers:
    places = {week: place for place, week in enumerate(problem.budget_room_fen)}
    return _whole(places.get(line.school_week, UNKNOWN) for line in problem.lines if places)


def _reach(lines: Sequence[Line]) -> Integers:
    limited = any(line.reach_m is not None for line in lines)
    return _whole(UNKNOWN if line.reach_m is None else line.reach_m for line in lines if limited)


def _day_room(problem: Problem, cooperatives: Sequence[str]) -> Integers:
    days = sorted({line.delivery_day for line in problem.lines})
    most = problem.terms.handling_g_per_day
    if most is None:
        return np.full(len(days) * len(cooperatives), UNKNOWN, np.int64)
    handled = problem.handled_g
    return _whole(max(0, most - handled.get((name, day), 0)) for name in cooperatives for day in days)


def _standing(problem: Problem, schools: "_Codes", cooperatives: "_Codes") -> Integers:
    found = sorted(each for each in problem.standing if each[0] in schools.known)
    parts = [
        schools.of(canteen for canteen, _, _ in found),
        cooperatives.of(name for _, name, _ in found),
        _whole(day.toordinal() for _, _, day in found),
    ]
    return np.stack(parts, axis=1)


def _whole(values: Iterable[int]) -> Integers:
    return np.fromiter(values, np.int64)


def _places(places: Sequence[Place | None]) -> Floats:
    return np.array([(np.nan, np.nan) if place is None else place for place in places], np.float64).reshape(-1, 2)


def _excluded(problem: Problem) -> Integers:
    if not problem.excluded:
        return np.zeros(0, np.int64)
    lines = {line.demand_id: index for index, line in enumerate(problem.lines)}
    offers = {offer.offer_id: index for index, offer in enumerate(problem.offers)}
    count = len(offers)
    pairs = ((lines.get(line), offers.get(offer)) for line, offer in problem.excluded)
    return np.unique(_whole(line * count + offer for line, offer in pairs if line is not None and offer is not None))


class _Codes:
    """Numbers for names, in the order they are first met."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, names: Iterable[str]) -> Integers:
        return _whole(self.known.setdefault(name, len(self.known)) for name in names)


def distances_m(here: Floats, there: Floats) -> Integers:
    """Return the great-circle distance in metres between two lists of places, pair by pair; UNKNOWN where one is."""
    one, other = np.radians(here), np.radians(there)
    half = (
        np.sin((other[..., 0] - one[..., 0]) / 2) ** 2
        + np.cos(one[..., 0]) * np.cos(other[..., 0]) * np.sin((other[..., 1] - one[..., 1]) / 2) ** 2
    )
    metres = np.rint(2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(half))))
    return np.where(np.isnan(metres), UNKNOWN, metres).astype(np.int64)
