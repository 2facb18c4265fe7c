"""The table of what a service reacts to: event → use case. One `handlers.py` per service, the index of what happens."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import TypeVar, cast

from shared.events import Event
from shared.messaging.envelope import Envelope
from shared.tracing import UNTRACED, Tracing
from shared.unit_of_work import UnitOfWork

E = TypeVar("E", bound=Event)
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

    def on_many(self, event_type: type[E]) -> Callable[[Many[E]], Many[E]]:
        """Register a handler called with runs of events of one type; for streams where one statement per run pays."""
        name, told = _said(event_type)

        def register(handler: Many[E]) -> Many[E]:
            async def together(envelopes: Sequence[Envelope], uow: UnitOfWork, tracing: Tracing) -> None:
                also = [envelope.traceparent for envelope in envelopes[1:]] if tracing.telling else ()
                with tracing.span("consumer", name, envelopes[0].traceparent, told, also):
                    await handler([cast(E, envelope.event) for envelope in envelopes], uow)

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
        """Hand events to their handlers in order, runs of one type together."""
        for event_type, run in groupby(envelopes, key=lambda envelope: type(envelope.event)):
            await self._by_type[event_type](list(run), uow, tracing)


def _said(event_type: type[Event]) -> tuple[str, dict[str, str | int]]:
    """Return the name of a handler's span, and what it says of the event."""
    spec = event_type.SPEC
    return f"handle {spec.name}", {"messaging.destination.name": spec.topic, "cloudevents.event_type": spec.type}
