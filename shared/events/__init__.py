"""The published facts, one module per publishing service, and the registry that knows them all."""

from shared.events import farmers, logistics, nutrition, procurement
from shared.events.registry import PARTITIONS, Event, Spec, all_specs, all_topics, spec_of

__all__ = [
    "PARTITIONS",
    "Event",
    "Spec",
    "all_specs",
    "all_topics",
    "farmers",
    "logistics",
    "nutrition",
    "procurement",
    "spec_of",
]
