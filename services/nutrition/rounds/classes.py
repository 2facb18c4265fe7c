"""Classes of canteens: they cook the same from the same library, for the same money, for children of the same ages.

One menu is planned for an average child of the class, and each canteen of it needs the food for its own children.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from services.nutrition.canteens.domain import Canteen, Profile
from services.nutrition.planning.facts import Facts
from services.nutrition.planning.sharing import added
from services.nutrition.standards.domain import Requirement
from shared.fields import AgeBand, Sex
from shared.quantities import split

AGE_STEPS = 20
"""Ages and sexes are alike when they are to a twentieth of the pupils: 1 % of what a child needs, at most."""
BUDGET_STEP_MFEN = 5_000
"""Money is alike to 5 fen a child and day; a class has what its poorest canteen has."""

Heads = Mapping[tuple[AgeBand, Sex], int]


@dataclass(frozen=True, slots=True)
class Member:
    """A canteen of a class: who eats there, by age band.

    Whatever the class cooks, its own children cost at least `least` times (at most 1) what the mix of the class does.
    """

    canteen_id: str
    canteen: Canteen
    least: float


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """Canteens that get the same menu at the same prices; `facts` are those of an average child of theirs."""

    facts: Facts
    members: tuple[Member, ...]

    @property
    def pupils(self) -> int:
        """All pupils of the class."""
        return sum(member.canteen.pupils for member in self.members)


def mix_of(heads: Heads) -> Heads:
    """Return how many of `AGE_STEPS` pupils are of each age band and sex; those that come to none are left out."""
    cells = sorted(heads)
    shares = split(AGE_STEPS, [heads[cell] for cell in cells])
    return {cell: share for cell, share in zip(cells, shares, strict=True) if share}


def alike(facts: Facts, profile: Profile, mix: Heads, requirement: Requirement) -> tuple[Facts, Member]:
    """Return a canteen's facts as those of its class: of the mix of ages, for the money that will do in any case.

    Portions grow with age: where the canteen's own children eat more than the mix does, there is less money for it.
    What lies in its store is left out: it is looked at when a menu is published.
    """
    eaters: dict[AgeBand, int] = {}
    for (band, _), share in mix.items():
        eaters[band] = eaters.get(band, 0) + share
    hunger = _hunger(facts, profile.enrolled, eaters)
    budget, step = int(facts.budget_mfen / max(hunger)), BUDGET_STEP_MFEN * max(1, len(facts.days))
    of_class = replace(
        facts,
        eaters=dict(sorted(eaters.items())),
        requirement=requirement,
        budget_mfen=budget - budget % step,
        stock_g={},
    )
    canteen = Canteen(profile.canteen_id, profile.county_code, frozenset(profile.meals), profile.enrolled)
    return of_class, Member(profile.canteen_id, canteen, min(hunger))


def _hunger(facts: Facts, own: Mapping[AgeBand, int], mix: Mapping[AgeBand, int]) -> list[float]:
    """Return how many times as much as a child of the mix a child of the canteen eats, by how dishes' portions grow."""
    times = [1.0]
    for rule in {tuple(sorted(recipe.portion_permille.items())) for recipe in facts.recipes}:
        permille = dict(rule)
        ours, theirs = (sum(n * permille[band] for band, n in of.items()) / sum(of.values()) for of in (own, mix))
        if ours and theirs:
            times.append(ours / theirs)
    return times


def classes_of(canteens: Iterable[tuple[Facts, Member]]) -> list[SchoolClass]:
    """Return the classes, the largest first; the facts of a class are those of its first member by id, for all of its
    pupils.
    """
    found: dict[object, list[tuple[Facts, Member]]] = {}
    for facts, member in sorted(canteens, key=lambda one: one[1].canteen_id):
        found.setdefault(_key(facts), []).append((facts, member))
    classes = [_class(members) for members in found.values()]
    return sorted(classes, key=lambda one: (-one.pupils, one.members[0].canteen_id))


def _class(members: list[tuple[Facts, Member]]) -> SchoolClass:
    facts = members[0][0]
    pupils = sum(member.canteen.pupils for _, member in members)
    bands = sorted(facts.eaters)
    heads = split(pupils, [facts.eaters[band] for band in bands])
    eaters = dict(zip(bands, heads, strict=True))
    usual_g = added(facts.usual_g for facts, _ in members)
    return SchoolClass(replace(facts, eaters=eaters, usual_g=usual_g), tuple(member for _, member in members))


def _key(facts: Facts) -> object:
    """Return what canteens of a class have in common: all that a plan follows from but the number of pupils."""
    return (
        facts.requirement.standard_id,
        facts.requirement.meals,
        tuple((target.key, target.low, target.high) for target in facts.requirement.targets),
        tuple(sorted(facts.eaters.items())),
        facts.days,
        facts.closed,
        tuple(facts.patterns.items()),
        tuple((recipe.dish_code, recipe.version) for recipe in facts.recipes),
        facts.budget_mfen,
        tuple(sorted(facts.equipment_limit.items())),
        facts.avoided_foods,
        tuple(sorted(facts.served_ago.items())),
    )
