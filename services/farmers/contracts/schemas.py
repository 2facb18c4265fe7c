"""Request bodies and answers about contracts."""

import json
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.farmers.contracts.domain import ContractStatus, ContractTerms, Delivery
from services.farmers.contracts.pricing import Priced, PriceKind, PriceRule
from services.farmers.contracts.usecases import Shown
from shared.fields import Code, Day, FenPerKg, Grams, Id, Name, Reason, Version
from shared.market import ReferenceRead
from shared.routing import Input

ContractGrams = Annotated[int, Field(gt=0, le=1_000_000_000_000, description="g")]

_TERMS: JsonDict = {
    "food_code": "napa_cabbage",
    "season_from": "2026-11-30",
    "season_until": "2026-12-20",
    "quantity_g": 900_000,
    "grade": "一级 (first)",
    "price": {"kind": "reference", "difference_permille": -50, "floor_at_market_mean": True},
    "deliveries": [
        {"week_start": "2026-11-30", "quantity_g": 300_000},
        {"week_start": "2026-12-07", "quantity_g": 400_000},
        {"week_start": "2026-12-14", "quantity_g": 200_000},
    ],
}


class PriceRuleIn(Input):
    """`fixed` with a price, or `reference` with 1/1000 above (below: negative) the reference price of the day.

    With the floor no price lies below the market mean: that of the last 28 days of the nearest market.
    """

    kind: PriceKind
    price_fen_per_kg: Annotated[int, Field(gt=0, le=1_000_000, description="fen per kg")] | None = None
    difference_permille: Annotated[int, Field(ge=-500, le=1000, description="1/1000")] | None = None
    floor_at_market_mean: bool = False


class DeliveryIn(Input):
    """What is agreed for one week."""

    week_start: Day
    quantity_g: ContractGrams


class ContractTermsIn(Input):
    """What is agreed on, from a day until a day, both included; the deliveries sum to the quantity."""

    food_code: Code
    season_from: Day
    season_until: Day
    quantity_g: ContractGrams
    grade: Name
    price: PriceRuleIn
    deliveries: list[DeliveryIn] = Field(min_length=1, max_length=54)

    def terms(self) -> ContractTerms:
        """Return the values the rules work with."""
        return ContractTerms(
            food_code=self.food_code,
            season_from=self.season_from,
            season_until=self.season_until,
            quantity_g=self.quantity_g,
            grade=self.grade,
            price=PriceRule(**self.price.model_dump()),
            deliveries=tuple(
                Delivery(week.week_start, week.quantity_g)
                for week in sorted(self.deliveries, key=lambda week: week.week_start)
            ),
        )


class NewContract(ContractTermsIn):
    """A contract with a cooperative."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"cooperative_id": "coop-520628-001", **_TERMS}]})

    cooperative_id: Id


class ContractAmendment(ContractTermsIn):
    """A contract's new terms, all of them, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_TERMS, "reason": "both sides want a week more"}]})

    reason: Reason


class ContractEnd(Input):
    """Why a contract is cancelled."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the terrace slid into the valley"}]})

    reason: Reason


class PricedRead(BaseModel):
    """What a contract pays on a day, `floored` when the market mean lifted it; `reference` is the market beside it."""

    day: date
    price_fen_per_kg: FenPerKg
    mean_fen_per_kg: FenPerKg | None
    floored: bool
    reference: ReferenceRead | None

    @classmethod
    def of(cls, priced: Priced, day: date) -> Self:
        """Return what is shown of a price."""
        return cls(
            day=day,
            price_fen_per_kg=priced.price_fen_per_kg,
            mean_fen_per_kg=priced.mean_fen_per_kg,
            floored=priced.floored,
            reference=ReferenceRead.of(priced.reference, priced.price_fen_per_kg),
        )


class DeliveryRead(BaseModel):
    """What is agreed for a week; `promised_g` is promised to orders of the week, `left_g` they may still draw.

    Up to the end of a week orders draw at most what is agreed up to then: what earlier weeks left is in `left_g`.
    """

    week_start: date
    quantity_g: Grams
    promised_g: Grams
    left_g: Grams


class ContractRead(BaseModel):
    """A contract; `remaining_g` is what may still be offered under it: the quantity less what is offered.

    Of an offer that is withdrawn or over only what was promised counts. `priced` is what it pays today, or on the day
    of its season nearest to today; null while nobody published a price it could follow.
    """

    contract_id: Id
    cooperative_id: Id
    food_code: Code
    season_from: date
    season_until: date
    quantity_g: Grams
    offered_g: Grams
    promised_g: Grams
    remaining_g: Grams
    grade: str
    price: PriceRule
    deliveries: list[DeliveryRead]
    status: ContractStatus
    version: Version
    signed_at: datetime
    changed_at: datetime
    reason: str | None
    priced: PricedRead | None

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """Return what is shown of a contract."""
        contract, terms, drawn = shown.contract, shown.contract.terms, shown.drawn
        left = shown.schedule.left_by_week()
        return cls(
            contract_id=contract.contract_id,
            cooperative_id=contract.cooperative_id,
            food_code=terms.food_code,
            season_from=terms.season_from,
            season_until=terms.season_until,
            quantity_g=terms.quantity_g,
            offered_g=drawn.offered_g,
            promised_g=drawn.promised_g,
            remaining_g=terms.quantity_g - drawn.offered_g,
            grade=terms.grade,
            price=terms.price,
            deliveries=[
                DeliveryRead(
                    week_start=each.week_start,
                    quantity_g=each.quantity_g,
                    promised_g=shown.schedule.promised.get(each.week_start, 0),
                    left_g=left[each.week_start],
                )
                for each in terms.deliveries
            ],
            status=ContractStatus(contract.status),
            version=contract.version,
            signed_at=contract.signed_at,
            changed_at=contract.changed_at,
            reason=contract.reason,
            priced=None if shown.priced is None else PricedRead.of(shown.priced, shown.day),
        )


class ContractPage(BaseModel):
    """Contracts ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[ContractRead]
    next: Id | None


class ContractVersionRead(BaseModel):
    """What was agreed under a version, and why it was changed."""

    version: Version
    status: ContractStatus
    changed_at: datetime
    reason: str | None
    terms: dict[str, Any]

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return what is shown of a version."""
        own = {name: getattr(row, name) for name in ("version", "status", "changed_at", "reason")}
        return cls(**own, terms=json.loads(row.said))


class ContractVersionPage(BaseModel):
    """Versions, oldest first; `next` is the `after` of the next page, null on the last one."""

    items: list[ContractVersionRead]
    next: str | None
