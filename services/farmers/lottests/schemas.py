"""Request bodies and answers about tests of lots."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from services.farmers.lots.domain import Lot
from services.farmers.lottests.domain import Finding, Method, Recorded, Target
from shared.fields import Code, Day, Grams, Id, Name, Text
from shared.ids import new_id
from shared.routing import Input

_FINDING: JsonDict = {
    "test_id": "test-1",
    "target": "pesticide_residue",
    "method": "laboratory",
    "tested_on": "2026-11-29",
    "tested_by": "County inspection station (fictional)",
    "passed": True,
    "report_no": "JC-2026-1129-07",
    "detail": "38 substances, none above the limit",
}


class FindingIn(Input):
    """What a test of a lot found; a laboratory's has the number of its report."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FINDING]})

    test_id: Id | None = None
    target: Target
    method: Method
    tested_on: Day
    tested_by: Name
    passed: bool
    report_no: Code | None = None
    detail: Text = ""

    def finding(self, lot_id: str) -> Finding:
        """Return the values the rules work with, under a new id where none is given."""
        said = self.model_dump(exclude={"test_id"})
        return Finding(test_id=self.test_id or new_id(), lot_id=lot_id, **said)


class FindingRead(BaseModel):
    """A test of a lot that is on record."""

    model_config = ConfigDict(from_attributes=True)

    test_id: Id
    lot_id: Id
    target: Target
    method: Method
    tested_on: Day
    tested_by: Name
    passed: bool
    report_no: Code | None
    detail: str
    recorded_at: datetime

    @classmethod
    def of(cls, each: Recorded) -> "FindingRead":
        """Return what is shown of a test."""
        shown = {name: getattr(each.finding, name) for name in cls.model_fields if name != "recorded_at"}
        return cls(**shown, recorded_at=each.recorded_at)


class FindingTaken(BaseModel):
    """A test, and whether its lot is fit to eat then.

    `out_g` of an unfit lot have left it, into other lots or on vehicles: what is on the road or in schools is called
    back by a recall (logistics, `POST /recalls`).
    """

    test: FindingRead
    unfit_at: datetime | None
    remaining_g: Grams
    out_g: Grams

    @classmethod
    def of(cls, each: Recorded, lot: Lot) -> "FindingTaken":
        """Return what is answered to who recorded a test."""
        return cls(
            test=FindingRead.of(each),
            unfit_at=lot.unfit_at,
            remaining_g=lot.remaining_g,
            out_g=lot.harvest.quantity_g - lot.remaining_g,
        )


class Findings(BaseModel):
    """The tests of a lot, the oldest first."""

    items: list[FindingRead]
