"""What the page of operations shows: pure functions from what services tell of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.portal.languages import N_
from services.portal.upstream import Away
from shared.messaging.backlog import OUTBOX_S, PARKED_S
from shared.settings import Settings

NAMES: Mapping[str, str] = {
    "nutrition": N_("Menus and kitchens"),
    "farmers": N_("Cooperatives and harvests"),
    "procurement": N_("Orders and payments"),
    "logistics": N_("Trips and receipts"),
    "identity": N_("Signing in"),
    "portal": N_("These pages"),
}
"""What services are called by people (msgids)."""
_WORDS: Mapping[str, str] = {
    "ok": N_("Works"),
    "warn": N_("To be looked at"),
    "bad": N_("Needs help"),
    "away": N_("Does not answer"),
}
_WORST = ("away", "bad", "warn", "ok")
_WATCHING, _BREAKS, _TOOL = "watching", "when-something-breaks", "the-tool"
"""Sections of docs/operations.md."""


@dataclass(frozen=True, slots=True)
class Worry:
    """Something that somebody has to look at: what it is (a msgid, `{n}` and `{lasting}` its holes), and what to do.

    `command` is what is typed on the machine, `section` where `docs/operations.md` says more.
    """

    tone: str
    text: str
    section: str
    command: str | None = None
    number: int = 0
    lasts_s: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """How a service stands. `told` is its own answer, None where it gives none."""

    service: str
    tone: str
    told: Mapping[str, Any] | None
    worries: Sequence[Worry]

    @property
    def name(self) -> str:
        """What people call it (a msgid)."""
        return NAMES[self.service]

    @property
    def word(self) -> str:
        """How it stands in a word (a msgid)."""
        return _WORDS[self.tone]


_CHECKS: Mapping[str, tuple[str, str | None]] = {
    "database": (N_("Its database does not answer. It goes on by itself when the database is back."), None),
    "migrations": (
        N_("Its database is at another step than its program."),
        "python -m services migrate {service}",
    ),
    "bus": (N_("The broker cannot be reached. What it has to tell the others waits until it can."), None),
    "consumer": (N_("It failed several times in a row to hear what others tell. Its log says why."), None),
    "keys": (N_("The issuer's keys cannot be reached: who signs in now is not let in."), None),
}
_AWAY = N_("It does not answer: it is down, or too slow. Look whether its process runs, and at its log.")


def asked(settings: Settings) -> list[str]:
    """Return which services are asked: the issuer only where it is ours."""
    return [name for name in NAMES if name != "portal" and (name != "identity" or settings.auth_issuer is None)]


def states(told: Mapping[str, Any]) -> list[State]:
    """Return how services stand, the worst first."""
    found = [_state_of(name, answer) for name, answer in told.items()]
    return sorted(found, key=lambda each: (_WORST.index(each.tone), list(NAMES).index(each.service)))


def _state_of(service: str, told: Any) -> State:
    if isinstance(told, Away):
        return State(service, "away", None, [Worry("bad", _AWAY, _BREAKS)])
    worries = [*_unready(service, told["checks"]), *(_waiting(told["waiting"]) if told["waiting"] else ())]
    tones = {each.tone for each in worries}
    return State(service, next((tone for tone in _WORST if tone in tones), "ok"), told, worries)


def _unready(service: str, checks: Mapping[str, str]) -> Iterator[Worry]:
    for name, answer in checks.items():
        # Without a database there is no step either: one sentence says it.
        if answer != "ok" and not (name == "migrations" and checks["database"] != "ok"):
            text, command = _CHECKS[name]
            yield Worry("bad", text, _BREAKS, command and command.format(service=service))


def _waiting(waiting: Mapping[str, int]) -> Iterator[Worry]:
    if waiting["dead_letters"]:
        text = N_("Events that could not be handled: {n}. Read why, mend the cause, then replay them.")
        yield Worry("bad", text, _TOOL, "python -m services dead-letters list", waiting["dead_letters"])
    if waiting["outbox_age_s"] > OUTBOX_S:
        text = N_("Events that are not published yet: {n}, the oldest for {lasting}. Does the broker answer?")
        yield Worry("warn", text, _WATCHING, None, waiting["outbox_waiting"], waiting["outbox_age_s"])
    if waiting["parked_age_s"] > PARKED_S:
        text = N_("Events that wait for what never came: {n}, the oldest for {lasting}. See what they wait for.")
        yield Worry("warn", text, _TOOL, "python -m services parked list", waiting["parked"], waiting["parked_age_s"])
