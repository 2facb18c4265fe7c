"""Bodies of the routes of what was agreed on settling."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from services.procurement.terms.domain import Fund, Shares, Terms
from shared.bulk import Rows
from shared.fields import Day, Id, Permille
from shared.market import RegionCode
from shared.routing import Input

Days = Annotated[int, Field(ge=0, le=365, description="days")]
_TERMS: JsonDict = {
    "region_code": "520628",
    "valid_from": "2026-09-01",
    "payment_days": 15,
    "dispute_days": 7,
    "weight_permille": 20,
    "tolerance_fen": 500,
}
_SHARES: JsonDict = {
    "region_code": "520628",
    "valid_from": "2026-09-01",
    "central_permille": 500,
    "local_permille": 300,
    "parents_permille": 200,
}


class TermsIn(Input):
    """What a region agreed on from a day on: days to pay, days to decide, tolerance (both parts of it, or none)."""

    region_code: RegionCode
    valid_from: Day
    payment_days: Days
    dispute_days: Days
    weight_permille: Permille | None = None
    tolerance_fen: Annotated[int, Field(ge=0, le=10**9, description="fen of an order line")] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.weight_permille is None) != (self.tolerance_fen is None):
            raise ValueError("a tolerance has weight_permille and tolerance_fen")
        return self

    def row(self) -> dict[str, Any]:
        """Return the row of its table."""
        return self.model_dump()


class TermsRows(Rows):
    """Up to 1,000 terms; region and day say which are meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_TERMS]}]})


class TermsRead(BaseModel):
    """What a region agreed on from a day on; without a tolerance every line settles as it was weighed."""

    region_code: str
    valid_from: date
    payment_days: int
    dispute_days: int
    weight_permille: int | None
    tolerance_fen: int | None

    @classmethod
    def of(cls, terms: Terms) -> Self:
        """Return the answer about terms."""
        tolerance = terms.tolerance
        return cls(
            region_code=terms.region_code,
            valid_from=terms.valid_from,
            payment_days=terms.payment_days,
            dispute_days=terms.dispute_days,
            weight_permille=tolerance.weight_permille if tolerance else None,
            tolerance_fen=tolerance.amount_fen if tolerance else None,
        )


class TermsList(BaseModel):
    """All terms, by region and day."""

    items: list[TermsRead]


class SharesIn(Input):
    """Which part of a school's (or of a region's schools') food money each fund pays, from a day on."""

    canteen_id: Id | None = None
    region_code: RegionCode | None = None
    valid_from: Day
    central_permille: Permille
    local_permille: Permille
    parents_permille: Permille

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.canteen_id is None) == (self.region_code is None):
            raise ValueError("name a school or a region")
        if self.central_permille + self.local_permille + self.parents_permille != 1000:
            raise ValueError("the parts sum to 1000")
        return self

    def row(self) -> dict[str, Any]:
        """Return the row of its table."""
        scope = f"region:{self.region_code}" if self.canteen_id is None else f"school:{self.canteen_id}"
        return {"scope": scope} | self.model_dump(exclude={"canteen_id", "region_code"})


class SharesRows(Rows):
    """Up to 1,000 shares; school or region and day say which are meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_SHARES]}]})


class SharesRead(BaseModel):
    """Which part of the food money each fund pays, in 1/1000, from a day on; `scope` is a school or a region."""

    scope: str = Field(examples=["region:520628"])
    valid_from: date
    central_permille: int
    local_permille: int
    parents_permille: int

    @classmethod
    def of(cls, shares: Shares) -> Self:
        """Return the answer about shares."""
        parts = {f"{fund}_permille": shares.permille[fund] for fund in Fund}
        return cls(scope=shares.scope, valid_from=shares.valid_from, **parts)


class SharesList(BaseModel):
    """All shares, by scope and day."""

    items: list[SharesRead]
