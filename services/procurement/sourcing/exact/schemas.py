"""Bodies of the routes of comparisons."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

_BEFORE: JsonDict = {"food_fen": 812_400, "poor_share": 0.61, "stops": 41, "unmet_g": 12_000}
_AFTER: JsonDict = {"food_fen": 806_900, "poor_share": 0.64, "stops": 38, "unmet_g": 0}


class SumsRead(BaseModel):
    """What orders come to: food in fen, the share of it expected to reach poor households (0–1), stops, unmet grams."""

    food_fen: int
    poor_share: float
    stops: int
    unmet_g: int

    @classmethod
    def of(cls, row: Any, side: str) -> Self:
        """Return one side of a row."""
        food, poor, stops, unmet = (
            getattr(row, f"{side}_{name}") for name in ("food_fen", "poor_fen", "stops", "unmet_g")
        )
        return cls(food_fen=food, poor_share=round(poor / food, 4) if food else 0.0, stops=stops, unmet_g=unmet)


class DifferenceRead(BaseModel):
    """A week's orders that nobody had answered: what they came to, and would come to if they were given anew.

    Nothing is ordered until it is taken. `changes` pairs of demand line and offer would change; `lapsed` from
    `good_until` on, when the first of their days can no longer be ordered for. `replaced_by` is the run that compared
    the week again since: only what that found can be taken.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "run_id": "01935e3a-7c00-7000-8000-000000000001",
                    "version": 1,
                    "before": _BEFORE,
                    "after": _AFTER,
                    "changes": 9,
                    "good_until": "2026-11-28T08:00:00Z",
                    "lapsed": False,
                    "taken_at": None,
                    "replaced_by": None,
                }
            ]
        }
    )

    run_id: str
    version: int
    before: SumsRead
    after: SumsRead
    changes: int
    good_until: datetime | None
    lapsed: bool
    taken_at: datetime | None
    replaced_by: str | None

    @classmethod
    def of(cls, row: Any, now: datetime) -> Self:
        """Return the answer about a row."""
        return cls(
            run_id=row.run_id,
            version=row.version,
            before=SumsRead.of(row, "before"),
            after=SumsRead.of(row, "after"),
            changes=row.changes,
            good_until=row.good_until,
            lapsed=row.taken_at is None and row.good_until is not None and now >= row.good_until,
            taken_at=row.taken_at,
            replaced_by=row.replaced_by,
        )


class ChangeRead(BaseModel):
    """What a demand line would get from an offer (`after_g`) instead of what is ordered there (`before_g`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "change_id": "5f0c5a0e-5d5c-5c5f-8a53-2f2f6d0f7a10",
                    "demand_id": "0b7a5f6e-54b1-5b8e-9d0f-3a4b5c6d7e8f",
                    "canteen_id": "sch-520628-0001",
                    "food_code": "napa_cabbage",
                    "delivery_day": "2026-11-30",
                    "offer_id": "offer-520628-0001",
                    "cooperative_id": "coop-520628-0001",
                    "price_fen_per_kg": 260,
                    "poor_share_permille": 700,
                    "before_g": 0,
                    "after_g": 12_000,
                }
            ]
        }
    )

    change_id: str
    demand_id: str
    canteen_id: str
    food_code: str
    delivery_day: date
    offer_id: str
    cooperative_id: str
    price_fen_per_kg: int
    poor_share_permille: int
    before_g: int
    after_g: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})
