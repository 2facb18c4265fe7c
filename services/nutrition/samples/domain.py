"""The rules of samples: enough of every dish, cold, for 48 hours, and longer while somebody may have to test it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.nutrition.limits import SAMPLE_G, SAMPLE_HIGH_C, SAMPLE_HOURS, SAMPLE_LOW_C
from shared.errors import Conflict, DomainError

KEPT_FOR = timedelta(hours=SAMPLE_HOURS.value)


class State(StrEnum):
    """Where a sample is: in the cold, destroyed when its time was over, or with whoever tests it."""

    KEPT = "kept"
    DISCARDED = "discarded"
    HANDED_OVER = "handed_over"


class HoldKind(StrEnum):
    """Why a sample must stay: a lot of its meal is recalled, or somebody reported a problem with the meal."""

    RECALL = "recall"
    PROBLEM = "problem"


class Alarm(StrEnum):
    """What is wrong with the place samples are kept in."""

    TOO_WARM = "too_warm"
    TOO_COLD = "too_cold"


@dataclass(frozen=True, slots=True)
class Hold:
    """A recalled lot, or a problem by its id, that a meal's samples are kept for."""

    kind: HoldKind
    id: str


def check_weight(quantity_g: int, not_enough: str | None, field: str) -> None:
    """A sample can be tested: less is taken only where no more was left, and that is said."""
    if quantity_g < SAMPLE_G.value and not_enough is None:
        detail = f"a sample weighs at least {SAMPLE_G.value} g; where no more was left, say why in not_enough"
        raise DomainError("sample-too-small", detail, field=field)


def alarm_of(temperature_c: float) -> Alarm | None:
    """Return what is wrong with a temperature samples are kept at."""
    if temperature_c > SAMPLE_HIGH_C.value:
        return Alarm.TOO_WARM
    return Alarm.TOO_COLD if temperature_c < SAMPLE_LOW_C.value else None


def check_cold(temperature_c: float, remark: str) -> None:
    """Where it is too warm or frozen, that is written down with what is done about it."""
    if alarm_of(temperature_c) and not remark:
        detail = f"samples are kept at {SAMPLE_LOW_C.value} to {SAMPLE_HIGH_C.value} °C: say what is done about it"
        raise DomainError("remark-required", detail, field="remark")


def keep_until(taken_at: datetime) -> datetime:
    """Return until when a sample is kept whatever happens."""
    return taken_at + KEPT_FOR


def check_discard(
    state: State, taken_at: datetime, recorded: bool, holds: Sequence[Hold], now: datetime, field: str
) -> None:
    """A sample may go after its time, when its meal is on record and nobody may still have to test it."""
    if state is State.HANDED_OVER:
        raise Conflict("sample-handed-over", "it was handed over to be tested", field=field)
    if holds:
        named = ", ".join(f"{hold.kind} {hold.id}" for hold in holds)
        raise Conflict("sample-held", f"it may have to be tested: {named}", field=field)
    if now < keep_until(taken_at):
        detail = f"it is kept {SAMPLE_HOURS.value} hours, until {keep_until(taken_at).isoformat()}"
        raise Conflict("sample-too-young", detail, field=field)
    if not recorded:
        detail = "its meal is not on record as served, so nobody knows which lots it is a sample of"
        raise Conflict("meal-not-recorded", detail, field=field)
