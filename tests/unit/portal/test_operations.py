"""What the page of operations makes of what services tell."""

from typing import Any

import pytest

from services.portal.operations.views import NAMES, asked, states
from services.portal.upstream import Away
from shared.settings import Settings

WELL = {"database": "ok", "migrations": "ok", "bus": "ok", "consumer": "ok"}
QUIET = {"outbox_waiting": 3, "outbox_age_s": 60, "dead_letters": 0, "parked": 1, "parked_age_s": 3600}


def told(checks: dict[str, str] | None = None, **waiting: int) -> dict[str, Any]:
    """An answer of a service; by default all is well."""
    return {"checks": WELL | (checks or {}), "waiting": QUIET | waiting, "lag": 0, "version": "1.2.3"}


def test_what_waits_a_little_is_well() -> None:
    """Up to a minute in the outbox and an hour parked is how it works, not something to look at."""
    (state,) = states({"farmers": told()})
    assert (state.tone, state.word, list(state.worries)) == ("ok", "Works", [])


@pytest.mark.parametrize(
    ("answer", "tone", "command"),
    [
        (told(outbox_age_s=61), "warn", None),
        (told(parked_age_s=3601), "warn", "python -m services parked list"),
        (told(dead_letters=1), "bad", "python -m services dead-letters list"),
        (told({"migrations": "at 0001, this code needs 0002"}), "bad", "python -m services migrate farmers"),
        (told({"bus": "cannot be reached"}), "bad", None),
        (told({"consumer": "failed several times in a row"}), "bad", None),
        (told({"keys": "cannot be reached"}), "bad", None),
    ],
)
def test_what_is_to_be_done(answer: dict[str, Any], tone: str, command: str | None) -> None:
    """Each thing that somebody has to look at has its tone, and the command that helps where there is one."""
    (state,) = states({"farmers": answer})
    (worry,) = state.worries
    assert (state.tone, worry.tone, worry.command) == (tone, tone, command)


def test_a_database_that_is_away_is_said_once() -> None:
    """Without a database nothing is known of steps and of what waits."""
    away = told({"database": "OperationalError", "migrations": "OperationalError"}) | {"waiting": None}
    (state,) = states({"farmers": away})
    assert len(state.worries) == 1
    assert state.tone == "bad"


def test_the_worst_comes_first() -> None:
    """What does not answer, then what needs help, then what is to be looked at, then the rest in their order."""
    found = states(
        {
            "nutrition": told(),
            "farmers": told(outbox_age_s=90),
            "procurement": told(dead_letters=2),
            "logistics": Away("logistics"),
            "portal": told(),
        }
    )
    assert [state.service for state in found] == ["logistics", "procurement", "farmers", "nutrition", "portal"]
    assert found[0].told is None


def test_an_issuer_of_others_is_not_asked() -> None:
    """Keycloak has no such route; ours is asked where it is beside us."""
    assert "identity" in asked(Settings())
    assert "identity" not in asked(Settings(auth_issuer="https://issuer.example"))
    assert "portal" not in asked(Settings())
    assert set(asked(Settings())) < NAMES.keys()
