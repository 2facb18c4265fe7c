"""What each benchmark is to reach, what no machine can better, and, where an aim is missed, why and what comes next.

An aim judges one figure of a benchmark's line: `value`, `ratio` or one of its `details`. Aims in seconds are for the
two cores this was built on; ratios travel. Aims of the optimisers were set by prototypes before anything was built.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure of a line, how large it may or must be, the limit beside it, and why it is missed where it is."""

    figure: str
    at_most: float | None = None
    at_least: float | None = None
    limit: str = ""
    missed: str = ""

    @property
    def told(self) -> str:
        """What it asks for, in words."""
        sign, bound = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
        return f"{self.figure} {sign} {bound:,g}"

    def reached(self, line: dict[str, Any]) -> float | None:
        """Return how many times as good as asked for a line is (less than 1: missed); None where it says nothing."""
        found = figure_of(line, self.figure)
        if found is None:
            return None
        if self.at_least is not None:
            return found / self.at_least
        assert self.at_most is not None
        return self.at_most / found if found > 0 else None


def figure_of(line: dict[str, Any], name: str) -> float | None:
    """Return a figure of a line by its name; `details` are named by themselves, deeper ones with dots."""
    if name in ("value", "ratio"):
        found: Any = line[name]
    else:
        found = line["details"]
        for part in name.split("."):
            found = found[int(part)] if isinstance(found, list) else found.get(part)
            if found is None:
                break
    return None if found is None else float(found)


AIMS: dict[str, Aim] = {
    "backbone.consume": Aim("ratio", at_least=0.4, limit="ratio 1: aiokafka and asyncpg with the same bytes and rows"),
    "backbone.latency": Aim("value", at_most=60, limit="the disk's sync of a commit and Kafka's acknowledgement"),
    "backbone.relay": Aim("ratio", at_least=0.5, limit="ratio 1: aiokafka with the same bytes"),
    "cloud.province_week": Aim("ratio", at_most=1.165, limit="ratio 1: cost grows with size alone; n log n is 1.165"),
    "farmers.accept": Aim(
        "ratio",
        at_least=0.6,
        limit="ratio 1: the same rows by hand, without audit, events and row-level security",
        missed="The gate of 0.5 holds. It was 0.72 before every act was written down and row-level security asked who "
        "asks. Next: fewer statements for both.",
    ),
    "farmers.accept_embedded": Aim(
        "value",
        at_least=1000,
        missed="One process computes 2.3 ms for an order; what was tried is in decision 35.",
    ),
    "farmers.planting_province": Aim("value", at_most=10),
    "farmers.replicas": Aim("ratio", at_least=0.8, limit="ratio 1: nothing but cores and event loops is waited for"),
    "logistics.recall": Aim("value", at_most=1, limit="the same lots walked once in memory"),
    "logistics.route_county": Aim(
        "ratio",
        at_most=1.015,
        limit="ratio 1: the same search for 60 s",
        missed="Vehicles come back for more and loads have two dimensions, so an iteration takes milliseconds; what "
        "was tried is in decision 49. Every day but the first starts from the routes of the day before.",
    ),
    "logistics.route_standard": Aim("ratio", at_most=1.0035, limit="ratio 1: the best known cost"),
    "logistics.track_points": Aim("value", at_least=5000, limit="COPY of the same rows, alone"),
    "nutrition.county_rounds": Aim("ratio", at_most=0.982, limit="the bound of the joint problem, in details"),
    "nutrition.plan_province": Aim(
        "ratio",
        at_least=1,
        missed="About 180 s instead of 90 when last run whole; next: profile the proof of each menu.",
    ),
    "nutrition.plan_week": Aim("value", at_most=0.1, limit="the bound of the linear program, in details"),
    "portal.board_stream": Aim("value", at_most=200),
    "portal.pages": Aim("value", at_most=2, limit="0.8 s of round trips and the bytes on the line, in details"),
    "procurement.joint_county": Aim("ratio", at_most=0.982, limit="the bound of the joint problem, in details"),
    "procurement.month_report": Aim("value", at_most=1),
    "procurement.province_day": Aim("value", at_most=300),
    "procurement.repair": Aim("value", at_most=10, limit="everything solved again, for its cost"),
    "procurement.source_county": Aim("ratio", at_most=0.01, limit="the proved optimum, in details"),
    "procurement.source_province": Aim("value", at_most=12),
    "shared.footprint": Aim(
        "value",
        at_most=1024,
        missed="Kafka's heap and PostgreSQL's connections hold half of it. Next: numpy, 13 MB in each of four services,"
        " which only computing needs.",
    ),
    "shared.verify_token": Aim(
        "value",
        at_most=50,
        limit="25 µs: OpenSSL's verification of the signature alone",
        missed="0.55 to 0.67 of PyJWT with the same checks; a token seen before costs 3 µs (decision 59).",
    ),
}
"""A benchmark that is not here has no aim: it is watched."""
