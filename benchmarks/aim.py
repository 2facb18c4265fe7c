"""An aim: a figure of a benchmark's line, and how large it may or must be."""

import math
from dataclasses import dataclass
from typing import Any

_OWN = ("value", "ratio", "cpu_seconds", "peak_mb")


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure of a line, how large it may or must be, the limit beside it, and why it is missed where it is.

    `row` is the row of the optimisers' table that asks for it, `what` the figure in words.
    """

    figure: str
    at_most: float | None = None
    at_least: float | None = None
    limit: str = ""
    missed: str = ""
    row: str = ""
    what: str = ""

    @property
    def told(self) -> str:
        """What it asks for, in words."""
        sign, bound = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        return f"{self.what or self.figure} {sign} {bound:,g}"

    def judges(self, line: dict[str, Any]) -> bool:
        """Whether a line is held against it: the optimisers' rows are of whole instances, a tenth says little."""
        return self.found(line) is not None and not (self.row and is_part(line))

    def found(self, line: dict[str, Any]) -> float | None:
        """Return the figure of a line; None where it has none."""
        return figure_of(line, self.figure)

    def reached(self, line: dict[str, Any]) -> float | None:
        """Return how many times as good as asked for a line is (less than 1: missed); None where it says nothing."""
        found = self.found(line)
        if found is None:
            return None
        if self.at_least is not None:
            return found / self.at_least
        assert self.at_most is not None
        if self.at_most < 0:  # at least so much less than nothing
            return max(0.0, found / self.at_most)
        return self.at_most / found if found > 0 else math.inf


def is_part(line: dict[str, Any]) -> bool:
    """Whether a line is of less than what is documented."""
    return float(line.get("scale", 1)) < 1


def figure_of(line: dict[str, Any], name: str) -> float | None:
    """Return a figure of a line by its name; `details` are named by themselves, deeper ones with dots."""
    if name in _OWN:
        found: Any = line[name]
    else:
        found = line["details"]
        for part in name.split("."):
            found = found[int(part)] if isinstance(found, list) else found.get(part)
            if found is None:
                break
    return None if found is None else float(found)
