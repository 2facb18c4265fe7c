"""The event registry: every published fact, the service that publishes it, its topic and its key.

An event is a frozen pydantic model, decorated with :func:`published`. Readers ignore unknown fields; a field, once
published, is never removed, renamed or given another meaning (`python -m shared.events check` proves it).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

PARTITIONS = 12


class Part(BaseModel):
    """A value inside an event."""

    # Built when first used: every process knows all events, and most see a few of them.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Event(Part):
    """A fact that happened, in the past tense. Instants are UTC, quantities integers with the unit in the name."""

    SPEC: ClassVar["Spec"]

    @property
    def key(self) -> str:
        """The school, cooperative or other aggregate whose events must stay in order."""
        return str(getattr(self, self.SPEC.key_field))


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """What the registry knows of one event type. There is one of each: looked up by it, nothing is quicker."""

    model: type[Event]
    service: str
    aggregate: str
    key_field: str
    version: int

    @property
    def name(self) -> str:
        """The event's name, e.g. `MenuPublished`."""
        return self.model.__name__

    @property
    def type(self) -> str:
        """The CloudEvents type, e.g. `nutrition.MenuPublished.v1`."""
        return f"{self.service}.{self.name}.v{self.version}"

    @property
    def topic(self) -> str:
        """The topic, e.g. `nutrition.menu.v1`."""
        return f"{self.service}.{self.aggregate}.v{self.version}"


E = TypeVar("E", bound=Event)

_by_type: dict[str, Spec] = {}


def published(*, by: str, aggregate: str, key: str, version: int = 1) -> Callable[[type[E]], type[E]]:
    """Register an event published by service `by` about `aggregate`, ordered by the field `key`."""

    def register(model: type[E]) -> type[E]:
        spec = Spec(model, by, aggregate, key, version)
        if key not in model.model_fields:
            raise TypeError(f"{model.__name__} has no field {key} to be keyed by")
        if spec.type in _by_type:
            raise TypeError(f"{spec.type} is registered twice")
        model.SPEC = spec
        _by_type[spec.type] = spec
        return model

    return register


def spec_of(event_type: str) -> Spec | None:
    """Return what is known of a CloudEvents type, None when nobody publishes it."""
    return _by_type.get(event_type)


def all_specs() -> list[Spec]:
    """Return every event there is, ordered by type."""
    return [_by_type[name] for name in sorted(_by_type)]


def all_topics() -> list[str]:
    """Return every topic events are published on, ordered by name."""
    return sorted({spec.topic for spec in _by_type.values()})
