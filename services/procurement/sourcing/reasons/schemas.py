"""Answers of the routes of reasons."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, Field

from services.procurement.sourcing.columns import UNKNOWN
from services.procurement.sourcing.reasons.limits import FARTHEST, LineLimit, OfferLimit
from services.procurement.sourcing.reasons.sentences import LineFacts, OfferFacts, about_line, about_offer


class OfferReasonRead(BaseModel):
    """What an offer got in a run, what kept it from more, and what would have changed that.

    `planned_g` is what the run's first pass planned, `ordered_g` what all passes ordered. Null: does not apply.
    """

    offer_id: str
    cooperative_id: str
    food_code: str
    reason: OfferLimit
    planned_g: int
    ordered_g: int
    left_g: int
    price_fen_per_kg: int
    price_cut_fen_per_kg: int | None = Field(description="so much lower, and it would have been asked for more")
    worth_fen_per_kg: int | None = Field(
        description="what one kg more would have saved; null: something is left, or it would have fed somebody"
    )
    missing_m: int | None = Field(description="metres beyond reach of the nearest line")
    missing_days: int | None = Field(description="days off the nearest line")
    lines: int = Field(description="demand lines it may serve")
    demand_g: int = Field(description="what these need")
    minimum_lot_g: int
    lacks: list[str] = Field(
        description="kinds of certificates its cooperative lacks for it", examples=[["quarantine"]]
    )
    text_en: str
    text_zh: str

    @classmethod
    def of(cls, row: Any, ordered_g: int) -> Self:
        """Return the answer about a row."""
        return cls(**cls.fields_of(row, ordered_g))

    @classmethod
    def fields_of(cls, row: Any, ordered_g: int) -> dict[str, Any]:
        """Return the fields this answer has of a row."""
        limit = OfferLimit(row.reason)
        told = {field.name: getattr(row, field.name) for field in fields(OfferFacts) if field.name != "limit"}
        said = about_offer(OfferFacts(limit=limit, **told))
        return dict(
            offer_id=row.offer_id,
            cooperative_id=row.cooperative_id,
            food_code=row.food_code,
            reason=limit,
            planned_g=row.planned_g,
            ordered_g=ordered_g,
            left_g=row.left_g,
            price_fen_per_kg=row.price,
            price_cut_fen_per_kg=_known(row.cut),
            worth_fen_per_kg=_known(row.worth),
            missing_m=_known(row.missing_m),
            missing_days=_known(row.missing_days),
            lines=row.lines,
            demand_g=row.demand_g,
            minimum_lot_g=row.minimum_lot_g,
            lacks=row.lacks.split(",") if row.lacks else [],
            text_en=said.en,
            text_zh=said.zh,
        )


class NewestReason(OfferReasonRead):
    """What an offer got in the newest run of a county's week that looked at it, and why not more."""

    run_id: str
    county_code: str
    week_start: date


class NewestReasons(BaseModel):
    """A cooperative's offers by week, what got most first."""

    items: list[NewestReason]

    @classmethod
    def of(cls, found: Iterable[tuple[Any, int]]) -> Self:
        """Return the answer about rows."""
        items = [
            NewestReason(
                **NewestReason.fields_of(row, ordered_g),
                run_id=row.run_id,
                county_code=row.county_code,
                week_start=row.week_start,
            )
            for row, ordered_g in found
        ]
        return cls(items=sorted(items, key=lambda each: (each.week_start, -each.ordered_g, each.offer_id)))


class LineReasonRead(BaseModel):
    """What a demand line got in a run, and what bound it; null: does not apply."""

    demand_id: str
    canteen_id: str
    food_code: str
    delivery_day: date
    reason: LineLimit
    needed_g: int
    planned_g: int
    ordered_g: int
    offers: int = Field(description="offers that may serve it")
    held_offers: int = Field(description="offers of the county that could, if their cooperatives had a certificate")
    cheapest_offer_id: str | None
    above_fen_per_kg: int = Field(description="what it costs on average above its cheapest offer, freight included")
    next_fen_per_kg: int | None = Field(description="what one kg more would weigh, with freight and stop")
    text_en: str
    text_zh: str

    @classmethod
    def of(cls, row: Any, ordered_g: int) -> Self:
        """Return the answer about a row."""
        limit = LineLimit(row.reason)
        told = {field.name: getattr(row, field.name) for field in fields(LineFacts) if field.name != "limit"}
        said = about_line(LineFacts(limit=limit, **told))
        return cls(
            demand_id=row.demand_id,
            canteen_id=row.canteen_id,
            food_code=row.food_code,
            delivery_day=row.delivery_day,
            reason=limit,
            needed_g=row.needed_g,
            planned_g=row.planned_g,
            ordered_g=ordered_g,
            offers=row.offers,
            held_offers=row.held,
            cheapest_offer_id=row.cheapest_offer_id,
            above_fen_per_kg=row.above,
            next_fen_per_kg=_known(row.price),
            text_en=said.en,
            text_zh=said.zh,
        )


def _known(value: int) -> int | None:
    return None if value == UNKNOWN or value >= FARTHEST else value
