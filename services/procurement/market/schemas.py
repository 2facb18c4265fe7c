"""Bodies of the routes of the market supplier. Examples are fictional."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from services.procurement.market.domain import Delivered, Left, MarketSupplier
from services.procurement.orders.schemas import Approval, OrderRead
from services.procurement.rows import row_of
from shared.bulk import Rows
from shared.errors import DomainError
from shared.fields import Code, Day, Grams, Id, Name, Reason, Text
from shared.routing import Input

_EXAMPLE: JsonDict = {
    "supplier_id": "market-520628-01",
    "county_code": "520628",
    "name_zh": "松桃县城农贸配送中心（虚构）",
    "name_en": "Songtao Market Distribution Centre (fictional)",
    "licence_no": "FICT-SC-2026-01",
    "licence_until": "2027-12-31",
}


class SupplierIn(Input):
    """A supplier of a county and the last day of its licence; it replaces what was said of the supplier before."""

    supplier_id: Id
    county_code: Code
    name_zh: Name
    name_en: Name
    licence_no: Code
    licence_until: Day

    def supplier(self) -> MarketSupplier:
        """Return the value the rules work with."""
        return MarketSupplier(**self.model_dump())


class SupplierRows(Rows):
    """Up to 1,000 suppliers; the id says which one is meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_EXAMPLE]}]})


class SupplierRead(BaseModel):
    """A supplier of a county; `licensed` says whether its licence holds today."""

    supplier_id: str
    county_code: str
    name_zh: str
    name_en: str
    licence_no: str
    licence_until: date
    licensed: bool

    @classmethod
    def of(cls, supplier: MarketSupplier, today: date) -> Self:
        """Return the answer about a supplier."""
        names = [name for name in cls.model_fields if name != "licensed"]
        return cls(**row_of(supplier, names), licensed=supplier.licence_until >= today)


class SupplierList(BaseModel):
    """The suppliers there are, by id."""

    items: list[SupplierRead]


class RestWanted(Approval):
    """What nobody had of a county's week is to be ordered from its licensed supplier; `preview` only shows it."""

    county_code: Code = Field(examples=["520628"])
    week_start: Day = Field(examples=["2026-11-30"])
    reason: Reason = Field(default="nobody had it", examples=["nobody had it, substitutes were refused"])
    preview: bool = False


class LeftRead(BaseModel):
    """What is not ordered from the market either, and the rule: no licensed supplier, or no reference price."""

    demand_id: str
    canteen_id: str
    food_code: str
    delivery_day: date
    unmet_g: int
    rule: str

    @classmethod
    def of(cls, left: Left) -> Self:
        """Return the answer about a line."""
        return cls(**row_of(left, cls.model_fields))


class RestOrdered(BaseModel):
    """The orders placed with the market supplier, and what is left."""

    orders: list[OrderRead]
    left: list[LeftRead]


class LineSaid(Input):
    """What the supplier confirms of a line."""

    line_id: Id
    confirmed_g: Grams


class SupplierAnswer(Input):
    """What the supplier said by telephone or letter; lines that are not named it does not deliver."""

    lines: Annotated[list[LineSaid], Field(max_length=200)] = Field(
        examples=[[{"line_id": "0b7a5f6e-54b1-5b8e-9d0f-3a4b5c6d7e8f", "confirmed_g": 12000}]]
    )

    @property
    def grams(self) -> dict[str, int]:
        """The confirmed grams by line. Raises DomainError for a line named twice."""
        said = {line.line_id: line.confirmed_g for line in self.lines}
        if len(said) < len(self.lines):
            raise DomainError("line-twice", "a line is named once", field="lines")
        return said


class LineDelivered(Input):
    """What the delivery note says of a line, what was weighed, and what was accepted."""

    line_id: Id
    dispatched_g: Grams
    received_g: Grams
    accepted_g: Grams
    reason: Text = ""


class MarketReceipt(Input):
    """What the supplier brought to the gate, signed by two people; the same order again is a correction."""

    signers: Annotated[list[Id], Field(min_length=2, max_length=2)] = Field(examples=[["cook-chen", "keeper-wu"]])
    lines: Annotated[list[LineDelivered], Field(min_length=1, max_length=200)] = Field(
        examples=[
            [
                {
                    "line_id": "0b7a5f6e-54b1-5b8e-9d0f-3a4b5c6d7e8f",
                    "dispatched_g": 12000,
                    "received_g": 11950,
                    "accepted_g": 11950,
                }
            ]
        ]
    )

    @property
    def delivered(self) -> list[Delivered]:
        """The values the rules work with."""
        return [Delivered(**line.model_dump()) for line in self.lines]
