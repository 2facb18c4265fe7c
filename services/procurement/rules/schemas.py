"""Bodies of the routes of ordering rules."""

from datetime import date, time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from services.procurement.rows import row_of
from services.procurement.rules.domain import Rule
from shared.bulk import Rows
from shared.fields import Day, Name, Permille
from shared.market import RegionCode
from shared.routing import Input

_EXAMPLE: JsonDict = {
    "region_code": "520628",
    "valid_from": "2026-11-01",
    "approval_limit_fen": 500_000,
    "approval_hours": 12,
    "cut_off_days": 2,
    "cut_off_at": "16:00",
    "late_owed_permille": 300,
    "source": "ordering rules of the county (fictional)",
}

Clock = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$"), Field(description="Guizhou, HH:MM")
]


class RuleIn(Input):
    """What a region asks of orders delivered from a day on; it replaces what was said for region and day before."""

    region_code: RegionCode
    valid_from: Day
    approval_limit_fen: Annotated[int, Field(ge=0, le=10**12, description="fen; an order of more waits")] | None = None
    approval_hours: Annotated[int, Field(ge=1, le=240, description="how long it waits at most")] = 24
    cut_off_days: Annotated[int, Field(ge=0, le=30, description="days before delivery")] | None = None
    cut_off_at: Clock | None = None
    late_owed_permille: Permille = Field(default=0, description="of what was confirmed, owed for cancelling late")
    source: Name

    def rule(self) -> Rule:
        """Return the value the rules work with."""
        clock = None if self.cut_off_at is None else time.fromisoformat(self.cut_off_at)
        return Rule(**self.model_dump(exclude={"cut_off_at"}), cut_off_at=clock)


class RuleRows(Rows):
    """Up to 1,000 rules; region and first day say which one is meant."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": [_EXAMPLE]}]})


class RuleRead(BaseModel):
    """What a region asks of orders delivered from a day on."""

    region_code: RegionCode
    valid_from: date
    approval_limit_fen: int | None
    approval_hours: int
    cut_off_days: int | None
    cut_off_at: Clock | None
    late_owed_permille: int
    source: str

    @classmethod
    def of(cls, rule: Rule) -> Self:
        """Return the answer about a rule."""
        clock = None if rule.cut_off_at is None else rule.cut_off_at.isoformat("minutes")
        names = [name for name in cls.model_fields if name != "cut_off_at"]
        return cls(**row_of(rule, names), cut_off_at=clock)


class RuleList(BaseModel):
    """The rules there are, by region and day."""

    items: list[RuleRead]
