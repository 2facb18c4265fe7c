"""What orders without an answer would change to if they were given anew, and what that would make of a week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services.procurement.orders.domain import SCHOOL_TIME, Order
from services.procurement.rules.domain import Rule
from services.procurement.sourcing.against import Against
from services.procurement.sourcing.problem import Allocation, Problem, Shortfall, piece_of
from shared.errors import Conflict
from shared.ids import derived_id
from shared.quantities import amount_fen, divide

SETTLING = timedelta(minutes=5)
"""How long after a week was first sourced again it is compared: until then more answers may come."""


@dataclass(frozen=True, slots=True)
class Part:
    """Grams for a demand line from an offer, at its price; `poor_share_permille` is what of it reaches the poor."""

    demand_id: str
    offer_id: str
    canteen_id: str
    cooperative_id: str
    delivery_day: date
    price_fen_per_kg: int
    poor_share_permille: int
    grams: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What parts of a week come to: food and what of it is expected to reach poor households (fen), stops, and what
    nobody brings (g). Stops that other orders make anyway are not counted.
    """

    food_fen: int
    poor_fen: int
    stops: int
    unmet_g: int


@dataclass(frozen=True, slots=True)
class Change:
    """A demand line would get `after_g` from an offer instead of `before_g`; the price is what was or would be paid."""

    change_id: str
    demand_id: str
    offer_id: str
    cooperative_id: str
    price_fen_per_kg: int
    poor_share_permille: int
    before_g: int
    after_g: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What orders without an answer come to, and would come to; `changes` lead from the one to the other."""

    before: Sums
    after: Sums
    changes: tuple[Change, ...]


def parts_of(orders: Iterable[Order]) -> list[Part]:
    """Return what orders hold."""
    return [
        Part(
            demand_id=line.demand_id,
            offer_id=line.offer_id,
            canteen_id=order.canteen_id,
            cooperative_id=order.cooperative_id,
            delivery_day=order.delivery_day,
            price_fen_per_kg=line.price_fen_per_kg,
            poor_share_permille=line.poor_share_permille,
            grams=order.standing_g(line),
        )
        for order in orders
        for line in order.lines
        if order.standing_g(line)
    ]


def difference(run_id: str, problem: Problem, allocation: Allocation, held: Sequence[Part]) -> Difference:
    """Return how an allocation of a problem differs from what is held of it now."""
    given = [_part(problem, piece.line, piece.offer, piece.quantity_g) for piece in allocation.pieces]
    before, after = _by_place(held), _by_place(given)
    changes = []
    for place in sorted(before.keys() | after.keys()):
        was, becomes = before.get(place, ()), after.get(place, ())
        before_g, after_g = (sum(part.grams for part in parts) for parts in (was, becomes))
        if before_g != after_g:
            one = (*becomes, *was)[0]
            changes.append(
                Change(
                    change_id=derived_id("change", run_id, *place),
                    demand_id=one.demand_id,
                    offer_id=one.offer_id,
                    cooperative_id=one.cooperative_id,
                    price_fen_per_kg=one.price_fen_per_kg,
                    poor_share_permille=one.poor_share_permille,
                    before_g=before_g,
                    after_g=after_g,
                )
            )
    return Difference(_sums(problem, held), _sums(problem, given), tuple(changes))


def _part(problem: Problem, line: int, offer: int, grams: int) -> Part:
    wanted, given = problem.lines[line], problem.offers[offer]
    return Part(
        demand_id=wanted.demand_id,
        offer_id=given.offer_id,
        canteen_id=wanted.canteen_id,
        cooperative_id=given.cooperative_id,
        delivery_day=wanted.delivery_day,
        price_fen_per_kg=given.price_fen_per_kg,
        poor_share_permille=given.poor_share_permille,
        grams=grams,
    )


def _by_place(parts: Iterable[Part]) -> Mapping[tuple[str, str], list[Part]]:
    places: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        places.setdefault((part.demand_id, part.offer_id), []).append(part)
    return places


def _sums(problem: Problem, parts: Sequence[Part]) -> Sums:
    food = poor = 0
    brought: dict[str, int] = {}
    for part in parts:
        amount = amount_fen(part.grams, part.price_fen_per_kg)
        food += amount
        poor += divide(amount * part.poor_share_permille, 1000)
        brought[part.demand_id] = brought.get(part.demand_id, 0) + part.grams
    stops = {(part.canteen_id, part.cooperative_id, part.delivery_day) for part in parts} - problem.standing
    unmet = sum(max(0, line.need_g - brought.get(line.demand_id, 0)) for line in problem.lines)
    return Sums(food, poor, len(stops), unmet)


def allocation_of(problem: Problem, changes: Iterable[Change]) -> Allocation:
    """Return what is to be ordered by these changes, in terms of the market there is now.

    What a line needs beyond it, nobody has; whether that is so the checker sees. Raises Conflict `market-changed`.
    """
    lines = {line.demand_id: place for place, line in enumerate(problem.lines)}
    offers = {offer.offer_id: place for place, offer in enumerate(problem.offers)}
    left = [line.need_g for line in problem.lines]
    pieces = []
    for change in changes:
        if not change.after_g:
            continue
        line, offer = lines.get(change.demand_id), offers.get(change.offer_id)
        if line is None or offer is None or problem.offers[offer].price_fen_per_kg != change.price_fen_per_kg:
            detail = f"offer {change.offer_id} is no longer what it was, or its line needs nothing any more"
            raise Conflict("market-changed", detail, field="run_id")
        pieces.append(piece_of(problem, line, offer, change.after_g))
        left[line] -= change.after_g
    if min(left, default=0) < 0:
        raise Conflict("market-changed", "less is needed than was compared", field="run_id")
    short = [Shortfall(place, grams, {Against.EXACT: 0}) for place, grams in enumerate(left) if grams]
    return Allocation(tuple(pieces), tuple(short))


def good_until(rule: Rule, day: date) -> datetime:
    """Return until when orders for a day can be given anew: until ordering closes, or the day before is over."""
    return rule.closes_at(day) or datetime.combine(day, time(), SCHOOL_TIME)
