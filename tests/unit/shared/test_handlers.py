"""How a batch of events is handed to a service's handlers."""

from collections.abc import Sequence
from typing import cast

import pytest

from shared.events import Event
from shared.events.examples import example_of
from shared.events.farmers import OrderAccepted, OrderDeclined, OrderDispatched, OrderPartlyAccepted
from shared.ids import new_id
from shared.messaging.envelope import Envelope
from shared.messaging.handlers import Handlers
from shared.unit_of_work import UnitOfWork

NOBODY = cast(UnitOfWork, None)


def envelopes(*types: type[Event]) -> list[Envelope]:
    """Return an event of each of these types."""
    return [Envelope(new_id(), example_of(each), None) for each in types]


async def test_types_of_one_handler_are_one_run_however_they_are_mixed() -> None:
    """A handler of several types gets what comes in a row of any of them, in order; another handler's event ends it."""
    handlers, seen = Handlers(), list[list[str]]()

    @handlers.on_many(OrderAccepted, OrderPartlyAccepted, OrderDeclined)
    async def answers(events: Sequence[Event], _uow: UnitOfWork) -> None:
        seen.append([type(event).__name__ for event in events])

    @handlers.on_many(OrderDispatched)
    async def dispatches(events: Sequence[Event], _uow: UnitOfWork) -> None:
        seen.append([type(event).__name__ for event in events])

    mixed = envelopes(
        OrderAccepted, OrderDeclined, OrderAccepted, OrderDispatched, OrderDispatched, OrderPartlyAccepted
    )
    await handlers.handle(mixed, NOBODY)
    assert seen == [
        ["OrderAccepted", "OrderDeclined", "OrderAccepted"],
        ["OrderDispatched", "OrderDispatched"],
        ["OrderPartlyAccepted"],
    ]
    assert handlers.types() == [OrderAccepted, OrderPartlyAccepted, OrderDeclined, OrderDispatched]


def test_an_event_has_one_handler_in_a_service() -> None:
    """What was registered for a type stands: a second handler is a mistake, named at import."""
    handlers = Handlers()

    @handlers.on(OrderDeclined)
    async def one(_event: OrderDeclined, _uow: UnitOfWork) -> None: ...

    async def other(_events: Sequence[Event], _uow: UnitOfWork) -> None: ...

    with pytest.raises(TypeError, match="OrderDeclined has two handlers"):
        handlers.on_many(OrderAccepted, OrderPartlyAccepted, OrderDeclined)(other)
