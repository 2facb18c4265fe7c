"""Fictional, plausible examples of every event, from one table of values, so that grams and fen add up within each."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar, get_args, get_origin

from shared.events.registry import Part

P = TypeVar("P", bound=Part)

MONDAY = date(2026, 11, 30)
_AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
_SIX_O_CLOCK = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)

_BY_FIELD: dict[str, Any] = {
    # Who and where: a county, a town, a school and a cooperative that do not exist.
    "county_code": "529901",
    "town_code": "529901101",
    "canteen_id": "canteen-hongxing",
    "cooperative_id": "coop-qingshan",
    "household_id": "household-7f3a",
    "substitution_id": "substitution-0001",
    "without": (),
    "more_fen": 12,
    "score_change": -3,
    "over_budget": False,
    "supplier_id": "market-529901-01",
    "vehicle_id": "vehicle-03",
    "place_id": "canteen-hongxing",
    "signers": ("person-wei", "person-long"),
    "lat": 26.5833,
    "lon": 107.9812,
    "pupils": 412,
    "headcount": 398,
    "households": 86,
    "poor_households": 31,
    "poor": True,
    "priority_group": "poor-county",
    "certificate_no": "QS-2026-0117",
    # What.
    "menu_id": "menu-hongxing-2026-11-30",
    "meal_id": "meal-hongxing-2026-11-30-lunch",
    "sample_id": "sample-0001",
    "order_id": "order-0001",
    "line_id": "line-0001",
    "offer_id": "offer-0001",
    "contract_id": "contract-0001",
    "open": True,
    "difference_permille": -50,
    "floor_at_market_mean": True,
    "lot_id": "lot-0001",
    "trip_id": "trip-0001",
    "receipt_id": "receipt-0001",
    "settlement_id": "settlement-0001",
    "payout_id": "payout-0001",
    "method": "bank",
    "payment_id": "payment-0001",
    "reference": "20261231-0007",
    "recall_id": "recall-0001",
    "planning_id": "planning-529901-2026-11-30",
    "draft_id": "draft-hongxing-6",
    "canteen_ids": ("canteen-hongxing",),
    "canteens": 1,
    "cycle_ids": ("cycle-hongxing-winter",),
    "order_ids": ("order-0001",),
    "dish_codes": ("tomato-egg", "rice"),
    "food_code": "tomato",
    "meals": ("lunch",),
    "meal": "lunch",
    "temperature_class": "chilled",
    "vehicle_classes": ("ambient", "chilled"),
    "lacks": ("inspection_report",),
    "reason": "hail on the upper fields",
    "kind": "canteen",
    "sequence": 2,
    "version": 1,
    "menu_version": 1,
    "order_version": 1,
    "by_silence": False,
    "shelf_life_days": 7,
    # Planning a county's week: the sixth of at most eight rounds.
    "round": 6,
    "most_rounds": 8,
    "rounds": 6,
    "drafts": 1,
    "menus": 1,
    "outcome": "settled",
    "final": True,
    "gap_permille": 34,
    "premium_permille": 640,
    "chosen": (),
    "shortfall_millipoints": 412,
    "taste_millipoints": 63,
    "point_fen": 1_030_000,
    "cost_fen": 50_400,
    "cost_version": 1,
    "bound_fen": 536_900,
    "poor_permille": 400,
    "local_permille": 1000,
    "available_g": 860_000,
    "reference_price_fen_per_kg": 480,
    "region_code": "52",
    "source": "weekly price bulletin of the province (fictional)",
    "verified": True,
    "poor_share_permille": 400,
    # How much: ordered 120 kg, confirmed, dispatched, received and accepted ever a little less.
    "quantity_g": 120_000,
    "from_cycles_g": 150_000,
    "from_menus_g": 0,
    "gross_g": 150_000,
    "from_stock_g": 30_000,
    "ordered_g": 120_000,
    "confirmed_g": 110_000,
    "dispatched_g": 110_000,
    "loaded_g": 110_000,
    "load_g": 110_000,
    "received_g": 109_500,
    "accepted_g": 109_000,
    "accepted_change_g": 109_000,
    "unmet_g": 10_000,
    "minimum_lot_g": 5_000,
    "remaining_g": 90_000,
    "promised_g": 20_000,
    "pack_size_g": 2_500,
    "distance_m": 38_200,
    "worst_c": 12.4,
    "price_fen_per_kg": 420,
    "amount_fen": 45_780,
    "cooperative_fen": 2_180,
    # When.
    "day": MONDAY,
    "week_start": MONDAY,
    "from_day": MONDAY,
    "paid_on": date(2026, 12, 11),
    "delivery_day": MONDAY,
    "harvest_day": date(2026, 11, 29),
    "available_from": MONDAY,
    "available_until": date(2026, 12, 18),
    "season_from": MONDAY,
    "season_until": date(2026, 12, 18),
    "wait_until": datetime(2026, 11, 23, 1, 40, tzinfo=UTC),
    "answer_by": datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
    "since": datetime(2026, 11, 29, 23, 10, tzinfo=UTC),
    "until": datetime(2026, 11, 29, 23, 40, tzinfo=UTC),
}
_BY_MODEL: dict[str, Any] = {
    "ContractChanged.price_fen_per_kg": None,
    "FoodRegistered.name_zh": "番茄",
    "FoodRegistered.name_en": "Tomato",
    "FoodRegistered.food_group": "vegetable",
    "DishProposed.name_zh": "萝卜汤",
    "DishProposed.name_en": "Radish soup",
    "DishProposed.instead_of": "cabbage-soup",
    "DishProposed.dish_code": "radish-soup",
    "FoodProposed.food_code": "radish",
    "FoodProposed.name_zh": "萝卜",
    "FoodProposed.name_en": "Radish",
    "FoodProposed.dish_codes": ("cabbage-soup",),
    "FoodProposed.edible_permille": 1000,
    "FoodProposed.needed_g": 10_000,
    "FoodProposed.worst_target": "nutrient-vitamin_c_mg-mean_day",
    "FoodProposed.worst_permille": 12,
    "FoodSwap.instead_of": "cabbage",
    "FoodSwap.food_code": "radish",
    "FoodSwap.edible_permille": 1000,
    "SubstitutionAsked.county_unmet_g": 84_000,
    "DishSwap.instead_of": "cabbage-soup",
    "DishSwap.dish_code": "radish-soup",
    "CanteenRegistered.name_zh": "红星小学食堂",
    "CanteenRegistered.name_en": "Hongxing Primary School",
    "CooperativeRegistered.name_zh": "青山蔬菜专业合作社",
    "CooperativeRegistered.name_en": "Qingshan Vegetable Cooperative",
    "LineReceived.reason": "split in transit",
    "SampleTold.dish_code": "tomato-egg",
    "SampleTold.quantity_g": 130,
    "SampleTold.keep_until": datetime(2026, 12, 2, 4, 0, tzinfo=UTC),
    "SampleTold.state": "kept",
    "SampleTold.ended_at": None,
    "LotShare.quantity_g": 110_000,
    "FoodUsed.quantity_g": 58_000,
    "HouseholdShare.amount_fen": 43_600,
    "HouseholdShare.accepted_g": 103_810,
    "HouseholdShare.accepted_change_g": 103_810,
    "Payout.amount_fen": 43_600,
    "HouseholdsPaid.reverses": None,
    "HouseholdsPaid.reason": None,
    "CountyPlanEnded.reason": "",
    "DayBudget.budget_fen": 310_000,
    "MenuAmended.version": 2,
    "MenuWithdrawn.version": 3,
    "OrderAmended.version": 2,
    "OrderCancelled.version": 2,
    "OfferWithdrawn.version": 2,
    "OfferHeld.version": 2,
    "LineAmended.ordered_g": 110_000,
    "StopPlanned.planned_at": _SIX_O_CLOCK,
    "DeliveryDelayed.planned_at": datetime(2026, 11, 29, 23, 20, tzinfo=UTC),
    "DeliveryDelayed.expected_at": datetime(2026, 11, 29, 23, 52, tzinfo=UTC),
    "DeliveryDelayed.told_at": datetime(2026, 11, 29, 22, 55, tzinfo=UTC),
    "SensorSilent.told_at": datetime(2026, 11, 29, 23, 25, tzinfo=UTC),
}
NOW = _AT
"""The instant at which every example is told."""


class NoExample(Exception):
    """A field has no example yet: add a line to `shared/events/examples.py`."""


def example_of(model: type[P]) -> P:
    """Return an example of an event or a part of one. Raises NoExample for a field nobody gave a value."""
    return model.model_validate({name: _value(model, name) for name in model.model_fields})


def _value(model: type[Part], name: str) -> Any:
    nested = _nested(model.model_fields[name].annotation)
    if nested is not None:
        return (example_of(nested),)
    if (own := f"{model.__name__}.{name}") in _BY_MODEL:
        return _BY_MODEL[own]
    if name in _BY_FIELD:
        return _BY_FIELD[name]
    if name.endswith("_at"):
        return _AT
    raise NoExample(f"{model.__name__}.{name} has no example: add a line to shared/events/examples.py")


def _nested(annotation: Any) -> type[Part] | None:
    """Return the kind of part a field holds many of, None when it holds something else."""
    element = next(iter(get_args(annotation)), None) if get_origin(annotation) is tuple else None
    return element if isinstance(element, type) and issubclass(element, Part) else None
