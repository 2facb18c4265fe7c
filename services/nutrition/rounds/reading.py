"""Reading what a round is drafted from: its prices, the county, and its canteens as classes."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from services.nutrition.canteens import queries as canteens
from services.nutrition.foods import queries as foods
from services.nutrition.foods.domain import Food
from services.nutrition.market import queries as market
from services.nutrition.market.domain import Quote, Worth, quotes_at
from services.nutrition.planning.facts import Facts
from services.nutrition.planning.reading import County, read_county, read_facts
from services.nutrition.rounds import queries
from services.nutrition.rounds.classes import Member, SchoolClass, alike, classes_of, mix_of
from services.nutrition.rounds.domain import CountyPlan, Prices
from services.nutrition.standards.library import standard
from services.nutrition.standards.requirement import requirement_of
from shared.errors import DomainError
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Read:
    """What a round is drafted from; `without` are canteens that cannot be planned at all, with the reason.

    `refused` counts prices that could not be meant.
    """

    quotes: Mapping[str, Quote]
    usual_g: Mapping[str, int]
    classes: list[SchoolClass]
    without: dict[str, str]
    refused: int


class Remembered:
    """Canteens as they were read for the first round of their plan: from round to round only prices change.

    What changed since is seen when menus are published. A replica remembers its last few plans; another reads anew.
    """

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._plans: OrderedDict[str, dict[str, tuple[Facts, Member]]] = OrderedDict()

    def of(self, planning_id: str) -> dict[str, tuple[Facts, Member]]:
        """Return a plan's canteens read so far, to be added to."""
        known = self._plans.setdefault(planning_id, {})
        self._plans.move_to_end(planning_id)
        while len(self._plans) > self._most:
            self._plans.popitem(last=False)
        return known

    def forget(self, planning_id: str) -> None:
        """Forget a plan that has ended."""
        self._plans.pop(planning_id, None)


async def read_classes(
    uow: UnitOfWork,
    plan: CountyPlan,
    number: int,
    prices: Prices,
    only: Collection[str] | None = None,
    remembered: Remembered | None = None,
) -> Read:
    """Return what the canteens of a plan (`only` some) are drafted from in a round."""
    quotes, refused = await read_quotes(uow, plan, number, prices)
    county = await read_county(uow, plan.county_code, plan.week_start, quotes=quotes)
    wanted = await queries.canteens_of(uow.session, plan.planning_id) if only is None else sorted(only)
    known = (remembered or Remembered()).of(plan.planning_id)
    without: dict[str, str] = {}
    for canteen_id in wanted:
        if canteen_id not in known:
            try:
                known[canteen_id] = await _read_canteen(uow, county, canteen_id)
            except DomainError as error:
                without[canteen_id] = error.detail[:500]
    found = [known[canteen_id] for canteen_id in wanted if canteen_id in known]
    classes = classes_of((replace(facts, quotes=quotes), member) for facts, member in found)
    return Read(quotes, county.usual_g, classes, without, refused)


async def _read_canteen(uow: UnitOfWork, county: County, canteen_id: str) -> tuple[Facts, Member]:
    profile = await canteens.profile(uow.session, canteen_id)
    own = await read_facts(uow, county, profile)
    mix = mix_of(profile.heads)
    requirement = requirement_of(
        standard(profile.standard_id),
        mix,
        profile.meals,
        day=county.week_start,
        school_days=max(1, len(own.days)),
    )
    return alike(own, profile, mix, requirement)


async def read_quotes(uow: UnitOfWork, plan: CountyPlan, number: int, prices: Prices) -> tuple[dict[str, Quote], int]:
    """Return what foods cost in a round, and how many prices told could not be meant."""
    known = await foods.library(uow.session, plan.county_code)
    quoted = await market.quotes_of_offers(uow.session, plan.county_code, plan.week_start, known)
    if prices is Prices.QUOTED:
        return quoted, 0
    told = await queries.prices_of(uow.session, plan.planning_id, number)
    return quotes_of_round(market.worths_of(told.prices if told else {}), quoted, known)


def quotes_of_round(
    worths: Mapping[str, Worth], known: Mapping[str, Quote], foods: Mapping[str, Food]
) -> tuple[dict[str, Quote], int]:
    """Return the quotes of a round, and how many prices told of foods known here could not be meant.

    Nothing is limited, for what is scarce is dear; nor does what is all asked for in this round cease to be on offer:
    it goes to the menus that can do least without it.
    """
    asked = {code: replace(worth, available_g=worth.available_g or None) for code, worth in worths.items()}
    quotes, refused = quotes_at(asked, known, foods)
    return {code: replace(quote, available_g=None) for code, quote in quotes.items()}, refused
