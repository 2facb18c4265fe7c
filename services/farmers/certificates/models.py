"""The tables of certificates, of what requires them, and of offers held back for want of one."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from services.farmers.certificates.domain import KINDS, REQUIRABLE
from services.farmers.tables import Table, one_of


class Certificate(Table, table=True):
    """A document that lets a cooperative sell some products (or all) from a day until a day, both included."""

    __tablename__ = "certificate"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint("expires_on >= issued_on", name="period"),
        Index("ix_certificate_cooperative_id", "cooperative_id", "kind", "expires_on"),
        Index("ix_certificate_expires_on", "expires_on", "certificate_id"),
    )

    certificate_id: str = Field(primary_key=True, max_length=64)
    cooperative_id: str = Field(max_length=64, foreign_key="cooperative.cooperative_id")
    kind: str = Field(max_length=32)
    number: str = Field(max_length=64)
    issued_by: str = Field(max_length=200)
    issued_on: date
    expires_on: date
    covers_all: bool
    lot_id: str | None = Field(default=None, max_length=64, foreign_key="lot.lot_id")
    file_id: str | None = Field(default=None, max_length=64, foreign_key="stored_file.file_id")
    recorded_at: datetime
    revoked_at: datetime | None = Field(default=None)
    revoked_reason: str | None = Field(default=None, max_length=500)


class CertificateProduct(Table, table=True):
    """A product a certificate covers; one that covers all has none."""

    __tablename__ = "certificate_product"

    certificate_id: str = Field(primary_key=True, max_length=64, foreign_key="certificate.certificate_id")
    food_code: str = Field(primary_key=True, max_length=64)


class CertificateRequirement(Table, table=True):
    """Which kind of certificate a product needs; `*` is every product."""

    __tablename__ = "certificate_requirement"
    __table_args__ = (one_of("kind", REQUIRABLE),)

    food_code: str = Field(primary_key=True, max_length=64)
    kind: str = Field(primary_key=True, max_length=32)
    source: str = Field(max_length=200)


class OfferHold(Table, table=True):
    """An offer that takes no new orders for want of a certificate; what was promised from it stands."""

    __tablename__ = "offer_hold"

    offer_id: str = Field(primary_key=True, max_length=64, foreign_key="offer.offer_id")
    since: datetime
