"""What a rule is: a function that reads the state and names what breaks it, with the place the promise comes from."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from tests.faults.checker.state import State
from tests.faults.evidence import Violation

MOST = 100
"""So many violations of one rule are told: after that it is clear that it is broken."""

Finding = tuple[str, str]
"""What it is about, and what was found: what is there, and what should be."""
Findings = AsyncGenerator[Finding, None]
Reading = Callable[[State], Findings]


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise: its name, what it says, where it is made, and how it is checked."""

    name: str
    says: str
    source: str
    read: Reading


RULES: dict[str, Rule] = {}
"""Every rule by name, in the order in which they are checked."""


def rule(source: str) -> Callable[[Reading], Reading]:
    """Register a function as a rule; `source` is where the promise is made."""

    def register(read: Reading) -> Reading:
        RULES[read.__name__] = Rule(read.__name__, (read.__doc__ or "").partition("\n")[0], source, read)
        return read

    return register


async def violations(state: State, names: Sequence[str] = ()) -> list[Violation]:
    """Return what breaks these rules (none named: all), at most a hundred findings of each."""
    found: list[Violation] = []
    for each in [RULES[name] for name in names or RULES]:
        told = 0
        async with aclosing(each.read(state)) as findings:
            async for subject, what in findings:
                found.append(Violation(each.name, subject, what))
                told += 1
                if told == MOST:
                    break
    return found


def differs(found: object, expected: object) -> str:
    """Say both values."""
    return f"{found}, not {expected}"
