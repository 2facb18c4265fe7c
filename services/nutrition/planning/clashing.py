"""How it is said that no menu is possible: the rules in the way, each in words a canteen can act on."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import DomainError


@dataclass(frozen=True, slots=True)
class Clash:
    """A rule that leaves no menu, in words, and the field of the request it comes from.

    `proved` says whether it is certain that no menu keeps it together with the others named; else none was found.
    `detail_zh` says the same in Chinese where the planner found the clash; `dishes` are the codes named.
    """

    rule: str
    detail: str
    field: str
    proved: bool = True
    detail_zh: str = ""
    dishes: tuple[str, ...] = ()


class Clashing(DomainError):
    """No menu can be planned; `clashes` names every rule in the way."""

    title = "No menu possible"

    def __init__(self, clashes: Sequence[Clash]) -> None:
        first = clashes[0]
        super().__init__(first.rule, "; ".join(clash.detail for clash in clashes), field=first.field)
        self.clashes = tuple(clashes)

    def __reduce__(self) -> tuple[type["Clashing"], tuple[tuple[Clash, ...]]]:
        """Survive the way back from a worker process."""
        return Clashing, (self.clashes,)
