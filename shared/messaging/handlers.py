"""The table of what a service reacts to: event → use case. One `handlers.py` per service, the index of what happens."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import Any, TypeVar, cast, overload

from shared.events import Event
from shared.messaging.envelope import Envelope
from shared.tracing import UNTRACED, Tracing
from shared.unit_of_work import UnitOfWork

E = TypeVar("E", bound=Event)
F = TypeVar("F", bound=Event)
G = TypeVar("G", bound=Event)
One = Callable[[E, UnitOfWork], Awaitable[None]]
Many = Callable[[Sequence[E], UnitOfWork], Awaitable[None]]
_Run = Callable[[Sequence[Envelope], UnitOfWork, Tracing], Awaitable[None]]


class Handlers:
    """Maps event types to handlers; each event type has at most one handler in a service."""

    def __init__(self) -> None:
        self._by_type: dict[type[Event], _Run] = {}
        self._names: set[str] = set()

    def on(self, event_type: type[E]) -> Callable[[One[E]], One[E]]:
        """Register a handler called for each event, in order per key."""
        name, told = _said(event_type)

        def register(handler: One[E]) -> One[E]:
            async def one_by_one(envelopes: Sequence[Envelope], uow: UnitOfWork, tracing: Tracing) -> None:
                for envelope in envelopes:
                    with tracing.span("consumer", name, envelope.traceparent, told):
                        await handler(cast(E, envelope.event), uow)

            self._add(event_type, one_by_one)
            return handler

        return register

    @overload
    def on_many(self, event_type: type[E], /) -> Callable[[Many[E]], Many[E]]: ...

    @overload
    def on_many(self, first: type[E], second: type[F], third: type[G], /) -> Callable[[Many[E | F | G]], Many[Any]]: ...

    def on_many(self, *event_types: type[Event]) -> Callable[[Many[Any]], Many[Any]]:
        """Register a handler called with runs of events of its types; for streams where one statement per run pays.

        Events that come mixed, as several answers to one question do, are one run only for a handler of them all.
        """
        said = {event_type: _said(event_type) for event_type in event_types}

        def register(handler: Many[Any]) -> Many[Any]:
            async def together(envelopes: Sequence[Envelope], uow: UnitOfWork, tracing: Tracing) -> None:
                name, told = said[type(envelopes[0].event)]
                also = [envelope.traceparent for envelope in envelopes[1:]] if tracing.telling else ()
                with tracing.span("consumer", name, envelopes[0].traceparent, told, also):
                    await handler([envelope.event for envelope in envelopes], uow)

            for event_type in event_types:
                self._add(event_type, together)
            return handler

        return register

    def _add(self, event_type: type[Event], handler: _Run) -> None:
        if event_type in self._by_type:
            raise TypeError(f"{event_type.__name__} has two handlers")
        self._by_type[event_type] = handler
        self._names.add(event_type.SPEC.type)

    def handles(self, type_name: str) -> bool:
        """Whether events of this CloudEvents type are handled here."""
        return type_name in self._names

    def types(self) -> list[type[Event]]:
        """Return the event types handled here, in the order they were registered."""
        return list(self._by_type)

    def topics(self) -> list[str]:
        """Return the topics to subscribe to, ordered by name."""
        return sorted({model.SPEC.topic for model in self._by_type})

    async def handle(self, envelopes: Sequence[Envelope], uow: UnitOfWork, tracing: Tracing = UNTRACED) -> None:
        """Hand events to their handlers in order, runs for one handler together."""
        for run, of_handler in groupby(envelopes, key=lambda envelope: self._by_type[type(envelope.event)]):
            await run(list(of_handler), uow, tracing)


def _said(event_type: type[Event]) -> tuple[str, dict[str, str | int]]:
    """Return the name of a handler's span, and what it says of the event."""
    spec = event_type.SPEC
    return f"handle {spec.name}", {"messaging.destination.name": spec.topic, "cloudevents.event_type": spec.type}
