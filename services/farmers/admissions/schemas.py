"""Request bodies and answers about admissions. Examples are fictional."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from sqlalchemy import Row

from services.farmers.admissions.domain import Document, Said, Status, Step
from services.farmers.certificates.schemas import Requirable
from services.farmers.contacts.schemas import AccountIn, ContactIn, ContactRead
from services.farmers.cooperatives.domain import Particulars
from shared.fields import Code, Day, Id, Latitude, Longitude, Name, Reason, Text
from shared.routing import Input

Secret = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,100}$"),
    Field(description="made up by the applicant's program, 20 to 100 characters; it alone shows the application"),
]

_DOCUMENT: JsonDict = {
    "kind": "business_licence",
    "number": "FICT-2026-7",
    "issued_by": "松桃县市场监督管理局（虚构）",
    "issued_on": "2025-01-10",
    "expires_on": "2030-01-09",
    "file_id": "0193a6b2-0000-7000-8000-000000000001",
    "food_codes": [],
}


class DocumentIn(Input):
    """A paper and its scan; without food codes it covers every product."""

    kind: Requirable
    number: Code
    issued_by: Name
    issued_on: Day
    expires_on: Day
    file_id: Id
    food_codes: list[Code] = Field(default_factory=list, max_length=60)

    def document(self) -> Document:
        """Return the values the rules work with."""
        return Document(**self.model_dump(exclude={"food_codes"}), food_codes=frozenset(self.food_codes))


class ApplicationIn(Input):
    """A cooperative that wants to sell to the schools of a county."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "secret": "fictional-secret-0123456789",
                    "name_zh": "冷水溪新苗蔬菜专业合作社（虚构）",
                    "name_en": "Lengshuixi Xinmiao Vegetable Cooperative (fictional)",
                    "county_code": "520628",
                    "town_code": "520628117",
                    "village": "新苗村",
                    "lat": 28.2,
                    "lon": 108.85,
                    "priority_group": "women",
                    "products": ["napa_cabbage", "onion"],
                    "contact": {"role": "head", "name": "虚构人", "phone": "100 0000 0004"},
                    "account": {"bank": "虚构银行", "holder": "新苗合作社（虚构）", "number": "6200 0000 0000 0002"},
                    "documents": [],
                }
            ]
        }
    )

    secret: Secret
    name_zh: Name
    name_en: Name
    county_code: Code
    town_code: Code
    village: Name | None = None
    lat: Latitude
    lon: Longitude
    priority_group: Code
    products: list[Code] = Field(min_length=1, max_length=100)
    contact: ContactIn
    account: AccountIn
    documents: list[DocumentIn] = Field(default_factory=list, max_length=20)

    def said(self) -> Said:
        """Return the values the use case works with."""
        names = ("name_zh", "name_en", "county_code", "town_code", "lat", "lon", "priority_group", "village")
        return Said(
            Particulars(cooperative_id="", **{name: getattr(self, name) for name in names}),
            tuple(sorted(set(self.products))),
            self.contact.said(),
            self.account.said(),
        )


class AnswerIn(Input):
    """What an applicant answers, with further papers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"note": "the report is attached", "documents": []}]})

    note: Text = ""
    documents: list[DocumentIn] = Field(default_factory=list, max_length=20)


class AskIn(Input):
    """Who of the county asks, and what for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "clerk-7", "what": "inspection report of 2026"}]})

    by: Code
    what: Reason


class RefusalIn(Input):
    """Who of the county refuses, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"by": "clerk-7", "reason": "no licence"}]})

    by: Code
    reason: Reason


class ApprovalIn(Input):
    """Who of the county approves, and the id the cooperative gets."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "clerk-7", "cooperative_id": "coop-520628-900", "note": ""}]}
    )

    by: Code
    cooperative_id: Id
    note: Text = ""


class StepRead(BaseModel):
    """What happened to an application, and until when the next step was due."""

    model_config = ConfigDict(from_attributes=True)

    step: Step
    by: str | None
    note: str
    at: datetime
    due_on: date | None


class ApplicationState(BaseModel):
    """Where an application stands; `due_on` is the last day of the present step, `overdue` the county's delay."""

    application_id: Id
    status: Status
    submitted_at: datetime
    due_on: date | None
    overdue: bool
    cooperative_id: Id | None


class ApplicationSummary(ApplicationState):
    """An application as it stands in the county's list."""

    name_zh: Name
    county_code: Code
    town_code: Code

    @classmethod
    def of(cls, row: Row[Any], today: date) -> "ApplicationSummary":
        """Return what the county's list shows of an application."""
        late = row.status == Status.SUBMITTED and row.due_on is not None and row.due_on < today
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "overdue"}
        return cls.model_validate(shown | {"overdue": late})


class ApplicationPage(BaseModel):
    """Applications ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[ApplicationSummary]
    next: Id | None


class DocumentRead(BaseModel):
    """A paper and its scan."""

    model_config = ConfigDict(from_attributes=True)

    kind: Requirable
    number: Code
    issued_by: Name
    issued_on: date
    expires_on: date
    file_id: Id
    food_codes: list[Code]


class ApplicationRead(ApplicationSummary):
    """An application with all that was said and done; contact and account are masked."""

    name_en: Name
    village: Name | None
    lat: Latitude
    lon: Longitude
    priority_group: Code
    products: list[Code]
    contact: ContactRead
    bank: Name
    account_number: str
    documents: list[DocumentRead]
    steps: list[StepRead]
