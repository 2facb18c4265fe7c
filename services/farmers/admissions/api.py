"""Routes of admissions: the applicant's under /applications with its secret, the county's under /admissions."""

from typing import Annotated, Any

from fastapi import Header, Path, Query, Response

from services.farmers.admissions import queries, usecases
from services.farmers.admissions.domain import Status
from services.farmers.admissions.schemas import (
    AnswerIn,
    ApplicationIn,
    ApplicationPage,
    ApplicationRead,
    ApplicationState,
    ApplicationSummary,
    ApprovalIn,
    AskIn,
    DocumentRead,
    RefusalIn,
    StepRead,
)
from services.farmers.contacts.schemas import ContactRead
from services.farmers.days import today
from services.farmers.paging import next_after
from shared.auth.principal import signed_by
from shared.fields import Code, Id
from shared.keys import Keys
from shared.routing import Page, UoW, service_router
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

router = service_router(tags=["admissions"])

ApplicationId = Annotated[Id, Path()]
Secret = Annotated[
    str, Header(alias="Application-Secret", max_length=100, description="the secret the application was made with")
]


@router.post("/applications", status_code=201)
async def submit_application(uow: UoW, keys: Keys, body: ApplicationIn, response: Response) -> ApplicationState:
    """Apply to sell to a county's schools; number and secret show from now on where it stands."""
    documents = tuple(one.document() for one in body.documents)
    new = await usecases.submit(uow, keys, body.said(), documents, body.secret)
    response.headers["Location"] = f"/applications/{new.application_id}"
    return await _state(uow, new.application_id)


@router.get("/applications/{application_id}")
async def get_application(uow: UoW, keys: Keys, application_id: ApplicationId, secret: Secret) -> ApplicationRead:
    """Show an applicant where the application stands, what was asked, and until when the next step is due."""
    await usecases.require_applicant(uow, keys, application_id, secret)
    return await _whole(uow, keys, application_id)


@router.post("/applications/{application_id}/answers")
async def answer_county(
    uow: UoW, keys: Keys, application_id: ApplicationId, secret: Secret, body: AnswerIn
) -> ApplicationState:
    """Answer what the county asked; its clock begins anew."""
    await usecases.require_applicant(uow, keys, application_id, secret)
    await usecases.answer(uow, application_id, body.note, tuple(one.document() for one in body.documents))
    return await _state(uow, application_id)


@router.post("/applications/{application_id}/withdraw")
async def withdraw_application(uow: UoW, keys: Keys, application_id: ApplicationId, secret: Secret) -> ApplicationState:
    """Take an application back."""
    await usecases.require_applicant(uow, keys, application_id, secret)
    await usecases.withdraw(uow, application_id)
    return await _state(uow, application_id)


@router.get("/admissions")
async def list_applications(
    uow: UoW,
    page: Page,
    county_code: Annotated[Code | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    overdue: Annotated[bool, Query(description="those the county is late with only")] = False,
) -> ApplicationPage:
    """List a county's applications, ordered by number, which is by when they came."""
    day = today(uow.now)
    rows = await queries.page(uow.session, page, county_code, status, day if overdue else None)
    items = [ApplicationSummary.of(row, day) for row in rows]
    return ApplicationPage(items=items, next=next_after(page, [item.application_id for item in items]))


@router.get("/admissions/{application_id}")
async def check_application(uow: UoW, keys: Keys, application_id: ApplicationId) -> ApplicationRead:
    """Show the county an application with its papers and steps."""
    return await _whole(uow, keys, application_id)


@router.post("/admissions/{application_id}/ask")
async def ask_applicant(uow: UoW, application_id: ApplicationId, body: AskIn) -> ApplicationState:
    """Ask an applicant for more; it has 15 days to answer, then the application lapses."""
    await usecases.ask(uow, application_id, signed_by(uow.principal, body.by), body.what)
    return await _state(uow, application_id)


@router.post("/admissions/{application_id}/approve")
async def approve_application(
    uow: UoW, keys: Keys, application_id: ApplicationId, body: ApprovalIn
) -> ApplicationState:
    """Make an applicant a cooperative, with its contact, account and certificates."""
    by = signed_by(uow.principal, body.by)
    await usecases.approve(uow, keys, application_id, by, body.cooperative_id, body.note)
    return await _state(uow, application_id)


@router.post("/admissions/{application_id}/refuse")
async def refuse_application(uow: UoW, application_id: ApplicationId, body: RefusalIn) -> ApplicationState:
    """Refuse an application with a reason its applicant sees."""
    await usecases.refuse(uow, application_id, signed_by(uow.principal, body.by), body.reason)
    return await _state(uow, application_id)


async def _state(uow: UnitOfWork, application_id: str) -> ApplicationState:
    summary = ApplicationSummary.of(await queries.row_of(uow.session, application_id), today(uow.now))
    return ApplicationState(**{name: getattr(summary, name) for name in ApplicationState.model_fields})


async def _whole(uow: UnitOfWork, sealer: Sealer, application_id: str) -> ApplicationRead:
    row = await queries.row_of(uow.session, application_id)
    said = await queries.said_of(uow.session, sealer, row)
    place = ("name_en", "village", "lat", "lon", "priority_group")
    shown: dict[str, Any] = {name: getattr(said.particulars, name) for name in place}
    papers = [
        DocumentRead(
            **{name: getattr(one, name) for name in DocumentRead.model_fields if name != "food_codes"},
            food_codes=sorted(one.food_codes),
        )
        for one in await queries.documents_of(uow.session, application_id)
    ]
    return ApplicationRead(
        **ApplicationSummary.of(row, today(uow.now)).model_dump(),
        **shown,
        products=list(said.products),
        contact=ContactRead.model_validate(said.contact.masked()),
        bank=said.account.bank,
        account_number=said.account.masked().number,
        documents=papers,
        steps=[StepRead.model_validate(one) for one in await queries.steps_of(uow.session, application_id)],
    )
