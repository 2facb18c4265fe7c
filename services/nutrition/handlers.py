"""What nutrition reacts to: the index of what happens here when others tell something."""

from collections.abc import Sequence

from services.nutrition.market import usecases as market
from services.nutrition.receipts import usecases as receipts
from services.nutrition.receipts.domain import from_market
from services.nutrition.rounds import usecases as rounds
from services.nutrition.stocks import usecases as stocks
from services.nutrition.substitution import usecases as substitution
from shared.events.farmers import ContractChanged, CooperativeRegistered, OfferPublished, OfferWithdrawn
from shared.events.logistics import RecallRaised, ReceiptSigned
from shared.events.procurement import (
    MarginalPricesPublished,
    MarketGoodsReceived,
    SubstitutionApproved,
    SubstitutionAsked,
)
from shared.messaging.handlers import Handlers
from shared.unit_of_work import UnitOfWork

handlers = Handlers()


@handlers.on_many(ReceiptSigned)
async def food_came_in(events: Sequence[ReceiptSigned], uow: UnitOfWork) -> None:
    """Accepted food is in the store and held for its demand line; a corrected receipt changes the difference."""
    await receipts.book_receipts(uow, events)


@handlers.on_many(MarketGoodsReceived)
async def market_goods_came_in(events: Sequence[MarketGoodsReceived], uow: UnitOfWork) -> None:
    """What the market supplier brought is in the store, as food of unknown lot, and held for its demand line."""
    await receipts.book_receipts(uow, [from_market(event) for event in events])


@handlers.on(RecallRaised)
async def lot_recalled(event: RecallRaised, uow: UnitOfWork) -> None:
    """A recalled lot is neither free nor cooked any more."""
    await stocks.recall(uow, event)


@handlers.on_many(CooperativeRegistered)
async def keep_cooperatives(events: Sequence[CooperativeRegistered], uow: UnitOfWork) -> None:
    """Whose county a cooperative belongs to decides whether buying from it is local."""
    await market.keep_cooperatives(uow, events)


@handlers.on_many(OfferPublished)
async def keep_offers(events: Sequence[OfferPublished], uow: UnitOfWork) -> None:
    """What grows, and what it costs, is what the next menu is made of."""
    await market.keep_offers(uow, events)


@handlers.on_many(OfferWithdrawn)
async def close_offers(events: Sequence[OfferWithdrawn], uow: UnitOfWork) -> None:
    """No menu counts on what was withdrawn."""
    await market.close_offers(uow, events)


@handlers.on_many(ContractChanged)
async def keep_contracts(events: Sequence[ContractChanged], uow: UnitOfWork) -> None:
    """What is agreed for a week can be planned on before it is offered."""
    await market.keep_contracts(uow, events)


@handlers.on_many(MarginalPricesPublished)
async def take_prices(events: Sequence[MarginalPricesPublished], uow: UnitOfWork) -> None:
    """What one more kilogram is worth is what the county's menus are planned against, round by round."""
    await rounds.take_prices(uow, events)


@handlers.on(SubstitutionAsked)
async def propose_substitutes(event: SubstitutionAsked, uow: UnitOfWork) -> None:
    """What nobody has is asked about: other dishes of the school's library may do without it."""
    await substitution.propose(uow, event)


@handlers.on(SubstitutionApproved)
async def put_substitutes_in(event: SubstitutionApproved, uow: UnitOfWork) -> None:
    """What an official chose goes into the menu: an amendment like any other, with its reason."""
    await substitution.put_in(uow, event)
