"""The rules of sourcing runs, and how an allocation becomes grams on demand lines and orders."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from services.procurement.demand.domain import Line as DemandLine
from services.procurement.orders.domain import SCHOOL_TIME, Line, Order, answer_by
from services.procurement.orders.domain import Status as OrderStatus
from services.procurement.sourcing.problem import Allocation, Piece, Problem
from shared.errors import DomainError
from shared.ids import derived_id
from shared.quantities import amount_fen, divide

ROUNDS = 5
"""How often sourcing tries again when offers ran out under its hands."""
LINES_PER_ORDER = 200
"""What one OrderPlaced carries at most."""
SCHOOL_WEEK = timedelta(days=6)


class Status(StrEnum):
    """How far a sourcing run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Kind(StrEnum):
    """What a run does: order, order again what fell short, or only compare a week with what it would be (`exact`)."""

    ORDERS = "orders"
    AGAIN = "again"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Run:
    """A sourcing run. Sums count all it ordered; `poor_cost_fen` is the cost expected to reach poor households.

    What its first pass computed: the premium λ (1/1000 fen for each fen that reaches poor households), what food,
    freight and stops weigh, at this premium and at none, and within what it is proved (1/1,000,000). None where the
    greedy had to stand in.
    """

    run_id: str
    county_code: str
    week_start: date
    status: Status
    queued_at: datetime
    heartbeat_at: datetime
    progress_permille: int = 0
    cancel_requested: bool = False
    claim: str = ""
    passes: int = 0
    demand_lines: int = 0
    allocations: int = 0
    orders: int = 0
    allocated_g: int = 0
    cost_fen: int = 0
    poor_cost_fen: int = 0
    premium_permille: int | None = None
    weighed_fen: int | None = None
    least_weighed_fen: int | None = None
    gap_ppm: int | None = None
    error: str = ""
    finished_at: datetime | None = None
    kind: Kind = Kind.ORDERS

    @property
    def week_end(self) -> date:
        """The last day of the week."""
        return self.week_start + SCHOOL_WEEK


@dataclass(frozen=True, slots=True)
class Sourced:
    """What sourcing makes of some demand lines: orders to place, and each line's taken and unmet grams."""

    orders: tuple[Order, ...]
    taken_g: Mapping[str, int]
    unmet_g: Mapping[str, int]
    offers_g: Mapping[str, int]


def queue(run_id: str, county_code: str, week_start: date, now: datetime) -> Run:
    """Return a new run. Raises what `require_week` raises."""
    require_week(week_start, now)
    return Run(run_id, county_code, week_start, Status.QUEUED, now, now)


def require_week(week_start: date, now: datetime) -> None:
    """Refuse what is no week to source. Raises DomainError `not-a-monday` or `week-is-over`."""
    if week_start.weekday() != 0:
        raise DomainError("not-a-monday", f"{week_start} is no Monday", field="week_start")
    if not can_be_sourced(week_start, now):
        raise DomainError("week-is-over", f"nothing of the week of {week_start} can be delivered", field="week_start")


def can_be_sourced(week_start: date, now: datetime) -> bool:
    """Whether anything of a week can still be delivered."""
    return week_start + SCHOOL_WEEK >= earliest_day(now)


def figures_of(allocation: Allocation) -> dict[str, int]:
    """Return what a run publishes of what was computed; nothing when the greedy stood in."""
    if (figures := allocation.figures) is None:
        return {}
    return {
        "premium_permille": round(figures.premium * 1000),
        "weighed_fen": figures.cost_fen,
        "least_weighed_fen": figures.least_cost_fen,
        "gap_ppm": round(figures.gap * 1_000_000),
    }


def earliest_day(now: datetime) -> date:
    """Return the first delivery day that can still be sourced: tomorrow in Guizhou, for a day that began is cooked."""
    return now.astimezone(SCHOOL_TIME).date() + timedelta(days=1)


def grant(problem: Problem, pieces: Iterable[Piece], remaining_g: Mapping[str, int]) -> list[Piece]:
    """Return the pieces that their offers still have the grams for, first come first served."""
    left = dict(remaining_g)
    granted = []
    for piece in pieces:
        offer_id = problem.offers[piece.offer].offer_id
        if piece.quantity_g <= left.get(offer_id, 0):
            left[offer_id] -= piece.quantity_g
            granted.append(piece)
    return granted


def order(
    problem: Problem,
    allocation: Allocation,
    granted: Sequence[Piece],
    demand: Mapping[str, DemandLine],
    cause: "Cause",
) -> Sourced:
    """Turn granted pieces into orders: one per school, cooperative and day, of at most 200 lines each.

    Ids are derived from the cause, so the same cause cannot order twice.
    """
    taken: dict[str, int] = defaultdict(int)
    offers: dict[str, int] = defaultdict(int)
    groups: dict[tuple[str, str, date], list[Piece]] = defaultdict(list)
    for piece in granted:
        line, offer = problem.lines[piece.line], problem.offers[piece.offer]
        taken[line.demand_id] += piece.quantity_g
        offers[offer.offer_id] += piece.quantity_g
        school = demand[line.demand_id].canteen_id
        groups[(school, offer.cooperative_id, line.delivery_day)].append(piece)
    orders = []
    for (canteen_id, cooperative_id, day), of_order in sorted(groups.items()):
        for number, start in enumerate(range(0, len(of_order), LINES_PER_ORDER)):
            order_id = derived_id("order", cause.run_id, cause.round, canteen_id, cooperative_id, day, number)
            lines = _lines(order_id, problem, of_order[start : start + LINES_PER_ORDER], demand)
            county_code = demand[lines[0].demand_id].county_code
            orders.append(_place(order_id, canteen_id, cooperative_id, county_code, day, lines, cause))
    unmet = {problem.lines[short.line].demand_id: short.unmet_g for short in allocation.shortfalls}
    return Sourced(tuple(orders), taken, unmet, offers)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why orders are placed: which run (or answer), which round of it, when, and how long there is to answer."""

    run_id: str
    round: int
    now: datetime
    answer_hours: int


def _place(
    order_id: str,
    canteen_id: str,
    cooperative_id: str,
    county_code: str,
    day: date,
    lines: tuple[Line, ...],
    cause: Cause,
) -> Order:
    return Order(
        order_id=order_id,
        canteen_id=canteen_id,
        cooperative_id=cooperative_id,
        county_code=county_code,
        delivery_day=day,
        status=OrderStatus.PLACED,
        version=1,
        run_id=cause.run_id,
        answer_by=answer_by(cause.now, day, cause.answer_hours),
        placed_at=cause.now.astimezone(UTC),
        lines=lines,
    )


def _lines(
    order_id: str, problem: Problem, pieces: Sequence[Piece], demand: Mapping[str, DemandLine]
) -> tuple[Line, ...]:
    lines = []
    for piece in pieces:
        line, offer = problem.lines[piece.line], problem.offers[piece.offer]
        lines.append(
            Line(
                line_id=derived_id("line", order_id, line.demand_id, offer.offer_id),
                demand_id=line.demand_id,
                food_code=line.food_code,
                offer_id=offer.offer_id,
                temperature_class=demand[line.demand_id].temperature_class,
                price_fen_per_kg=offer.price_fen_per_kg,
                ordered_g=piece.quantity_g,
                rank=piece.rank,
                distance_m=piece.distance_m,
                poor_share_permille=offer.poor_share_permille,
            )
        )
    return tuple(lines)


def cost(orders: Iterable[Order]) -> tuple[int, int]:
    """Return what orders cost in fen, and how much of it is expected to reach poor households."""
    total = poor = 0
    for placed in orders:
        for line in placed.lines:
            amount = amount_fen(line.ordered_g, line.price_fen_per_kg)
            total += amount
            poor += divide(amount * line.poor_share_permille, 1000)
    return total, poor


def sums_of(sourced: Sourced) -> dict[str, int]:
    """Return what a run counts of what it ordered."""
    spent, poor = cost(sourced.orders)
    sums = {"orders": len(sourced.orders), "allocations": sum(len(order.lines) for order in sourced.orders)}
    return sums | {"allocated_g": sum(sourced.taken_g.values()), "cost_fen": spent, "poor_cost_fen": poor}


def by_school_and_day(problem: Problem, demand: Mapping[str, DemandLine], size: int) -> list[list[int]]:
    """Return the problem's lines in portions of about `size`; the lines of one school and day stay together."""
    groups: dict[tuple[str, date], list[int]] = defaultdict(list)
    for index, line in enumerate(problem.lines):
        groups[(demand[line.demand_id].canteen_id, line.delivery_day)].append(index)
    portions: list[list[int]] = [[]]
    for _, group in sorted(groups.items()):
        if len(portions[-1]) >= size:
            portions.append([])
        portions[-1] += group
    return portions


def part_of(problem: Problem, allocation: Allocation, lines: Iterable[int]) -> tuple[Problem, Allocation]:
    """Return the part of a problem and its allocation that concerns these lines; offers keep their places."""
    kept = {old: new for new, old in enumerate(sorted(lines))}
    pieces = tuple(replace(each, line=kept[each.line]) for each in allocation.pieces if each.line in kept)
    short = tuple(replace(each, line=kept[each.line]) for each in allocation.shortfalls if each.line in kept)
    part = replace(problem, lines=tuple(problem.lines[old] for old in kept))
    return part, Allocation(pieces, short)
