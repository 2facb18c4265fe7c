"""Request bodies and answers about certificates. Examples are fictional."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.farmers.certificates.domain import Certificate, CertificateKind, State
from shared.bulk import Rows
from shared.fields import Code, Day, Id, Name, Reason
from shared.routing import Input

Requirable = Literal["business_licence", "inspection_report", "quarantine"]
Product = Annotated[str, StringConstraints(pattern=r"^(\*|[a-zA-Z0-9][a-zA-Z0-9_-]{0,63})$")]


class CertificateIn(Input):
    """A certificate; without `food_codes` it covers every product, a compliance certificate names its lot."""

    certificate_id: Id
    cooperative_id: Id
    kind: CertificateKind
    number: Code
    issued_by: Name
    issued_on: Day
    expires_on: Day
    food_codes: list[Code] = Field(default_factory=list, max_length=200)
    lot_id: Id | None = None
    file_id: Id | None = None

    def certificate(self) -> Certificate:
        """Return the values the rules work with."""
        said = self.model_dump() | {"kind": str(self.kind), "food_codes": frozenset(self.food_codes)}
        return Certificate(**said)


class CertificateRows(Rows):
    """Up to 1,000 certificates."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "rows": [
                        {
                            "certificate_id": "cert-520628-001-1",
                            "cooperative_id": "coop-520628-001",
                            "kind": "inspection_report",
                            "number": "FICT-2026-0001",
                            "issued_by": "松桃县检验检测中心（虚构）",
                            "issued_on": "2026-09-01",
                            "expires_on": "2027-08-31",
                            "food_codes": ["napa_cabbage", "onion"],
                        }
                    ]
                }
            ]
        }
    )


class CertificateRead(BaseModel):
    """A certificate and how it stands today; `warned_days` is the warning due: 30, 7 or 1 days before the end."""

    certificate_id: Id
    cooperative_id: Id
    kind: CertificateKind
    number: Code
    issued_by: Name
    issued_on: date
    expires_on: date
    food_codes: list[Code]
    lot_id: Id | None
    file_id: Id | None
    state: State
    days_left: int
    warned_days: int | None
    revoked_at: datetime | None
    revoked_reason: str | None

    @classmethod
    def of(cls, one: Certificate, day: date) -> "CertificateRead":
        """Return what is shown of a certificate on a day."""
        return cls(
            certificate_id=one.certificate_id,
            cooperative_id=one.cooperative_id,
            kind=CertificateKind(one.kind),
            number=one.number,
            issued_by=one.issued_by,
            issued_on=one.issued_on,
            expires_on=one.expires_on,
            food_codes=sorted(one.food_codes),
            lot_id=one.lot_id,
            file_id=one.file_id,
            state=one.state(day),
            days_left=one.days_left(day),
            warned_days=one.stage(day),
            revoked_at=one.revoked_at,
            revoked_reason=one.revoked_reason,
        )


class CertificatePage(BaseModel):
    """Certificates ordered by id; `next` is the `after` of the next page, null on the last one."""

    items: list[CertificateRead]
    next: Id | None


class ExpiringCertificates(BaseModel):
    """Certificates that end soon and that no other follows, the soonest first; `more` when there are others."""

    items: list[CertificateRead]
    more: bool


class RevocationIn(Input):
    """Why a certificate is taken away."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "pesticide above the limit"}]})

    reason: Reason


class RequirementIn(Input):
    """A kind of certificate a product (`*`: every product) needs, and who says so; without a source it needs none."""

    food_code: Product
    kind: Requirable
    source: Name | None


class RequirementRows(Rows):
    """Up to 1,000 requirements."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"rows": [{"food_code": "pork_lean", "kind": "quarantine", "source": "animal epidemic prevention law"}]}
            ]
        }
    )


class RequirementRead(BaseModel):
    """A kind of certificate a product needs, and who says so."""

    model_config = ConfigDict(from_attributes=True)

    food_code: Product
    kind: Requirable
    source: Name


class Requirements(BaseModel):
    """Which product needs which kind of certificate."""

    items: list[RequirementRead]


class Gap(BaseModel):
    """A product a cooperative offers, and a kind of certificate it lacks for it."""

    food_code: Code
    kind: CertificateKind


class Gaps(BaseModel):
    """What keeps a cooperative's offers from getting orders."""

    items: list[Gap]
