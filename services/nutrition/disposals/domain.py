"""The rules of disposals: what is there is disposed of, for a cause that is true."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.nutrition.stocks.domain import Lot, Taken
from shared.errors import Conflict, DomainError


class Cause(StrEnum):
    """Why food leaves the store uneaten. Recalled food may also be handed to whoever called it back."""

    EXPIRED = "expired"
    RECALLED = "recalled"
    SPOILT = "spoilt"


@dataclass(frozen=True, slots=True)
class Disposal:
    """Grams as bought of a food and lot that are to go; `lot_id` is empty for food of unknown lot."""

    food_code: str
    lot_id: str
    quantity_g: int
    cause: Cause


def dispose(told: Disposal, lot: Lot | None, day: date, field: str) -> Taken:
    """Return what leaves the store."""
    there_g = 0 if lot is None else lot.on_hand_g
    if lot is None or told.quantity_g > there_g:
        detail = f"{there_g} g of {told.food_code} {told.lot_id or 'of unknown lot'} are there"
        raise Conflict("more-than-there", detail, field=f"{field}.quantity_g")
    true = {Cause.EXPIRED: lot.expired(day), Cause.RECALLED: lot.recalled, Cause.SPOILT: True}
    if not true[told.cause]:
        detail = f"{told.food_code} {told.lot_id or 'of unknown lot'} is not {told.cause}; it keeps until {lot.use_by}"
        raise DomainError("cause-not-true", detail, field=f"{field}.cause")
    return Taken(told.food_code, told.lot_id, told.quantity_g)
