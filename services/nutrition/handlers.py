"""What nutrition reacts to: the index of what happens here when others tell something."""

from collections.abc import Sequence

from services.nutrition.receipts import usecases as receipts
from services.nutrition.stocks import usecases as stocks
from shared.events.logistics import RecallRaised, ReceiptSigned
from shared.messaging.handlers import Handlers
from shared.unit_of_work import UnitOfWork

handlers = Handlers()


@handlers.on_many(ReceiptSigned)
async def food_came_in(events: Sequence[ReceiptSigned], uow: UnitOfWork) -> None:
    """Accepted food is in the store and held for its demand line; a corrected receipt changes the difference."""
    await receipts.book_receipts(uow, events)


@handlers.on(RecallRaised)
async def lot_recalled(event: RecallRaised, uow: UnitOfWork) -> None:
    """A recalled lot is neither free nor cooked any more."""
    await stocks.recall(uow, event)
