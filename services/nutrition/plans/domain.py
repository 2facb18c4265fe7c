"""The rules of planning runs: what can be asked for, how far a run is, when an answer can be taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from services.nutrition.days import today
from services.nutrition.menus.domain import check_week
from shared.errors import AlreadyDone, Conflict, DomainError

MOST_WEEKS = 4
MOST_CANTEENS = 1000
MOST_STARTS = 8
"""A run that so many replicas in a row died on, and kept nothing of, is given up: it may be what kills them."""
MOST_PROOF_SECONDS = 600
MOST_SEED = 2_000_000_000
ALTERNATIVES = 2


class Effort(StrEnum):
    """How many menus are tried: a quick plan tries a tenth of what a thorough one does."""

    QUICK = "quick"
    THOROUGH = "thorough"


class ProofKind(StrEnum):
    """What a bound rests on.

    RELAXATION  a linear program, added up from its prices: anybody can check it without a solver
    SEARCH      that program told apart into cases for as long as was asked for, each with prices of its own
    """

    RELAXATION = "relaxation"
    SEARCH = "search"


class RunStatus(StrEnum):
    """How far a planning run has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PlanStatus(StrEnum):
    """What became of one canteen's plan.

    WAITING     the run has not come to it
    PLANNED     there is an answer, proved by the checker
    INFEASIBLE  no menu keeps all the rules; the plan says which clash
    FAILED      the planner or its checker tripped; the log says over what
    CANCELLED   it was called off before there was an answer
    """

    WAITING = "waiting"
    PLANNED = "planned"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """What a running plan is being worked at."""

    WAITING = "waiting"
    READING = "reading"
    WARMING_UP = "warming_up"
    PLANNING = "planning"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Run:
    """A planning run: the plans of one or many canteens of a county for the same weeks; `asked` is the request.

    `starts` counts the replicas that took it since an answer of it was kept, and did not give it back.
    """

    run_id: str
    county_code: str
    week_start: date
    weeks: int
    status: RunStatus
    stage: Stage
    asked: Mapping[str, Any]
    plans: int
    queued_at: datetime
    heartbeat_at: datetime
    progress_permille: int = 0
    cancel_requested: bool = False
    claim: str = ""
    error: str = ""
    finished_at: datetime | None = None
    starts: int = 0

    @property
    def last_day(self) -> date:
        """The last day of the last week."""
        return self.week_start + timedelta(days=7 * self.weeks - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """One canteen's plan in a run; `answer` is there once it is planned, `clashes` where it cannot be.

    `inputs` is what the answer was computed from: its fingerprint, and the versions and prices that went in.
    `draft_ids` are the drafts it became when it was taken, one for each week.
    """

    plan_id: str
    run_id: str
    place: int
    canteen_id: str
    county_code: str
    week_start: date
    weeks: int
    status: PlanStatus
    queued_at: datetime
    answer: Mapping[str, Any] | None = None
    inputs: Mapping[str, Any] | None = None
    clashes: tuple[Mapping[str, Any], ...] = ()
    taken: int | None = None
    taken_at: datetime | None = None
    draft_ids: tuple[str, ...] = ()


def check_weeks(week_start: date, now: datetime) -> None:
    """Plans start on a Monday that has not come yet. Raises DomainError `week-starts-monday`, `week-began`."""
    check_week(week_start, now)
    if week_start <= today(now):
        raise DomainError("week-began", f"the week of {week_start} has begun or is over", field="week_start")


def check_proof(proof_seconds: int, canteens: int) -> None:
    """All plans of a request are proved one after the other, in `MOST_PROOF_SECONDS` together. Raises DomainError."""
    if proof_seconds * canteens > MOST_PROOF_SECONDS:
        detail = f"{canteens} plans with {proof_seconds} s each; a request's proofs take {MOST_PROOF_SECONDS} s at most"
        raise DomainError("proof-too-long", detail, field="proof_seconds")


def check_takeable(plan: Plan, alternative: int, now: datetime) -> None:
    """An answer can be taken once, while all its weeks are still to come."""
    if plan.status is not PlanStatus.PLANNED or plan.answer is None:
        raise Conflict("nothing-to-take", f"plan {plan.plan_id} is {plan.status}")
    if plan.taken is not None:
        raise AlreadyDone("plan-taken", f"plan {plan.plan_id} was taken as {', '.join(plan.draft_ids)}")
    if alternative >= len(plan.answer["menus"]):
        detail = f"plan {plan.plan_id} has {len(plan.answer['menus'])} menus, counted from 0"
        raise DomainError("no-such-alternative", detail, field="alternative")
    if plan.week_start <= today(now):
        raise Conflict("week-began", f"the week of {plan.week_start} has begun or is over")
