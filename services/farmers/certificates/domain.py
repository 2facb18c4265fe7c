"""The rules of certificates: what they cover, when they hold, when somebody is to be warned."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from shared.errors import AlreadyDone, Conflict, DomainError


class CertificateKind(StrEnum):
    """What a canteen's supplier has to show (domain.md §5): two papers of its own, two of its goods."""

    BUSINESS_LICENCE = "business_licence"
    INSPECTION_REPORT = "inspection_report"
    QUARANTINE = "quarantine"
    COMPLIANCE = "compliance"


KINDS = tuple(CertificateKind)
REQUIRABLE = (CertificateKind.BUSINESS_LICENCE, CertificateKind.INSPECTION_REPORT, CertificateKind.QUARANTINE)
"""What an offer may need; a compliance certificate goes with each lot."""

EVERY_PRODUCT = "*"
WARNED_DAYS = (30, 7, 1)
"""Days before the end on which a cooperative is warned."""

LONGEST = timedelta(days=366 * 50)


class State(StrEnum):
    """How a certificate stands on a day."""

    TO_COME = "to_come"
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate; without food codes it covers every product of its cooperative."""

    certificate_id: str
    cooperative_id: str
    kind: str
    number: str
    issued_by: str
    issued_on: date
    expires_on: date
    food_codes: frozenset[str]
    lot_id: str | None = None
    file_id: str | None = None
    revoked_at: datetime | None = None
    revoked_reason: str | None = None

    def days_left(self, day: date) -> int:
        """Days until the last one it holds on; negative once it is over."""
        return (self.expires_on - day).days

    def stage(self, day: date) -> int | None:
        """Return which warning is due: 30, 7 or 1 days before the end; None when none is, or it is over."""
        left = self.days_left(day)
        return min((days for days in WARNED_DAYS if left <= days), default=None) if left >= 0 else None

    def state(self, day: date) -> State:
        """Return how it stands on a day."""
        if self.revoked_at is not None:
            return State.REVOKED
        if self.issued_on > day:
            return State.TO_COME
        if self.expires_on < day:
            return State.EXPIRED
        return State.VALID if self.stage(day) is None else State.EXPIRING


def check(certificate: Certificate, today: date) -> None:
    """Raise DomainError for a certificate nobody can have: reversed, of the future, endless, of a lot or not."""
    if certificate.expires_on < certificate.issued_on:
        raise DomainError("period-reversed", "it expires before it was issued", field="expires_on")
    if certificate.issued_on > today:
        raise DomainError("issued-in-the-future", f"today is {today}", field="issued_on")
    if certificate.expires_on - certificate.issued_on > LONGEST:
        raise DomainError("too-long", f"a certificate holds at most {LONGEST.days // 366} years", field="expires_on")
    of_lot = certificate.kind == CertificateKind.COMPLIANCE
    if of_lot != (certificate.lot_id is not None):
        detail = "a compliance certificate goes with a lot" if of_lot else "only a compliance certificate has a lot"
        raise DomainError("lot-and-kind", detail, field="lot_id")


def check_lot(certificate: Certificate, owner: str, food_code: str) -> None:
    """Raise Conflict for a certificate of another's lot, or of another product than the lot is."""
    if owner != certificate.cooperative_id:
        raise Conflict("another-cooperative", f"it is {owner}'s lot", field="lot_id")
    if certificate.food_codes and food_code not in certificate.food_codes:
        raise Conflict("another-product", f"the lot is {food_code}", field="food_codes")


def renewed(known: Certificate, said: Certificate) -> Certificate | None:
    """Return the certificate with the file that is said of it now, None when nothing is new.

    Raises AlreadyDone when anything else differs: a document does not change, another one takes its place.
    """
    same = replace(known, file_id=said.file_id, revoked_at=None, revoked_reason=None)
    if same != said:
        detail = "it was recorded before, differently; revoke it and record another"
        raise AlreadyDone("certificate-exists", detail, field="certificate_id")
    return None if said.file_id in (None, known.file_id) else replace(known, file_id=said.file_id)
