"""Bodies and answers of the routes of county plans."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.nutrition.rounds.domain import CountyPlan, Prices, Status
from shared.events.nutrition import PlanOutcome
from shared.fields import Code, Day, Instant
from shared.quantities import divide
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {"county_code": "520628", "week_start": "2026-11-30", "publish": False}


class CountyPlanInput(Input):
    """Which county's week is to be planned with its farms; `publish` publishes the menus instead of drafting them."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    county_code: Code
    week_start: Day = Field(description="a Monday")
    publish: bool = False


class CountyPlanListed(BaseModel):
    """How far the planning of a county's week is.

    `round` is the newest round of prices that came, `drafted` the newest that was answered. `gap_permille` is how far
    at most the best composition so far lies above the best there can be. While it waits for prices it does so until
    `wait_until`; then the week is settled without them.
    """

    planning_id: str
    county_code: str
    week_start: date
    status: Status
    outcome: PlanOutcome | None
    reason: str
    publish: bool
    round: int
    drafted: int
    most_rounds: int
    wait_minutes: int
    gap_permille: int | None
    canteens: int
    menus: int
    progress_permille: int
    wait_until: Instant
    requested_at: Instant
    ended_at: Instant | None

    @classmethod
    def of(cls, plan: CountyPlan) -> Self:
        """Return the answer about a plan."""
        return cls(**cls.fields_of(plan))

    @staticmethod
    def fields_of(plan: CountyPlan) -> dict[str, Any]:
        """Return the fields this answer has of a plan."""
        return {name: getattr(plan, name) for name in CountyPlanListed.model_fields}


class RoundRead(BaseModel):
    """One round; round 0 is what was planned without prices from whoever buys.

    `refused` counts prices that could not be meant, `without` names canteens for which no menu was found. Of the
    drafts: cost at the round's prices, and 1/1000 points of shortfall of an average pupil. Null is not yet or not told.
    """

    round: int
    prices: Prices
    final: bool
    gap_permille: int | None
    published_at: Instant | None
    drafted_at: Instant | None
    classes: int | None
    drafts: int | None
    without: list[str]
    refused: int | None
    cost_fen: int | None
    shortfall_millipoints: int | None


class CountyPlanRead(CountyPlanListed):
    """The planning of a county's week with its rounds; `note` says in words where it stands."""

    rounds: list[RoundRead]
    note: str

    @classmethod
    def about(cls, plan: CountyPlan, told: Iterable[Any], answered: Iterable[Any]) -> Self:
        """Return the answer about a plan and its rounds."""
        return cls(**cls.fields_of(plan), rounds=_rounds(told, answered), note=note_of(plan))


class CanteenPlanned(BaseModel):
    """What became of a canteen: its menu (`menu_id`) or draft of a menu (`menu_draft_id`), or why there is none.

    `round` is the one its menu was drafted in, at whose prices it costs `cost_fen` for all its pupils.
    """

    canteen_id: str
    draft_id: str | None
    menu_draft_id: str | None
    menu_id: str | None
    reason: str
    round: int | None
    pupils: int | None
    cost_fen: int | None
    shortfall_millipoints: int | None

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)


def _rounds(told: Iterable[Any], answered: Iterable[Any]) -> list[RoundRead]:
    prices, answers = {row.round: row for row in told}, {row.round: row for row in answered}
    rounds = []
    for number in sorted({*prices, *answers}):
        price, answer = prices.get(number), answers.get(number)
        rounds.append(
            RoundRead(
                round=number,
                prices=Prices(answer.prices) if answer else Prices.MARGINAL,
                final=price.final if price else False,
                gap_permille=price.gap_permille if price else None,
                published_at=price.published_at if price else None,
                drafted_at=answer.drafted_at if answer else None,
                classes=answer.classes if answer else None,
                drafts=answer.drafts if answer else None,
                without=answer.without if answer else [],
                refused=answer.refused if answer else None,
                cost_fen=answer.cost_fen if answer else None,
                shortfall_millipoints=_mean(answer),
            )
        )
    return rounds


def _mean(answer: Any) -> int | None:
    return divide(answer.pupil_millipoints, answer.pupils) if answer and answer.pupils else None


_ENDED = {
    PlanOutcome.SETTLED: "planned with the farms, at the final prices of whoever buys",
    PlanOutcome.BOUNDED: "planned at the prices of round {round}: no final ones came in time",
    PlanOutcome.ALONE: "planned without the farms, at the prices of offers and the market: no others came in time",
    PlanOutcome.CANCELLED: "called off after {drafted} rounds",
    PlanOutcome.FAILED: "failed: {reason}",
}


def note_of(plan: CountyPlan) -> str:
    """Return in words where a plan stands."""
    if plan.outcome is not None:
        return _ENDED[plan.outcome].format(round=plan.round, drafted=plan.drafted, reason=plan.reason)
    if plan.status is Status.WAITING:
        return f"waiting for the prices of round {plan.drafted + 1}"
    return f"at the prices of round {plan.round}" if plan.round else "no prices came in time, planning without them"
