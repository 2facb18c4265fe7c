"""The rules of planning a county's week: what can be asked for, what comes next, which draft becomes the menu."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.nutrition.days import today
from services.nutrition.menus.domain import check_week
from shared.errors import DomainError
from shared.events.nutrition import PlanOutcome
from shared.fields import Meal

Meals = tuple[tuple[date, Meal, tuple[str, ...]], ...]
"""A menu as it was drafted: day, meal, and the dish of each of its places ("" for one left empty)."""
MOST_CANTEENS = 3000
MOST_FOODS = 1000
"""What one event carries (the bus takes less than a megabyte); the largest county has a third of it."""
MOST_ACTIVE = 200
"""Plans at work at once: twice as many as Guizhou has counties."""


class Status(StrEnum):
    """How far the planning of a county's week is.

    WAITING  for prices, until `wait_until`
    QUEUED   prices have come, a replica takes them up within a second
    RUNNING  a replica drafts menus or makes the drafts menus
    """

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


ACTIVE = (Status.WAITING, Status.QUEUED, Status.RUNNING)


class Prices(StrEnum):
    """What a round was planned at: prices procurement told, or offers and the market as nutrition knows them."""

    MARGINAL = "marginal"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class CountyPlan:
    """The planning of one county's week.

    `round` is the newest round whose prices have come, `drafted` the newest all canteens were drafted for; `final` that
    the prices of `round` settle the week. `publish` makes the drafts published menus instead of drafts of menus.
    """

    planning_id: str
    county_code: str
    week_start: date
    status: Status
    publish: bool
    most_rounds: int
    wait_minutes: int
    round: int
    drafted: int
    final: bool
    gap_permille: int | None
    canteens: int
    menus: int
    progress_permille: int
    outcome: PlanOutcome | None
    reason: str
    claim: str
    heartbeat_at: datetime
    wait_until: datetime
    requested_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A menu drafted for a canteen at the prices of a round, and what it comes to; `bought_g` is as bought, by food."""

    draft_id: str
    planning_id: str
    round: int
    canteen_id: str
    meals: Meals
    bought_g: Mapping[str, int]
    shortfall_millipoints: int
    taste_millipoints: int
    point_fen: int

    def comes_to_mfen(self, fen_per_kg: Mapping[str, int]) -> int:
        """Return what it comes to at these prices, in 1/1000 fen: its points and what its food costs.

        A food without a price costs nothing in every draft: it decides nothing.
        """
        points = (self.shortfall_millipoints + self.taste_millipoints) * self.point_fen
        return points + sum(grams * fen_per_kg.get(code, 0) for code, grams in self.bought_g.items())


class Step(StrEnum):
    """What a replica that has claimed a plan does with it."""

    DRAFT = "draft"
    SETTLE = "settle"
    DRAFT_ALONE = "draft_alone"


def check_week_to_plan(week_start: date, now: datetime) -> None:
    """A week is planned before it begins. Raises DomainError `week-starts-monday`, `too-far-ahead`, `week-began`."""
    check_week(week_start, now)
    if week_start <= today(now):
        raise DomainError("week-began", f"the week of {week_start} has begun or is over", field="week_start")


def check_school_days(days: Sequence[date]) -> None:
    """A week of holidays is not planned. Raises DomainError `no-school-days`."""
    if not days:
        raise DomainError("no-school-days", "there is no school on any day of that week", field="week_start")


def check_size(canteens: int, foods: int) -> None:
    """There is somebody to plan for, and no more than an event carries."""
    if not canteens:
        detail = "no canteen of that county has pupils and no menu for that week yet"
        raise DomainError("nobody-to-plan-for", detail, field="county_code")
    if canteens > MOST_CANTEENS or foods > MOST_FOODS:
        detail = f"{canteens} canteens and {foods} foods; at most {MOST_CANTEENS} and {MOST_FOODS} are planned at once"
        raise DomainError("county-too-large", detail, field="county_code")


def next_step(plan: CountyPlan) -> Step:
    """Return what comes next for a plan with prices, or whose wait is over.

    Prices that are not final are answered, up to the bound of rounds. Final ones settle the week. Where the wait is
    over, the week is settled at the last prices that came, or planned alone where none did.
    """
    if plan.final:
        return Step.SETTLE
    if plan.round == 0:
        return Step.DRAFT_ALONE
    return Step.DRAFT if plan.round > plan.drafted else Step.SETTLE


def outcome_of(plan: CountyPlan) -> PlanOutcome:
    """Return how a plan that is being settled ends."""
    if plan.final:
        return PlanOutcome.SETTLED
    return PlanOutcome.BOUNDED if plan.round else PlanOutcome.ALONE


def chosen_draft(drafts: Iterable[Draft], wanted: str | None, fen_per_kg: Mapping[str, int]) -> Draft | None:
    """Return the draft that becomes a canteen's menu: the one wanted, else the best at these prices, the oldest of
    equals; None where there are none. A wanted draft that is not the canteen's is no draft of its.
    """
    own = {draft.draft_id: draft for draft in drafts}
    if wanted in own:
        return own[wanted]
    return min(own.values(), key=lambda one: (one.comes_to_mfen(fen_per_kg), one.round, one.draft_id), default=None)
