"""The tables of admissions; columns that end in `_sealed` are sealed (`shared.sealing`)."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field

from services.farmers.admissions.domain import Status, Step
from services.farmers.certificates.domain import REQUIRABLE
from services.farmers.tables import Table, one_of


class Application(Table, table=True):
    """An application; `secret_sealed` is the digest of the secret its applicant shows.

    `secret_index`, keyed, is what there was instead before keys could be changed.
    """

    __tablename__ = "application"
    __table_args__ = (
        one_of("status", Status),
        Index("ix_application_county_code", "county_code", "status", "application_id"),
        Index("ix_application_due_on", "status", "due_on"),
    )

    application_id: str = Field(primary_key=True, max_length=64)
    secret_sealed: str | None = Field(default=None, max_length=300)
    secret_index: str | None = Field(default=None, max_length=64)
    status: str = Field(max_length=16)
    due_on: date | None = Field(default=None)
    submitted_at: datetime
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    county_code: str = Field(max_length=64)
    town_code: str = Field(max_length=64)
    village: str | None = Field(default=None, max_length=200)
    lat: float
    lon: float
    priority_group: str = Field(max_length=64)
    bank: str = Field(max_length=200)
    contact_role: str = Field(max_length=64)
    contact_name_sealed: str = Field(max_length=600)
    contact_phone_sealed: str = Field(max_length=600)
    account_holder_sealed: str = Field(max_length=1000)
    account_number_sealed: str = Field(max_length=600)
    cooperative_id: str | None = Field(default=None, max_length=64, foreign_key="cooperative.cooperative_id")


class ApplicationProduct(Table, table=True):
    """A product an applicant wants to sell."""

    __tablename__ = "application_product"

    application_id: str = Field(primary_key=True, max_length=64, foreign_key="application.application_id")
    food_code: str = Field(primary_key=True, max_length=64)


class ApplicationDocument(Table, table=True):
    """A paper that came with an application or an answer; `food_codes` have commas between, empty is all."""

    __tablename__ = "application_document"
    __table_args__ = (one_of("kind", REQUIRABLE),)

    application_id: str = Field(primary_key=True, max_length=64, foreign_key="application.application_id")
    place: int = Field(primary_key=True)
    kind: str = Field(max_length=32)
    number: str = Field(max_length=64)
    issued_by: str = Field(max_length=200)
    issued_on: date
    expires_on: date
    file_id: str = Field(max_length=64, foreign_key="stored_file.file_id")
    food_codes: str = Field(max_length=4000)


class ApplicationStep(Table, table=True):
    """What happened to an application, when, by whom, and until when the next step was due; rows are only added."""

    __tablename__ = "application_step"
    __table_args__ = (one_of("step", Step),)

    application_id: str = Field(primary_key=True, max_length=64, foreign_key="application.application_id")
    place: int = Field(primary_key=True)
    step: str = Field(max_length=16)
    by: str | None = Field(default=None, max_length=64)
    note: str = Field(max_length=1000)
    at: datetime
    due_on: date | None = Field(default=None)
