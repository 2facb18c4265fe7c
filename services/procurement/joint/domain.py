"""The rules of planning a county's week with its farms, and what is told of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.procurement.joint.steps import Next, Step
from shared.events.nutrition import CountyPlanRequested, PlanOutcome
from shared.events.procurement import DraftChosen, MarginalPrice, MarginalPricesPublished

Kept = Sequence[int | None]
"""Of a price: fen, poor and local in 1/1000, grams left."""
LAST_ROUND = 99
"""The highest number of a round that can still be followed by a final one."""
MILLION = 1_000_000


class Status(StrEnum):
    """How far the planning of a county's week is on the buyer's side.

    WAITING  for the drafts of a round, until `wait_until`
    QUEUED   asked for, or all drafts are there: a replica takes it up within a second
    RUNNING  a replica composes the week
    DONE     the final prices are told, with the drafts chosen
    """

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


AT_WORK = (Status.WAITING, Status.QUEUED, Status.RUNNING)


@dataclass(frozen=True, slots=True)
class JointPlan:
    """The planning of one county's week; `round` is the newest whose prices are told.

    `foods` says what the market takes for each food that is wanted (fen per kg, None: nobody knows), `drafts_told` how
    many drafts of the round there are to be, None until that is told. Of the choice: the premium λ, what it comes to
    with the premium taken off (`weighed_fen`), what it costs and how much of that reaches poor households; `first_…` is
    the same of menus first. `outcome` and `menus` are what became of it where menus are made.
    """

    planning_id: str
    county_code: str
    week_start: date
    status: Status
    canteens: int
    foods: Mapping[str, int | None]
    most_rounds: int
    wait_minutes: int
    wait_until: datetime
    requested_at: datetime
    heartbeat_at: datetime
    round: int = 0
    drafts_told: int | None = None
    progress_permille: int = 0
    claim: str = ""
    premium_permille: int | None = None
    gap_ppm: int | None = None
    weighed_fen: int | None = None
    cost_fen: int | None = None
    poor_fen: int | None = None
    shortfall_millipoints: int | None = None
    first_weighed_fen: int | None = None
    first_cost_fen: int | None = None
    first_poor_fen: int | None = None
    first_shortfall_millipoints: int | None = None
    outcome: PlanOutcome | None = None
    menus: int | None = None
    reason: str = ""
    ended_at: datetime | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The days of the week."""
        return tuple(self.week_start + timedelta(days=number) for number in range(7))

    @property
    def is_last_round(self) -> bool:
        """Whether no further round of prices would be answered."""
        return self.round >= min(self.most_rounds, LAST_ROUND)


def begin(event: CountyPlanRequested, wait_minutes: int, now: datetime) -> JointPlan:
    """Return a plan as it was asked for. One asked for so long ago that nobody waits any more has failed already."""
    late = now >= event.wait_until
    return JointPlan(
        planning_id=event.planning_id,
        county_code=event.county_code,
        week_start=event.week_start,
        status=Status.FAILED if late else Status.QUEUED,
        canteens=len(event.canteen_ids),
        foods={food.food_code: food.reference_price_fen_per_kg for food in event.foods},
        most_rounds=event.most_rounds,
        wait_minutes=wait_minutes,
        wait_until=event.wait_until,
        requested_at=event.requested_at,
        heartbeat_at=now,
        reason="it was heard of when nobody waited for prices any more" if late else "",
        ended_at=now if late else None,
    )


def told_of(
    plan: JointPlan,
    prices: Mapping[str, Next],
    now: datetime,
    *,
    final: bool = False,
    found: Step | None = None,
    chosen: Iterable[tuple[str, str]] = (),
) -> MarginalPricesPublished:
    """Return the prices of the plan's next round; `chosen` are canteens and the drafts that become their menus."""
    gap = found.gap if found else None
    return MarginalPricesPublished(
        planning_id=plan.planning_id,
        county_code=plan.county_code,
        week_start=plan.week_start,
        round=plan.round + 1,
        final=final,
        gap_permille=None if gap is None else min(MILLION, round(1000 * gap)),
        premium_permille=round(1000 * found.premium) if found else None,
        bound_fen=round(found.bound) if found and found.bound is not None else None,
        prices=tuple(
            MarginalPrice(
                food_code=code,
                price_fen_per_kg=one.fen,
                poor_permille=one.poor_permille,
                local_permille=one.local_permille,
                available_g=one.left_g,
            )
            for code, one in sorted(prices.items())
        ),
        chosen=tuple(DraftChosen(canteen_id=canteen, draft_id=draft) for canteen, draft in sorted(chosen)),
        published_at=now,
    )


def figures_of(found: Step) -> dict[str, int | None]:
    """Return what a plan says of what a round brought: the premium and gap, and of a choice what it is worth."""
    figures: dict[str, int | None] = {"premium_permille": round(1000 * found.premium), "gap_ppm": ppm(found.gap)}
    if found.choice is not None:
        for prefix, weighed in (("", found.choice.weighed), ("first_", found.choice.first)):
            figures |= {
                f"{prefix}weighed_fen": round(weighed.objective),
                f"{prefix}cost_fen": round(weighed.bill.cost),
                f"{prefix}poor_fen": round(weighed.bill.poor),
                f"{prefix}shortfall_millipoints": round(1000 * weighed.bill.shortfall),
            }
    return figures


def round_of(found: Step, drafts: int, now: datetime) -> dict[str, object]:
    """Return what is kept of a round whose drafts were taken."""
    return {
        "drafts": drafts,
        "premium_permille": round(1000 * found.premium),
        "weighed_fen": None if found.objective is None else round(found.objective),
        "bound_fen": None if found.bound is None else round(found.bound),
        "gap_ppm": ppm(found.gap),
        "unsettled_ppm": ppm(found.unsettled),
        "taken_at": now,
    }


def ppm(share: float | None) -> int | None:
    """Return a share in 1/1,000,000, at most what a column holds."""
    return None if share is None else min(1000 * MILLION, round(MILLION * share))


def gain_of(plan: JointPlan) -> dict[str, float | int | None]:
    """Return what a plan gains against menus first; everything is None before a choice is made."""
    money = plan.cost_fen, plan.first_cost_fen, plan.poor_fen, plan.first_poor_fen
    lacks = plan.shortfall_millipoints, plan.first_shortfall_millipoints
    names = ("cost_change", "poor_share", "first_poor_share", "poor_share_change", "shortfall_change_millipoints")
    if None in money or None in lacks:
        return dict.fromkeys(names)
    cost, first_cost, poor, first_poor = (value or 0 for value in money)
    share, first_share = _share(poor, cost), _share(first_poor, first_cost)
    return {
        "cost_change": round(cost / first_cost - 1, 4) if first_cost else 0.0,
        "poor_share": round(share, 4),
        "first_poor_share": round(first_share, 4),
        "poor_share_change": round(share - first_share, 4),
        "shortfall_change_millipoints": (lacks[0] or 0) - (lacks[1] or 0),
    }


def _share(part: int, of: int) -> float:
    return part / of if of else 0.0


def fen_of(prices: Mapping[str, Kept]) -> dict[str, int]:
    """Return prices that were kept (fen per kg, by food)."""
    return {code: one.fen for code, one in nexts_of(prices).items()}


def nexts_of(prices: Mapping[str, Kept]) -> dict[str, Next]:
    """Return prices that were kept, with who brings the next kilogram."""
    return {code: Next(fen or 0, poor or 0, local or 0, left) for code, (fen, poor, local, left) in prices.items()}


def row_of(told: MarginalPricesPublished) -> dict[str, object]:
    """Return what is kept of prices told."""
    prices = {
        one.food_code: [one.price_fen_per_kg, one.poor_permille, one.local_permille, one.available_g]
        for one in told.prices
    }
    return {
        "planning_id": told.planning_id,
        "round": told.round,
        "final": told.final,
        "prices": prices,
        "told_at": told.published_at,
    }
