"""The rules of the meal log: somebody of the school's leaders eats every meal and says what it was like."""

from enum import StrEnum

from shared.errors import DomainError


class Verdict(StrEnum):
    """What a meal was like."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


def check_remark(verdicts: dict[str, Verdict], remark: str) -> None:
    """Who finds something poor says what: the kitchen is to mend it."""
    poor = [name for name, verdict in verdicts.items() if verdict is Verdict.POOR]
    if poor and not remark:
        raise DomainError("remark-required", f"{' and '.join(poor)} poor: say what was wrong", field="remark")
