"""Answers of the market's routes."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, JsonValue

from services.nutrition.foods.domain import Food
from services.nutrition.market.domain import Due, PriceSource, Quote, contract_price, share_of_week

QUOTE_EXAMPLE: dict[str, JsonValue] = {
    "food_code": "cauliflower",
    "price_fen_per_kg": 436,
    "source": "offer",
    "local_permille": 1000,
    "poor_permille": 410,
    "available_g": 1_850_000,
}
OFFER_EXAMPLE: dict[str, JsonValue] = {
    "offer_id": "offer-0001",
    "cooperative_id": "coop-qingshan",
    "cooperative_name_zh": "青山蔬菜专业合作社（虚构）",
    "cooperative_name_en": "Qingshan Vegetable Cooperative (fictional)",
    "food_code": "cauliflower",
    "available_from": "2026-11-30",
    "available_until": "2026-12-13",
    "quantity_g": 1_200_000,
    "this_week_g": 600_000,
    "price_fen_per_kg": 420,
    "poor_share_permille": 400,
}


CONTRACT_EXAMPLE: dict[str, JsonValue] = {
    "contract_id": "contract-0001",
    "cooperative_id": "coop-qingshan",
    "cooperative_name_zh": "青山蔬菜专业合作社（虚构）",
    "cooperative_name_en": "Qingshan Vegetable Cooperative (fictional)",
    "food_code": "cauliflower",
    "delivers_g": 300_000,
    "offered_g": 100_000,
    "to_come_g": 200_000,
    "price_fen_per_kg": 390,
    "poor_permille": 400,
}


class QuoteRead(BaseModel):
    """What a food costs a county in a week, as bought; of what is spent 1/1000 stay in the county and reach the poor.

    The price is the marginal price of the week's sourcing, else that of the cheapest offers and contracts due that week
    (`source` says where most of these grams come from), else the reference price. `available_g` is what is offered or
    due and not yet asked for, null where nobody limits it.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [QUOTE_EXAMPLE]})

    food_code: str
    price_fen_per_kg: int
    source: PriceSource
    local_permille: int
    poor_permille: int
    available_g: int | None

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """Return the answer about a quote."""
        return cls(**{name: getattr(quote, name) for name in cls.model_fields})


class OfferRead(BaseModel):
    """An offer; `this_week_g` of it falls to the week asked for, `cooperative_name_…` null until it has registered."""

    model_config = ConfigDict(json_schema_extra={"examples": [OFFER_EXAMPLE]})

    offer_id: str
    cooperative_id: str
    cooperative_name_zh: str | None
    cooperative_name_en: str | None
    food_code: str
    available_from: date
    available_until: date
    quantity_g: int
    this_week_g: int
    price_fen_per_kg: int
    poor_share_permille: int

    @classmethod
    def of(cls, row: Any, week_start: date) -> Self:
        """Return the answer about a row."""
        values = dict(row._mapping)
        grams = share_of_week(row.quantity_g, row.available_from, row.available_until, week_start)
        names = {f"cooperative_{name}": values.pop(name) for name in ("name_zh", "name_en")}
        return cls(**values, **names, this_week_g=grams)


class ContractRead(BaseModel):
    """What a contract delivers in the week asked for; `offered_g` of it is on offer, `to_come_g` still to be offered.

    The price follows the contract's rule by the reference price known here, null where it follows an unknown one.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [CONTRACT_EXAMPLE]})

    contract_id: str
    cooperative_id: str
    cooperative_name_zh: str | None
    cooperative_name_en: str | None
    food_code: str
    delivers_g: int
    offered_g: int
    to_come_g: int
    price_fen_per_kg: int | None
    poor_permille: int

    @classmethod
    def of(cls, due: Due, food: Food | None, names: tuple[str, str] | None) -> Self:
        """Return the answer about what is due; food and names are None where nobody told of them."""
        own = ("contract_id", "cooperative_id", "food_code", "delivers_g", "offered_g", "to_come_g", "poor_permille")
        zh, en = names or (None, None)
        return cls(
            **{name: getattr(due, name) for name in own},
            cooperative_name_zh=zh,
            cooperative_name_en=en,
            price_fen_per_kg=contract_price(due, food.reference_price_fen_per_kg if food else None),
        )
