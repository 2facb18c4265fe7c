"""Matching demand lines with offers and placing the orders: the step that runs and re-sourcing share."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.procurement.demand import domain as demand
from services.procurement.demand import queries as demand_queries
from services.procurement.demand.book import Book
from services.procurement.orders.placing import place_orders
from services.procurement.orders.versions import Author
from services.procurement.partners import queries as partners
from services.procurement.partners.offers import Near, offers_for
from services.procurement.partners.queries import OfferTerms
from services.procurement.rows import row_of
from services.procurement.rules import queries as ordering_rules
from services.procurement.sourcing import domain, queries
from services.procurement.sourcing.domain import Cause, Sourced
from services.procurement.sourcing.exact.queries import note_unsettled
from services.procurement.sourcing.geography import Place, around, middle
from services.procurement.sourcing.problem import AMBIENT, Allocation, Line, Offer, Problem
from services.procurement.sourcing.repairing import allocate_few
from services.procurement.sourcing.rules.domain import Rules
from services.procurement.sourcing.rules.usecases import rules_on
from shared.database import Session
from shared.unit_of_work import UnitOfWork
from shared.weeks import monday_of

COUNTIES_AT_ONCE = 4
"""Of so many counties what fell short is sourced in the unit of work that found it: each costs it some 0.1 s."""
SEEN_REACHES = 2
"""Offers up to twice as far as a county's reach are looked at: they are told by how much they were too far."""


async def open_day(uow: UnitOfWork, county_code: str, last: date) -> date:
    """Return the first day a county can still order for, the day after `last` when no day until then is."""
    known = await ordering_rules.rules_of(uow.session, [county_code])
    earliest = domain.earliest_day(uow.now)
    return known.first_open_day(county_code, earliest, max(earliest, last), uow.now)


async def read_market(session: Session, lines: Iterable[demand.Line], earliest_day: date) -> Problem:
    """Read everything that may serve these demand lines, and by which rules; all are of one county."""
    needing = [line for line in lines if line.need_g > 0]
    if not needing:
        return Problem((), (), frozenset(), earliest_day)
    rules = await rules_on(session, needing[0].county_code, min(line.delivery_day for line in needing))
    days = [line.delivery_day for line in needing]
    places = await partners.places_of(session, {line.canteen_id for line in needing})
    foods, near = {line.food_code for line in needing}, _near(needing, places, rules)
    rows = await offers_for(session, foods, min(days), max(days), needing[0].county_code, near)
    excluded = await demand_queries.excluded(session, [line.demand_id for line in needing])
    earned = await earned_of(session, rules, rows)
    handled = {}
    if rules.handling_g_per_day is not None:
        handled = await queries.handled_g(session, {row.cooperative_id for row in rows}, min(days), max(days))
    return Problem(
        lines=tuple(_line(line, places, rules) for line in needing),
        offers=offers_of(rows, rules, earned),
        excluded=excluded,
        earliest_day=earliest_day,
        terms=rules.terms,
        income_room_fen=_income_rooms(rules, rows, earned),
        handled_g=handled,
        standing=await queries.standing(session, {line.canteen_id for line in needing}, *_weeks_around(days)),
        budget_room_fen=await _budget_rooms(session, rules, needing),
    )


def _near(lines: Iterable[demand.Line], places: Mapping[str, Place], rules: Rules) -> Near | None:
    """Return where these lines' offers of other counties are looked for; None where no school's place is known."""
    if (box := around(places.values(), SEEN_REACHES * rules.reach_m)) is None:
        return None
    wanted_g: Counter[str] = Counter()
    kept = {}
    for line in lines:
        wanted_g[line.food_code] += line.need_g
        if line.temperature_class != AMBIENT:
            kept[line.food_code] = line.temperature_class
    return Near(box, middle(places.values()), wanted_g, kept)


async def held_for(session: Session, county_code: str, market: Problem) -> Sequence[Any]:
    """Return the county's offers that a certificate keeps from a market, which has lines."""
    days = [line.delivery_day for line in market.lines]
    foods = {line.food_code for line in market.lines}
    return await partners.held_for(session, county_code, foods, min(days), max(days))


def offers_of(rows: Iterable[Any], rules: Rules, earned_fen: Mapping[str, int]) -> tuple[Offer, ...]:
    """Return rows of offers as sourcing sees them; by the rules some groups count more, and who has earned little."""
    return tuple(
        Offer(
            offer_id=row.offer_id,
            county_code=row.county_code,
            food_code=row.food_code,
            available_from=row.available_from,
            available_until=row.available_until,
            remaining_g=row.remaining_g,
            minimum_lot_g=row.minimum_lot_g,
            price_fen_per_kg=row.price_fen_per_kg,
            poor_share_permille=row.poor_share_permille,
            place=None if row.lat is None else (row.lat, row.lon),
            cooperative_id=row.cooperative_id,
            harvest_day=row.harvest_day,
            shelf_life_days=row.shelf_life_days,
            priority_permille=rules.priority_of(
                row.priority_group, row.households, earned_fen.get(row.cooperative_id, 0)
            ),
            pack_g=row.pack_size_g or 0,
            vehicle_classes=None if row.vehicle_classes is None else frozenset(row.vehicle_classes.split(",")),
        )
        for row in rows
    )


async def earned_of(session: Session, rules: Rules, rows: Iterable[Any]) -> dict[str, int]:
    """Return what the cooperatives of these offers have earned in the season, in fen, where a rule asks."""
    if not rules.season_from or not rules.season_until:
        return {}
    names = {row.cooperative_id for row in rows}
    return await queries.earned_fen(session, names, rules.season_from, rules.season_until)


def _income_rooms(rules: Rules, rows: Iterable[Any], earned: Mapping[str, int]) -> dict[str, int]:
    """Return what cooperatives may still earn in the season, in fen."""
    if (most := rules.household_cap_fen) is None:
        return {}
    households = {row.cooperative_id: row.households for row in rows if row.households}
    return {name: max(0, most * count - earned.get(name, 0)) for name, count in households.items()}


async def _budget_rooms(session: Session, rules: Rules, lines: Iterable[demand.Line]) -> dict[tuple[str, date], int]:
    """Return what schools may still spend in these lines' weeks, in fen by canteen and Monday, where that is a rule.

    Counted is every order that stands for a day somebody has said a budget for, the market supplier's too.
    """
    if not rules.school_budgets:
        return {}
    first, last = _weeks_around([line.delivery_day for line in lines])
    schools = {line.canteen_id for line in lines}
    told = demand.budgets(await demand_queries.menus_of(session, schools, first, last))
    spent = await queries.spent_fen(session, schools, first, last)
    rooms: dict[tuple[str, date], int] = {}
    for (canteen_id, day), fen in sorted(told.items()):
        week = canteen_id, monday_of(day)
        rooms[week] = rooms.get(week, 0) + fen - spent.get((canteen_id, day), 0)
    return {week: max(0, fen) for week, fen in rooms.items()}


def _weeks_around(days: Iterable[date]) -> tuple[date, date]:
    """Return the Monday before and the Sunday after some days."""
    return monday_of(min(days)), monday_of(max(days)) + domain.SCHOOL_WEEK


def _line(line: demand.Line, places: Mapping[str, tuple[float, float]], rules: Rules) -> Line:
    return Line(
        demand_id=line.demand_id,
        county_code=line.county_code,
        food_code=line.food_code,
        delivery_day=line.delivery_day,
        need_g=line.need_g,
        place=places.get(line.canteen_id),
        canteen_id=line.canteen_id,
        reach_m=rules.class_reach_m.get(line.temperature_class),
        temperature_class=line.temperature_class,
    )


async def place(
    uow: UnitOfWork,
    book: Book,
    problem: Problem,
    allocation: Allocation,
    cause: Cause,
    author: Author | None = None,
) -> Sourced:
    """Place the orders of an allocation whose lines the book holds locked, as far as the offers still have the grams.

    A piece whose offer no longer has it, or was amended since the problem was read, stays open on its line. The book is
    changed, not saved.
    """
    wanted = [problem.offers[number] for number in sorted({piece.offer for piece in allocation.pieces})]
    known = {offer.offer_id: OfferTerms(**row_of(offer, OfferTerms._fields)) for offer in wanted}
    remaining = await partners.remaining_for_update(uow.session, known)
    granted = domain.grant(problem, allocation.pieces, remaining)
    sourced = domain.order(problem, allocation, granted, book.lines, cause)
    await partners.allocate(uow.session, sourced.offers_g)
    await place_orders(uow, sourced.orders, author or Author("sourcing", f"run {cause.run_id}"))
    ids = [line.demand_id for line in problem.lines]
    for demand_id in ids:
        taken, unmet = sourced.taken_g.get(demand_id, 0), sourced.unmet_g.get(demand_id, 0)
        book.put(demand.source(book.lines[demand_id], taken, unmet))
    short = [(ids[each.line], each.unmet_g, each.why) for each in allocation.shortfalls]
    await queries.replace_shortfalls(uow.session, cause.run_id, ids, short)
    return sourced


async def source_now(uow: UnitOfWork, book: Book, demand_ids: Iterable[str], run_id: str, answer_hours: int) -> None:
    """Source lines of the book at once, inside the unit of work that found them short.

    Small enough for the event loop: a batch of answers is short of a few lines. Reaching poor households is worth what
    it was to the county's last run. What is left after five rounds against offers that ran out, nobody has. The week
    waits to be compared with the exact answer. Lines of many counties wait for a run of each county's week instead.
    """
    lines = [book.lines[demand_id] for demand_id in sorted(set(demand_ids))]
    weeks = {(line.county_code, monday_of(line.delivery_day)) for line in lines}
    await note_unsettled(uow, weeks)
    later = set[tuple[str, date]]()
    if len({county_code for county_code, _ in weeks}) > COUNTIES_AT_ONCE:
        later = {week for week in weeks if domain.can_be_sourced(week[1], uow.now)}
        await queries.queue_again(uow.session, later, uow.now)
    counties: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        if (line.county_code, monday_of(line.delivery_day)) not in later:
            counties[line.county_code].append(line.demand_id)
    for _, ids in sorted(counties.items()):
        await _source_few(uow, book, ids, run_id, answer_hours)


async def _source_few(uow: UnitOfWork, book: Book, ids: Sequence[str], run_id: str, answer_hours: int) -> None:
    """Source lines of one county by its rules."""
    premium = await queries.last_premium(uow.session, book.lines[ids[0]].county_code)
    for number in range(domain.ROUNDS):
        waiting = [book.lines[demand_id] for demand_id in ids if book.lines[demand_id].open_g > 0]
        if not waiting:
            return
        market = await read_market(uow.session, waiting, domain.earliest_day(uow.now))
        allocation = allocate_few(market, premium)
        await place(uow, book, market, allocation, Cause(run_id, number, uow.now, answer_hours))
    for demand_id in ids:
        line = book.lines[demand_id]
        book.put(demand.source(line, 0, line.need_g))
