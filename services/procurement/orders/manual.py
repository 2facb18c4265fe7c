"""An official orders by hand from an offer what a school still lacks, under the same rules as sourcing."""

from dataclasses import dataclass
from datetime import date

from services.procurement.demand import domain as demand
from services.procurement.demand.book import Book
from services.procurement.orders import queries
from services.procurement.orders.domain import Order
from services.procurement.orders.versions import Author
from services.procurement.rules import queries as rules
from services.procurement.sourcing.against import Against
from services.procurement.sourcing.checking import overdrawn
from services.procurement.sourcing.domain import Cause, earliest_day
from services.procurement.sourcing.placing import place, read_market
from services.procurement.sourcing.problem import Allocation, Piece, Problem, Shortfall, barrier, piece_of
from services.procurement.sourcing.reasons.choices import AGAINST
from services.procurement.turns import take_turn
from shared.errors import Conflict, DomainError, NotFound
from shared.ids import derived_id, new_id
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be ordered: grams of a food for a school and day, from an offer."""

    canteen_id: str
    food_code: str
    delivery_day: date
    offer_id: str
    quantity_g: int


async def order_by_hand(uow: UnitOfWork, wanted: Wanted, author: Author, answer_hours: int) -> Order:
    """Order from an offer what a school lacks, at the offer's price; above the county's limit it waits for approval.

    What nobody had before may be ordered after ordering closed: that mends a shortage. Raises NotFound, DomainError
    with the rule that stands against it.
    """
    await take_turn(uow)
    demand_id = demand.demand_id(wanted.canteen_id, wanted.food_code, wanted.delivery_day)
    book = await Book.open(uow, [demand_id])
    line = book.lines.get(demand_id)
    if line is None:
        raise NotFound("demand-line", f"{wanted.canteen_id} × {wanted.food_code} × {wanted.delivery_day}")
    await _require_open(uow, line, wanted)
    market = await read_market(uow.session, [line], earliest_day(uow.now))
    piece = _piece(market, wanted)
    if beyond := overdrawn(market, Allocation((piece,), ())):
        raise Conflict("beyond-the-rules", f"the county's rules do not allow it: {beyond[0]}", field="quantity_g")
    rest = line.need_g - wanted.quantity_g
    short = min(line.unmet_g, rest)
    missing = (Shortfall(0, short, {Against.BY_HAND: 0}),) if short else ()
    cause = Cause(derived_id("by-hand", new_id()), 0, uow.now, answer_hours)
    sourced = await place(uow, book, market, Allocation((piece,), missing), cause, author)
    if not sourced.orders:
        raise Conflict("offer-exhausted", "the offer has no longer so much left", field="quantity_g")
    await book.save(uow)
    placed = await queries.one(uow.session, sourced.orders[0].order_id)
    if placed is None:
        raise NotFound("order", sourced.orders[0].order_id)
    return placed


async def _require_open(uow: UnitOfWork, line: demand.Line, wanted: Wanted) -> None:
    if wanted.quantity_g > line.need_g:
        detail = f"the school lacks {line.need_g} g, the rest is ordered already"
        raise DomainError("more-than-lacking", detail, field="quantity_g")
    if line.unmet_g >= wanted.quantity_g:
        return
    rule = (await rules.rules_of(uow.session, [line.county_code])).holding(line.county_code, line.delivery_day)
    if rule.has_closed(line.delivery_day, uow.now):
        closed = rule.closes_at(line.delivery_day)
        raise Conflict(
            "ordering-closed", f"ordering closed at {closed}; only shortages are mended", field="delivery_day"
        )


def _piece(market: Problem, wanted: Wanted) -> Piece:
    """Return the piece an order by hand is. Raises DomainError where sourcing could not order it either."""
    places = {offer.offer_id: place for place, offer in enumerate(market.offers)}
    if wanted.offer_id not in places:
        detail = f"no open offer {wanted.offer_id} of {wanted.food_code} has anything left for {wanted.delivery_day}"
        raise DomainError("no-such-offer", detail, field="offer_id")
    line, offer = market.lines[0], market.offers[places[wanted.offer_id]]
    piece = piece_of(market, 0, places[wanted.offer_id], wanted.quantity_g)
    against = barrier(market, line, offer, piece.distance_m)
    if against is not None:
        raise DomainError("offer-does-not-serve", f"it cannot serve the line: {AGAINST[against].en}", field="offer_id")
    if wanted.quantity_g > offer.remaining_g:
        raise Conflict("offer-exhausted", f"the offer has {offer.remaining_g} g left", field="quantity_g")
    if wanted.quantity_g < offer.minimum_lot_g:
        raise DomainError("below-minimum-lot", f"the least is {offer.minimum_lot_g} g", field="quantity_g")
    return piece
