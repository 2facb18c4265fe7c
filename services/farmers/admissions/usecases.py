"""What can happen to applications: submitted, asked about, answered, approved, refused, withdrawn, lapsed."""

from collections.abc import Sequence
from dataclasses import replace

from services.farmers.admissions import queries
from services.farmers.admissions.domain import (
    Application,
    Document,
    Said,
    Status,
    Step,
    check_documents,
    follow,
    require_same,
    submitted,
)
from services.farmers.certificates.usecases import record_certificates
from services.farmers.contacts.usecases import put_account, put_contacts
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.cooperatives.usecases import register_cooperatives
from services.farmers.days import today
from services.farmers.files import queries as files
from shared.errors import Conflict, DomainError, NotFound
from shared.ids import derived_id, new_id
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

LAPSED_AT_ONCE = 200
APPLICANT = "applicant"


async def submit(
    uow: UnitOfWork, sealer: Sealer, said: Said, documents: tuple[Document, ...], secret: str
) -> Application:
    """Take an application; from now on its county's clock runs. Raises DomainError for papers that do not hold."""
    await _check(uow, documents)
    status, due_on = submitted(today(uow.now))
    new = Application(new_id(), status, due_on, uow.now, said.particulars.county_code)
    await queries.insert_application(uow.session, sealer, new, said, secret)
    await queries.add_documents(uow.session, new.application_id, documents)
    await queries.add_step(uow, new.application_id, Step.SUBMIT, APPLICANT, "", due_on)
    return new


async def _check(uow: UnitOfWork, documents: tuple[Document, ...]) -> None:
    check_documents(documents, today(uow.now))
    known = await files.known(uow.session, {one.file_id for one in documents})
    for place, one in enumerate(documents):
        if one.file_id not in known:
            raise NotFound("file", one.file_id, field=f"documents.{place}.file_id")


async def require_applicant(uow: UnitOfWork, sealer: Sealer, application_id: str, secret: str) -> None:
    """Raise NotFound unless the secret is the application's: a wrong one says no more than an unknown number."""
    if not queries.is_secret(sealer, await queries.row_of(uow.session, application_id), secret):
        raise NotFound("application", application_id)


async def answer(uow: UnitOfWork, application_id: str, note: str, documents: tuple[Document, ...]) -> None:
    """Answer what the county asked; its clock begins anew. Raises Conflict when nothing was asked."""
    one = await queries.lock(uow.session, application_id)
    follow(one, Step.ANSWER, today(uow.now))
    present = await queries.documents_of(uow.session, application_id)
    await _check(uow, documents)
    for place, new in enumerate(documents):
        if any((new.kind, new.number) == (old.kind, old.number) for old in present):
            raise Conflict("document-known", "it came before", field=f"documents.{place}.number")
    await queries.add_documents(uow.session, application_id, documents)
    await _go(uow, one, Step.ANSWER, APPLICANT, note)


async def withdraw(uow: UnitOfWork, application_id: str) -> None:
    """Take an application back. Raises Conflict when it is decided."""
    one = await queries.lock(uow.session, application_id)
    if one.status is not Status.WITHDRAWN:
        await _go(uow, one, Step.WITHDRAW, APPLICANT, "")


async def ask(uow: UnitOfWork, application_id: str, by: str, what: str) -> None:
    """Ask an applicant for more; the applicant's clock runs. Raises NotFound, Conflict."""
    one = await queries.lock(uow.session, application_id)
    if not await _is_again(uow, one, Status.ASKED, what):
        await _go(uow, one, Step.ASK, by, what)


async def refuse(uow: UnitOfWork, application_id: str, by: str, reason: str) -> None:
    """Refuse an application with a reason. Raises NotFound, Conflict."""
    one = await queries.lock(uow.session, application_id)
    if not await _is_again(uow, one, Status.REFUSED, reason):
        await _go(uow, one, Step.REFUSE, by, reason)


async def _is_again(uow: UnitOfWork, one: Application, wanted: Status, note: str) -> bool:
    if one.status is not wanted:
        return False
    require_same(one.status, wanted, note, (await queries.steps_of(uow.session, one.application_id))[-1].note)
    return True


async def approve(
    uow: UnitOfWork, sealer: Sealer, application_id: str, by: str, cooperative_id: str, note: str
) -> None:
    """Make an applicant a cooperative: registered and told, with its contact, account and certificates.

    Raises NotFound, Conflict when it was decided or the id is another's.
    """
    one = await queries.lock(uow.session, application_id)
    if one.status is Status.APPROVED and one.cooperative_id == cooperative_id:
        return
    follow(one, Step.APPROVE, today(uow.now))
    if cooperative_id in await cooperatives.counties(uow.session, uow.dialect, [cooperative_id]):
        raise Conflict("cooperative-exists", "another cooperative has this id", field="cooperative_id")
    said = await queries.said_of(uow.session, sealer, await queries.row_of(uow.session, application_id))
    done = await register_cooperatives(uow, [(0, replace(said.particulars, cooperative_id=cooperative_id))])
    if done.refused:
        raise Conflict(done.refused[0].rule, done.refused[0].detail, field="cooperative_id")
    await put_contacts(uow, sealer, cooperative_id, [said.contact])
    await put_account(uow, sealer, cooperative_id, said.account, None)
    await _certify(uow, application_id, cooperative_id)
    await _go(uow, replace(one, cooperative_id=cooperative_id), Step.APPROVE, by, note)


async def _certify(uow: UnitOfWork, application_id: str, cooperative_id: str) -> None:
    documents = await queries.documents_of(uow.session, application_id)
    papers = [
        (place, paper.certificate(derived_id("admission", application_id, place), cooperative_id))
        for place, paper in enumerate(documents)
    ]
    done = await record_certificates(uow, papers)
    for refusal in done.refused:
        raise DomainError(refusal.rule, refusal.detail, field=f"documents.{refusal.index}.{refusal.field}")


async def _go(uow: UnitOfWork, one: Application, what: Step, by: str | None, note: str) -> None:
    status, due_on = follow(one, what, today(uow.now))
    await queries.save(uow.session, one.application_id, status, due_on, one.cooperative_id)
    await queries.add_step(uow, one.application_id, what, by, note, due_on)


async def lapse(uow: UnitOfWork) -> int:
    """Let applications lapse whose applicants did not answer in time; returns how many, at most 200."""
    ids: Sequence[str] = await queries.unanswered(uow.session, today(uow.now), LAPSED_AT_ONCE)
    for application_id in ids:
        one = await queries.lock(uow.session, application_id)
        await _go(uow, one, Step.LAPSE, None, "")
    return len(ids)
