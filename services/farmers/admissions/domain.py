"""The rules of admission: what may follow on what, and until when."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.farmers.certificates.domain import Certificate
from services.farmers.contacts.domain import Account, Contact
from services.farmers.cooperatives.domain import Particulars
from shared.errors import AlreadyDone, Conflict, DomainError

CHECKED_WITHIN = timedelta(days=10)
"""How long the county has to check, from every submission on; the programme's own rule."""
ANSWERED_WITHIN = timedelta(days=15)
"""How long an applicant has to answer what was asked; then the application lapses."""


class Status(StrEnum):
    """Where an application stands."""

    SUBMITTED = "submitted"
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Step(StrEnum):
    """What happens to an application."""

    SUBMIT = "submit"
    ASK = "ask"
    ANSWER = "answer"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


_FOLLOWS: dict[tuple[Status, Step], Status] = {
    (Status.SUBMITTED, Step.ASK): Status.ASKED,
    (Status.SUBMITTED, Step.APPROVE): Status.APPROVED,
    (Status.SUBMITTED, Step.REFUSE): Status.REFUSED,
    (Status.SUBMITTED, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.ASKED, Step.ANSWER): Status.SUBMITTED,
    (Status.ASKED, Step.REFUSE): Status.REFUSED,
    (Status.ASKED, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.ASKED, Step.LAPSE): Status.LAPSED,
}
_WITHIN = {Status.SUBMITTED: CHECKED_WITHIN, Status.ASKED: ANSWERED_WITHIN}


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that comes with an application: what a certificate will be, and its scan."""

    kind: str
    number: str
    issued_by: str
    issued_on: date
    expires_on: date
    file_id: str
    food_codes: frozenset[str] = frozenset()

    def certificate(self, certificate_id: str, cooperative_id: str) -> Certificate:
        """Return the certificate it becomes."""
        return Certificate(
            certificate_id=certificate_id,
            cooperative_id=cooperative_id,
            kind=self.kind,
            number=self.number,
            issued_by=self.issued_by,
            issued_on=self.issued_on,
            expires_on=self.expires_on,
            food_codes=self.food_codes,
            file_id=self.file_id,
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What an applicant says; `particulars` carry no id yet, whom to call and the account stand in no `repr`."""

    particulars: Particulars
    products: tuple[str, ...]
    contact: Contact = field(repr=False)
    account: Account = field(repr=False)


@dataclass(frozen=True, slots=True)
class Application:
    """An application as it stands; `due_on` is the last day of its present step, None when it is over."""

    application_id: str
    status: Status
    due_on: date | None
    submitted_at: datetime
    county_code: str
    cooperative_id: str | None = None

    def overdue(self, today: date) -> bool:
        """Whether the county is late with it."""
        return self.status is Status.SUBMITTED and self.due_on is not None and self.due_on < today


def submitted(today: date) -> tuple[Status, date]:
    """Return where a new application stands, and until when it is to be checked."""
    return Status.SUBMITTED, today + CHECKED_WITHIN


def follow(application: Application, step: Step, today: date) -> tuple[Status, date | None]:
    """Return where an application stands after a step, and until when the next one is due. Raises Conflict."""
    after = _FOLLOWS.get((application.status, step))
    if after is None:
        raise Conflict("not-now", f"it is {application.status}: it cannot {step} now", field="application_id")
    within = _WITHIN.get(after)
    return after, None if within is None else today + within


def require_same(known: Status, wanted: Status, note: str, noted: str) -> None:
    """Raise AlreadyDone when a decision is taken again, differently."""
    if known is not wanted or note != noted:
        raise AlreadyDone("decided", f"it was decided before: {known}", field="application_id")


def check_documents(documents: tuple[Document, ...], today: date) -> None:
    """Raise DomainError for a paper that is over, of the future, or there twice."""
    for place, one in enumerate(documents):
        where = f"documents.{place}"
        if one.expires_on < one.issued_on:
            raise DomainError("period-reversed", "it expires before it was issued", field=f"{where}.expires_on")
        if one.issued_on > today:
            raise DomainError("issued-in-the-future", f"today is {today}", field=f"{where}.issued_on")
        if one.expires_on < today:
            raise DomainError("document-expired", f"it expired on {one.expires_on}", field=f"{where}.expires_on")
        if any((one.kind, one.number) == (other.kind, other.number) for other in documents[:place]):
            raise DomainError("twice-in-request", "an earlier document has its number", field=f"{where}.number")
