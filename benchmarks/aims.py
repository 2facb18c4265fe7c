"""What each benchmark is to reach, what no machine can better, and, where an aim is missed, why and what comes next.

An aim judges one figure of a benchmark's line: one of its own or one of its `details`. Aims in seconds are for the two
cores this was built on; ratios travel. Those of the optimisers stand apart (`optimisers`): prototypes set them before
anything was built, and each belongs to a row of a table of its own.
"""

from benchmarks.aim import Aim
from benchmarks.optimisers import OF_OPTIMISERS

_OTHERS: dict[str, tuple[Aim, ...]] = {
    "backbone.consume": (Aim("ratio", at_least=0.4, limit="aiokafka alone with the same bytes, in details"),),
    "backbone.latency": (
        Aim("value", at_most=60, limit="two commits of the disk, Kafka's acknowledgement and fetch, by hand"),
    ),
    "backbone.relay": (Aim("ratio", at_least=0.5, limit="aiokafka alone with the same bytes, in details"),),
    "cloud.province_week": (
        Aim("ratio", at_most=1.165, limit="ratio 1: cost grows with size alone; n log n is 1.165"),
    ),
    "farmers.accept": (
        Aim(
            "ratio",
            at_least=0.6,
            limit="ratio 1: the same rows by hand, without audit, events and row-level security",
            missed="The gate of 0.5 holds. It was 0.72 before every act was written down and row-level security asked "
            "who asks. Next: fewer statements for both.",
        ),
    ),
    "farmers.accept_embedded": (
        Aim(
            "value",
            at_least=1000,
            missed="One process computes 2.3 ms for an order; what was tried is in decision 35.",
        ),
        Aim("p50_p99_ms.1", at_most=150, what="p99, ms"),
    ),
    "farmers.planting_province": (Aim("value", at_most=10),),
    "farmers.replicas": (Aim("ratio", at_least=0.8, limit="ratio 1: nothing but cores and event loops is waited for"),),
    "logistics.recall": (Aim("value", at_most=1, limit="the same lots walked once in memory"),),
    "logistics.track_points": (Aim("value", at_least=5000, limit="COPY of the same rows, alone"),),
    "portal.board_stream": (Aim("value", at_most=200), Aim("mb", at_most=150)),
    "portal.pages": (Aim("value", at_most=2, limit="0.8 s of round trips and the bytes on the line, in details"),),
    "procurement.month_report": (Aim("value", at_most=1),),
    "procurement.province_day": (Aim("ratio", at_most=1, limit="300 s for the whole province"),),
    "shared.footprint": (
        Aim(
            "value",
            at_most=1024,
            missed="Kafka's heap and PostgreSQL's connections hold half of it. Next: numpy, 13 MB in each of four "
            "services, which only computing needs.",
        ),
    ),
    "shared.verify_token": (
        Aim(
            "value",
            at_most=50,
            limit="25 µs: OpenSSL's verification of the signature alone",
            missed="0.55 to 0.67 of PyJWT with the same checks; a token seen before costs 3 µs (decision 59).",
        ),
    ),
}

AIMS: dict[str, tuple[Aim, ...]] = {
    name: (*_OTHERS.get(name, ()), *OF_OPTIMISERS.get(name, ())) for name in sorted({*_OTHERS, *OF_OPTIMISERS})
}
"""A benchmark that is not here has no aim: it is watched."""
