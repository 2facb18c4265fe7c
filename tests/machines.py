"""How long state machines are tried: briefly in `make test`, always the same; long and afresh in `make search`."""

import unittest
from typing import cast

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine

EXAMPLES, STEPS = 30, 30
_SEARCHED = 67
"""So many times the examples when one searches: two thousand of each machine."""


def tries(examples: int = EXAMPLES) -> settings:
    """Return how often a state machine is tried: so many times, and when one searches many times as often."""
    times = _SEARCHED if settings.get_current_profile_name() == "searching" else 1
    return settings(max_examples=examples * times, stateful_step_count=STEPS)


def tried(machine: type[RuleBasedStateMachine], examples: int = EXAMPLES) -> type[unittest.TestCase]:
    """Return the test case of a state machine: `TestOffers = tried(Offers)`."""
    case = cast("type[unittest.TestCase]", machine.TestCase)
    case.settings = tries(examples)  # type: ignore[attr-defined]
    return case
