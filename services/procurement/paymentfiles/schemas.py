"""Bodies of the routes of payment files and of what has grown old. Examples are fictional."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.config import JsonDict

from services.procurement.paymentfiles.domain import PaymentFile, Status
from services.procurement.payments.schemas import SettlementRead
from services.procurement.rows import row_of
from services.procurement.settlement.domain import Purpose, Settlement
from shared.bulk import Rows
from shared.fields import Code, Day, Id, Name
from shared.routing import Input

Masked = Annotated[str, StringConstraints(pattern=r"^[*•…xX]{1,30} ?[0-9]{0,4}$")]
_ACCOUNT: JsonDict = {
    "cooperative_id": "coop-520628-001",
    "bank": "虚构农村商业银行",
    "account_masked": "***************0017",
}


class PaymentFileIn(Input):
    """Which county pays for deliveries until which day, out of which fund, and who makes the file.

    Food is paid out of the schools' food money, compensation for calling off late out of the county's operating fund.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"county_code": "520628", "until": "2026-11-23", "created_by": "official-1"}]}
    )

    county_code: Code
    until: Day
    created_by: Id
    purpose: Purpose = Purpose.FOOD


class RowRead(BaseModel):
    """What a file pays a cooperative, for so many settlements; `reference` tells the bank's row."""

    reference: str
    cooperative_id: str
    amount_fen: int
    settlements: int


class FileListed(BaseModel):
    """A payment file: so many payments of so many fen in all."""

    file_id: str
    county_code: str
    until: date
    created_by: str
    created_at: datetime
    status: Status
    purpose: Purpose
    amount_fen: int
    payments: int

    @classmethod
    def of_row(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)


class FileRead(FileListed):
    """A payment file with its rows."""

    rows: list[RowRead]

    @classmethod
    def of(cls, file: PaymentFile) -> Self:
        """Return the answer about a file."""
        own = ("file_id", "county_code", "until", "created_by", "created_at", "status", "purpose", "amount_fen")
        rows = [
            RowRead(
                reference=row.reference,
                cooperative_id=row.cooperative_id,
                amount_fen=row.amount_fen,
                settlements=len(row.amounts_fen),
            )
            for row in file.rows
        ]
        return cls(**row_of(file, own), payments=len(rows), rows=rows)


class AccountIn(Input):
    """What of a cooperative's account may be shown, as farmers shows it: the bank and at most four digits."""

    cooperative_id: Id
    bank: Name
    account_masked: Masked


class AccountRows(Rows):
    """Up to 1,000 masked accounts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_ACCOUNT]}]})


class DueByAge(BaseModel):
    """What is due to cooperatives, in fen: within the agreed days, and by days beyond them."""

    in_time_fen: int
    to_30_days_fen: int
    to_60_days_fen: int
    to_90_days_fen: int
    older_fen: int


class HeldByAge(BaseModel):
    """What cooperatives were paid and hold for their households, in fen, by days since they were paid."""

    to_7_days_fen: int
    to_30_days_fen: int
    to_60_days_fen: int
    older_fen: int


class Ageing(BaseModel):
    """How old what is due has grown: to cooperatives, and from them to their households."""

    county_code: str | None
    on: date
    due: DueByAge
    held: HeldByAge

    @classmethod
    def of(cls, county_code: str | None, on: date, due: Sequence[int], held: Sequence[int]) -> Self:
        """Return the answer about sums by age."""
        return cls(
            county_code=county_code,
            on=on,
            due=DueByAge(**dict(zip(DueByAge.model_fields, due, strict=True))),
            held=HeldByAge(**dict(zip(HeldByAge.model_fields, held, strict=True))),
        )


class LateRead(SettlementRead):
    """A settlement that should have been paid, or passed on, so many days ago; `left_fen` is what is missing."""

    days_late: int
    left_fen: int

    @classmethod
    def late(cls, settlement: Settlement, since: date, today: date, left_fen: int) -> Self:
        """Return the answer about a settlement that is late."""
        own = row_of(settlement, SettlementRead.model_fields)
        return cls(**own, days_late=(today - since).days, left_fen=left_fen)
