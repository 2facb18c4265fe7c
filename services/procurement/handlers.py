"""What procurement reacts to: the index of what happens here when others tell something."""

from collections.abc import Sequence

from services.procurement.demand import usecases as demand
from services.procurement.freight import trips
from services.procurement.joint import usecases as joint
from services.procurement.orders import losses, packing
from services.procurement.orders import usecases as orders
from services.procurement.orders.dispatching import Packing
from services.procurement.orders.usecases import Answer
from services.procurement.partners import usecases as partners
from services.procurement.payments import usecases as payments
from services.procurement.settlement import usecases as settlement
from services.procurement.substitution import usecases as substitution
from shared.events.farmers import (
    CooperativeRegistered,
    HouseholdsPaid,
    LotHarvested,
    OfferHeld,
    OfferPublished,
    OfferWithdrawn,
    OrderAccepted,
    OrderDeclined,
    OrderDispatched,
    OrderPartlyAccepted,
)
from shared.events.logistics import (
    ConsignmentGivenUp,
    ConsignmentLoaded,
    DeliveryArrived,
    DeliveryDeparted,
    RecallRaised,
    ReceiptSigned,
)
from shared.events.nutrition import (
    CanteenRegistered,
    CountyPlanEnded,
    CountyPlanRequested,
    DemandDrafted,
    FoodRegistered,
    MenuAmended,
    MenuPublished,
    MenuWithdrawn,
    RoundDrafted,
    SubstitutionEnded,
    SubstitutionProposed,
)
from shared.messaging.handlers import Handlers
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork

handlers = Handlers()
ANSWER_HOURS = Settings().answer_hours
COUNTY_WAIT_MINUTES = Settings().county_wait_minutes


@handlers.on_many(CanteenRegistered)
async def keep_canteens(events: Sequence[CanteenRegistered], uow: UnitOfWork) -> None:
    """Where schools are decides which offers are near."""
    await partners.keep_canteens(uow, events)


@handlers.on_many(CooperativeRegistered)
async def keep_cooperatives(events: Sequence[CooperativeRegistered], uow: UnitOfWork) -> None:
    """Where cooperatives are decides whom they are near to."""
    await partners.keep_cooperatives(uow, events)


@handlers.on_many(FoodRegistered)
async def keep_foods(events: Sequence[FoodRegistered], uow: UnitOfWork) -> None:
    """What a food is called stands on the order."""
    await partners.keep_foods(uow, events)


@handlers.on_many(OfferPublished)
async def keep_offers(events: Sequence[OfferPublished], uow: UnitOfWork) -> None:
    """An offer can be ordered from by the next sourcing."""
    await partners.keep_offers(uow, events)


@handlers.on_many(OfferHeld)
async def keep_held(events: Sequence[OfferHeld], uow: UnitOfWork) -> None:
    """An offer that waits for a certificate is told why it gets nothing."""
    await partners.keep_held(uow, events)


@handlers.on(OfferWithdrawn)
async def close_offer(event: OfferWithdrawn, uow: UnitOfWork) -> None:
    """A withdrawn offer gets no further orders."""
    await partners.close_offer(uow, event)


@handlers.on_many(LotHarvested)
async def keep_lots(events: Sequence[LotHarvested], uow: UnitOfWork) -> None:
    """Who brought what to a lot decides who is paid for it."""
    await partners.keep_lots(uow, events)


@handlers.on(MenuPublished)
async def take_demand(event: MenuPublished, uow: UnitOfWork) -> None:
    """A menu's demand waits for the sourcing run."""
    await demand.state_demand(uow, event, event.published_at, "the menu was published again", ANSWER_HOURS)


@handlers.on(MenuAmended)
async def change_demand(event: MenuAmended, uow: UnitOfWork) -> None:
    """Less demand takes orders back, more is sourced at once if the week was sourced before."""
    await demand.state_demand(uow, event, event.amended_at, event.reason, ANSWER_HOURS)


@handlers.on(MenuWithdrawn)
async def withdraw_demand(event: MenuWithdrawn, uow: UnitOfWork) -> None:
    """A withdrawn menu takes its orders back, as far as they were not dispatched."""
    await demand.withdraw_demand(uow, event, ANSWER_HOURS)


@handlers.on(CountyPlanRequested)
async def plan_with_the_farms(event: CountyPlanRequested, uow: UnitOfWork) -> None:
    """A county that plans a week is told what each food is worth, round by round."""
    await joint.begin(uow, event, COUNTY_WAIT_MINUTES)


@handlers.on_many(DemandDrafted)
async def keep_drafts(events: Sequence[DemandDrafted], uow: UnitOfWork) -> None:
    """What canteens would need at the prices of a round says what is scarce."""
    await joint.keep_drafts(uow, events)


@handlers.on(RoundDrafted)
async def note_round(event: RoundDrafted, uow: UnitOfWork) -> None:
    """When all drafts of a round are there, the next prices follow."""
    await joint.note_round(uow, event)


@handlers.on(CountyPlanEnded)
async def end_plan(event: CountyPlanEnded, uow: UnitOfWork) -> None:
    """A week that is planned needs no more prices; its demand comes with its menus."""
    await joint.take_end(uow, event)


@handlers.on(SubstitutionProposed)
async def take_proposal(event: SubstitutionProposed, uow: UnitOfWork) -> None:
    """Dishes and foods to serve instead of what nobody has wait for an official."""
    await substitution.take_proposal(uow, event)


@handlers.on(SubstitutionEnded)
async def take_end(event: SubstitutionEnded, uow: UnitOfWork) -> None:
    """A substitution is in the menu, or the menu took it not."""
    await substitution.take_end(uow, event)


@handlers.on_many(OrderAccepted, OrderPartlyAccepted, OrderDeclined)
async def take_answers(events: Sequence[OrderAccepted | OrderPartlyAccepted | OrderDeclined], uow: UnitOfWork) -> None:
    """What a cooperative takes stands, the rest is sourced again at once, from others."""
    await orders.take_answers(uow, [_answer(event) for event in events], ANSWER_HOURS)


def _answer(event: OrderAccepted | OrderPartlyAccepted | OrderDeclined) -> Answer:
    confirmed = () if isinstance(event, OrderDeclined) else event.lines
    return Answer(event.order_id, {line.line_id: line.confirmed_g for line in confirmed})


@handlers.on_many(OrderDispatched)
async def note_dispatches(events: Sequence[OrderDispatched], uow: UnitOfWork) -> None:
    """What is packed can no longer be taken back; what is packed short is sourced again at once, from others."""
    await packing.note_dispatches(uow, [_packing(event) for event in events], ANSWER_HOURS)


def _packing(event: OrderDispatched) -> Packing:
    return Packing(
        order_id=event.order_id,
        dispatched_g={line.line_id: line.dispatched_g for line in event.lines},
        at=event.dispatched_at,
        reasons={line.line_id: line.reason for line in event.lines if line.reason is not None},
        lots={line.line_id: frozenset(share.lot_id for share in line.lots) for line in event.lines},
    )


@handlers.on_many(RecallRaised)
async def source_recalled_again(events: Sequence[RecallRaised], uow: UnitOfWork) -> None:
    """What was packed from a recalled lot does not come; it is sourced again at once."""
    await losses.recall(uow, events, ANSWER_HOURS)


@handlers.on_many(ConsignmentGivenUp)
async def source_stranded_again(events: Sequence[ConsignmentGivenUp], uow: UnitOfWork) -> None:
    """What nothing can bring does not come; it is sourced again at once, or shown as missing."""
    await losses.give_up(uow, events, ANSWER_HOURS)


@handlers.on_many(ConsignmentLoaded)
async def note_loading(events: Sequence[ConsignmentLoaded], uow: UnitOfWork) -> None:
    """What is on a vehicle can only be refused at the gate."""
    await orders.note_loading(uow, {event.order_id for event in events})


@handlers.on_many(DeliveryDeparted)
async def keep_trips(events: Sequence[DeliveryDeparted], uow: UnitOfWork) -> None:
    """Which orders are on board decides who bears what a trip costs."""
    await trips.keep(uow, events)


@handlers.on_many(DeliveryArrived)
async def book_freight(events: Sequence[DeliveryArrived], uow: UnitOfWork) -> None:
    """What a completed trip cost is booked out of the freight fund."""
    await trips.book(uow, events)


@handlers.on_many(ReceiptSigned)
async def settle(events: Sequence[ReceiptSigned], uow: UnitOfWork) -> None:
    """What was accepted is paid: school's food money out, cooperative and households in."""
    await settlement.settle(uow, events)


@handlers.on_many(HouseholdsPaid)
async def pass_on(events: Sequence[HouseholdsPaid], uow: UnitOfWork) -> None:
    """What households got of what their cooperative holds for them."""
    await payments.pass_on(uow, events)
