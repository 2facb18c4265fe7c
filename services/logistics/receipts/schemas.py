"""Bodies of the receipts' routes."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.logistics.receipts.domain import Refused as RefusedGoes
from services.logistics.receipts.domain import WeighedLine
from shared.bulk import Rows
from shared.fields import Celsius, Code, Day, Grams, Id, Instant, Permille, Reason, Text
from shared.names import PersonName
from shared.routing import Input

_LINE: dict[str, JsonValue] = {
    "line_id": "lin-1",
    "received_g": 20_000,
    "accepted_g": 19_500,
    "reason": "500 g bruised",
    "temperature_c": 8.5,
    "certificate_seen": True,
    "refused": "returned",
}
_RECEIPT: dict[str, JsonValue] = {"order_id": "ord-1", "signers": ["cook-1", "teacher-2"], "lines": [_LINE]}


class LineInput(Input):
    """A line as weighed and accepted, in g; what is not accepted needs a reason and goes back, or is destroyed."""

    line_id: Id
    received_g: Grams
    accepted_g: Grams
    reason: Text = ""
    temperature_c: Celsius | None = None
    certificate_seen: bool | None = None
    photo_ids: Annotated[list[Id], Field(max_length=10)] = Field(default_factory=list)
    refused: RefusedGoes | None = None

    def weighed(self) -> WeighedLine:
        """Return the line as the rules see it."""
        return WeighedLine(**(self.model_dump() | {"photo_ids": tuple(self.photo_ids)}))


class Weighing(Input):
    """What two people weighed and accepted.

    `signer_names` is what they are called, in the order of `signers`: kept sealed, in no event and no answer to this;
    whoever may read them asks for a school's signers.
    `captured_at` is the time of the phone, which may have been offline; `inspection` is what was found where the cold
    chain had broken: without it nothing held is accepted.
    """

    signers: Annotated[list[Id], Field(min_length=2, max_length=2)]
    signer_names: Annotated[list[PersonName], Field(min_length=2, max_length=2)] | None = Field(
        default=None, examples=[["王芳（虚构）", "李老师（虚构）"]]
    )
    lines: Annotated[list[LineInput], Field(min_length=1, max_length=200)]
    inspection: Text = ""
    captured_at: Instant | None = None

    def weighed(self) -> list[WeighedLine]:
        """Return the lines as the rules see them."""
        return [line.weighed() for line in self.lines]

    def names(self) -> dict[str, str]:
        """Return what the signers are called, by their ids, as far as it was said."""
        return dict(zip(self.signers, self.signer_names or (), strict=False))


class ReceiptInput(Weighing):
    """The receipt of an order that stands at the gate."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RECEIPT]})

    order_id: Id


class ReceiptBatch(Input):
    """The receipts of one school's delivery; each is taken or refused by itself."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"receipts": [_RECEIPT]}]})

    receipts: Annotated[list[ReceiptInput], Field(min_length=1, max_length=50)]


class Amendment(Weighing):
    """A receipt put right; the version before is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"reason": "weighed again", "signers": ["cook-1", "teacher-2"], "lines": [_LINE]}]
        }
    )

    reason: Reason


class LotRead(BaseModel):
    """Accepted grams of one lot."""

    lot_id: str
    accepted_g: int


class ReceiptLineRead(BaseModel):
    """A line with each of its quantities, in g."""

    line_id: str
    food_code: str
    confirmed_g: int
    dispatched_g: int
    received_g: int
    accepted_g: int
    reason: str
    temperature_c: float | None
    certificate_seen: bool | None
    photo_ids: list[str]
    refused: RefusedGoes | None
    refused_g: int
    lots: list[LotRead]


class VersionRead(BaseModel):
    """When a version came and, by the phone's clock, was captured; who signed; why it was amended (empty at first)."""

    version: int
    signers: list[str]
    reason: str
    inspection: str
    captured_at: datetime | None
    signed_at: datetime


class ReceiptRead(BaseModel):
    """A receipt as it stands. `hold`: the cold chain broke on the way, inspect before you cook."""

    receipt_id: str
    version: int
    order_id: str
    canteen_id: str
    cooperative_id: str
    delivery_day: date
    hold: bool
    signers: list[str]
    signed_at: datetime
    received_g: int
    accepted_g: int
    lines: list[ReceiptLineRead]
    versions: list[VersionRead]


class Receipts(BaseModel):
    """A page of receipts."""

    items: list[ReceiptRead]
    next: str | None


class Refused(BaseModel):
    """Why a receipt of a batch was not taken."""

    status: int
    rule: str
    field: str | None
    detail: str


class BatchItem(BaseModel):
    """What became of one receipt of a batch: the receipt or the refusal."""

    order_id: str
    receipt: ReceiptRead | None = None
    refused: Refused | None = None


class BatchAnswer(BaseModel):
    """What became of each receipt, in the order they were sent."""

    taken: int
    items: list[BatchItem]


class ToleranceRow(Input):
    """How much less than was packed a food may weigh, in 1/1000, from a delivery day on; no food means every other."""

    food_code: Code | None = None
    valid_from: Day
    permille: Permille


class ToleranceRows(Rows):
    """Tolerances."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"rows": [{"food_code": "pakchoi", "valid_from": "2026-09-01", "permille": 30}]}]
        }
    )


class Tolerances(BaseModel):
    """Every tolerance, by food and day."""

    items: list[ToleranceRow]
