"""Answers of the consignments' routes."""

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from services.logistics.consignments.domain import shown_status
from shared.fields import Reason
from shared.routing import Input


class GivingUp(Input):
    """Why nothing can bring a consignment to its school in time."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the van broke down, no other is free"}]})

    reason: Reason


class ConsignmentLineRead(BaseModel):
    """One line: what was confirmed, packed (if less, `short_reason` says why), weighed and accepted, in g."""

    line_id: str
    food_code: str
    temperature_class: str
    confirmed_g: int
    dispatched_g: int
    received_g: int
    accepted_g: int
    short_reason: str | None


class ConsignmentRead(BaseModel):
    """What one order puts on a vehicle. `hold`: the cold chain broke, inspect it before you sign.

    It is planned to reach its school at `planned_at`; on its way, as far as its trip tells, it is expected there at
    `expected_at`.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"order_id": "ord-1", "status": "dispatched"}]})

    order_id: str
    canteen_id: str
    cooperative_id: str
    cooperative_name_zh: str | None = None
    cooperative_name_en: str | None = None
    county_code: str
    delivery_day: date
    temperature_class: str
    status: str
    trip_id: str | None
    hold: bool
    confirmed_g: int
    dispatched_g: int
    received_g: int
    accepted_g: int
    planned_at: datetime | None
    expected_at: datetime | None
    dispatched_at: datetime | None
    loaded_at: datetime | None
    arrived_at: datetime | None
    lines: list[ConsignmentLineRead]

    @classmethod
    def of(
        cls, row: Any, lines: list[Any], arrival: tuple[datetime, datetime | None] | None, cooperative: Any = None
    ) -> Self:
        """Return the answer made of a consignment's row, its lines' rows, its planned and expected arrival, and the
        place of its cooperative where names are wanted and known."""
        read = [ConsignmentLineRead.model_validate(line, from_attributes=True) for line in lines]
        values = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        values["status"] = shown_status(row.status, packed=row.dispatched_at is not None)
        received = sum(line.received_g for line in read)
        accepted = sum(line.accepted_g for line in read)
        values["planned_at"], values["expected_at"] = arrival or (None, None)
        if cooperative is not None:
            values["cooperative_name_zh"], values["cooperative_name_en"] = cooperative.name_zh, cooperative.name_en
        return cls(**values, received_g=received, accepted_g=accepted, lines=read)


class Consignments(BaseModel):
    """A page of consignments."""

    items: list[ConsignmentRead]
    next: str | None
