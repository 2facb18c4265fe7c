"""The published facts, a module or two per publishing service, and the registry that knows them all."""

from shared.events import farmers, kitchen, logistics, nutrition, procurement
from shared.events.registry import PARTITIONS, Event, Spec, all_specs, all_topics, spec_of

__all__ = [
    "PARTITIONS",
    "Event",
    "Spec",
    "all_specs",
    "all_topics",
    "farmers",
    "kitchen",
    "logistics",
    "nutrition",
    "procurement",
    "spec_of",
]
