"""Who hears what, and what events are about: written down once more, so that the services' own tables are not asked.

`tests/faults/test_checker.py` holds both against the services' tables of handlers and the registry of events.
"""

SUBJECTS: dict[str, tuple[str, str | None]] = {
    "nutrition.CanteenRegistered.v1": ("canteen_id", "version"),
    "nutrition.FoodRegistered.v1": ("food_code", "version"),
    "nutrition.MenuPublished.v1": ("menu_id", "version"),
    "nutrition.MenuAmended.v1": ("menu_id", "version"),
    "nutrition.MenuWithdrawn.v1": ("menu_id", "version"),
    "nutrition.MealServed.v1": ("meal_id", "version"),
    "farmers.CooperativeRegistered.v1": ("cooperative_id", "version"),
    "farmers.OfferPublished.v1": ("offer_id", "version"),
    "farmers.OfferWithdrawn.v1": ("offer_id", "version"),
    "farmers.OfferHeld.v1": ("offer_id", "version"),
    "farmers.ContractChanged.v1": ("contract_id", "version"),
    "farmers.LotHarvested.v1": ("lot_id", None),
    "farmers.OrderDispatched.v1": ("order_id", None),
    "farmers.HouseholdsPaid.v1": ("payout_id", None),
    "procurement.OrderPlaced.v1": ("order_id", "version"),
    "procurement.OrderAmended.v1": ("order_id", "version"),
    "procurement.OrderCancelled.v1": ("order_id", "version"),
    "procurement.OrderConfirmed.v1": ("order_id", "version"),
    "procurement.MarketGoodsReceived.v1": ("receipt_id", "version"),
    "procurement.SettlementRecorded.v1": ("settlement_id", None),
    "procurement.PaymentConfirmed.v1": ("payment_id", None),
    "logistics.TripPlanned.v1": ("trip_id", "version"),
    "logistics.DeliveryDeparted.v1": ("trip_id", None),
    "logistics.ReceiptSigned.v1": ("receipt_id", "version"),
    "logistics.RecallRaised.v1": ("recall_id", None),
}
"""What an event is about and which version of it, by type, where the same is never told by two events of a type."""

GROUPS: dict[str, frozenset[str]] = {
    group: frozenset(f"{owner}.{name}.v1" for owner, names in heard.items() for name in names.split())
    for group, heard in {
        "nutrition": {
            "farmers": "ContractChanged CooperativeRegistered OfferPublished OfferWithdrawn",
            "procurement": "MarginalPricesPublished MarketGoodsReceived SubstitutionApproved SubstitutionAsked",
            "logistics": "RecallRaised ReceiptSigned",
        },
        "farmers": {
            "nutrition": "DemandForecast",
            "procurement": "OrderPlaced OrderAmended OrderCancelled PaymentConfirmed ReferencePricePublished"
            " SettlementRecorded",
            "logistics": "RecallRaised ReceiptSigned",
        },
        "procurement": {
            "nutrition": "CanteenRegistered CountyPlanEnded CountyPlanRequested DemandDrafted FoodRegistered"
            " MenuAmended MenuPublished MenuWithdrawn RoundDrafted SubstitutionEnded SubstitutionProposed",
            "farmers": "CooperativeRegistered HouseholdsPaid LotHarvested OfferHeld OfferPublished OfferWithdrawn"
            " OrderAccepted OrderDeclined OrderDispatched OrderPartlyAccepted",
            "logistics": "ConsignmentGivenUp ConsignmentLoaded DeliveryArrived DeliveryDeparted RecallRaised"
            " ReceiptSigned",
        },
        "logistics": {
            "nutrition": "CanteenRegistered MealServed SamplesKept",
            "farmers": "CooperativeRegistered LotHarvested OrderDispatched",
            "procurement": "OrderCancelled OrderConfirmed",
        },
    }.items()
}
"""The types of events that have an effect in a group."""

TOPICS: dict[str, frozenset[str]] = {
    group: frozenset(names.split())
    for group, names in {
        "nutrition": (
            "farmers.contract.v1 farmers.cooperative.v1 farmers.offer.v1 logistics.recall.v1 logistics.receipt.v1"
            " procurement.market-receipt.v1 procurement.price.v1 procurement.substitution.v1"
        ),
        "farmers": (
            "logistics.recall.v1 logistics.receipt.v1 nutrition.forecast.v1 procurement.order.v1 procurement.payment.v1"
            " procurement.reference-price.v1 procurement.settlement.v1"
        ),
        "procurement": (
            "farmers.cooperative.v1 farmers.lot.v1 farmers.offer.v1 farmers.order.v1 farmers.payout.v1"
            " logistics.consignment.v1 logistics.recall.v1 logistics.receipt.v1 logistics.trip.v1 nutrition.canteen.v1"
            " nutrition.county-plan.v1 nutrition.draft.v1 nutrition.food.v1 nutrition.menu.v1"
            " nutrition.substitution.v1"
        ),
        "logistics": (
            "farmers.cooperative.v1 farmers.lot.v1 farmers.order.v1 nutrition.canteen.v1 nutrition.meal.v1"
            " nutrition.sample.v1 procurement.order.v1"
        ),
    }.items()
}
"""The topics a group reads: of what is on others it knows nothing."""
