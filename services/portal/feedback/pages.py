"""Saying what is wrong or could be better, and noting what was done about it."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.portal.feedback import queries
from services.portal.feedback.domain import LONGEST, Kind, county_of, may_see, meal_in, page_in, role_of
from services.portal.forms import Form, Invalid, fields_of
from services.portal.languages import N_
from services.portal.navigation import Entry
from services.portal.rendering import page
from services.portal.routing import back_to, page_router
from services.portal.upstream import Asking, Away, Refused, Upstream
from shared.audit.recording import Asker, recorded
from shared.auth.principal import Principal, Role
from shared.errors import NotFound
from shared.fields import Id
from shared.ids import new_id

router = page_router(prefix="/feedback", tags=["feedback"])
READERS = frozenset({Role.OFFICIAL, Role.NUTRITIONIST, Role.ADMINISTRATOR, Role.AUDITOR})
entries = [
    Entry(
        "/feedback",
        N_("What people say"),
        N_("Remarks about these pages, and what was done about them."),
        READERS,
        "people",
        place=80,
    )
]
KINDS = {
    Kind.WRONG: N_("Something is wrong"),
    Kind.BETTER: N_("It could be better"),
    Kind.GOOD: N_("This works well"),
}
_FIRST, _PAGE_SIZE = {"kind": Kind.WRONG}, 50


@router.get("/new")
async def ask(request: Request, about: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Ask what is wrong or could be better on a page."""
    form = Form.new("/feedback/new", _FIRST | {"about": page_in(about)})
    return page(request, "feedback/new.html", form=form, kinds=KINDS, about=page_in(about))


@router.post("/new")
async def say(request: Request, services: Asking) -> Response:
    """Take a remark: of which kind, about which page, in words if there are any. Who speaks is not kept."""
    fields = await fields_of(request)
    about = page_in(fields.values.get("about"))
    try:
        kind = fields.one_of("kind", frozenset(Kind))
        text = fields.text("text", longest=LONGEST, needed=kind != Kind.GOOD)
        fields.check()
    except Invalid as refused:
        form = Form.again("/feedback/new", fields, refused)
        return page(request, "feedback/new.html", 422, form=form, kinds=KINDS, about=about)
    person = request.state.person
    principal = None if person is None else person.principal
    row = {
        "remark_id": new_id(),
        "key": fields.key,
        "kind": kind,
        "page": about,
        "said_as": role_of(principal),
        "county_code": await _county(services, principal, about),
        "text": text,
    }
    async with request.app.state.service.begin() as uow:
        await queries.add(uow, row | {"said_at": uow.now})
    return page(request, "feedback/thanks.html", about=about)


async def _county(services: Upstream, principal: Principal | None, about: str) -> str | None:
    """Return the county of who speaks, or of the meal that a parent speaks of, as far as it can be told now."""
    asked, meal = None, meal_in(about)
    if principal is not None and principal.canteens:
        asked = services.get("nutrition", f"/canteens/{min(principal.canteens)}")
    elif principal is not None and principal.cooperatives:
        asked = services.get("farmers", f"/cooperatives/{min(principal.cooperatives)}")
    elif principal is None and meal is not None:
        asked = services.get("logistics", f"/public-trace/meals/{meal}")
    if asked is None:
        return county_of(principal)
    try:
        return county_of(principal, await asked)
    except (Away, Refused, NotFound):
        return None


@router.get("")
async def remarks(
    request: Request,
    done: bool = False,
    before: Annotated[Id | None, Query(examples=["walk-1"])] = None,
) -> Response:
    """List what people said, the newest first: what is open, or what something was done about."""
    seen = may_see(request.state.person.principal)
    async with request.app.state.service.begin(read_only=True) as uow:
        found = await queries.newest(uow, seen, is_open=not done, before=before, limit=_PAGE_SIZE)
    following = f"/feedback?done={str(done).lower()}&before={found[-1].remark_id}" if len(found) == _PAGE_SIZE else None
    answers = _may_answer(request)
    return page(
        request, "feedback/remarks.html", remarks=found, kinds=KINDS, done=done, following=following, answers=answers
    )


def _may_answer(request: Request) -> bool:
    return bool(request.state.person.roles & (READERS - {Role.AUDITOR}))


@router.post("/{remark_id}/done")
async def answer(request: Request, remark_id: Annotated[Id, Path(examples=["walk-1"])]) -> Response:
    """Note what was done about a remark; it is open no more."""
    fields = await fields_of(request)
    done = fields.text("done", longest=LONGEST)
    fields.check()
    person = request.state.person
    seen, by = may_see(person.principal), person.principal.subject[:128]
    which = [{"remark_id": remark_id}]
    async with request.app.state.service.begin() as uow, recorded(uow, Asker.of(request), queries.remark, which):
        if not await queries.answer(uow, remark_id, seen, done, by, uow.now):
            raise NotFound("remark", remark_id, field="remark_id")
    return back_to("/feedback")
