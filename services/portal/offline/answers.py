"""Answers to forms that a page or an outbox may have sent: a browser gets a page, an outbox JSON (docs/portal.md).

if refused: return shown_again(request, "receiving/receipt.html", Form.again(action, fields, refused))
return taken(request, f"/receiving/{order_id}")
"""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from services.portal import languages
from services.portal.forms import Form
from services.portal.refusals import meaning_of
from services.portal.rendering import page
from services.portal.routing import back_to
from shared.problems import problem


def by_outbox(request: Request) -> bool:
    """Whether an outbox asks: it reads JSON, a browser that sends a form reads pages."""
    return request.headers.get("accept", "").startswith("application/json")


def taken(request: Request, where: str, *, photos: str | None = None) -> Response:
    """Say that a form was taken: `where` its effect is seen, `photos` where photos of it are sent, if elsewhere."""
    if not by_outbox(request):
        return back_to(where)
    told = {"state": "kept", "where": where} | ({} if photos is None else {"photos": photos})
    return JSONResponse(told)


def with_meaning(request: Request, told: dict[str, Any]) -> Response:
    """Return a refusal as an outbox shows it: what it means, in its reader's language."""
    meaning = meaning_of(int(told["status"]), str(told["rule"]))
    answer = {"said": languages.words(request.state.language).gettext(meaning)} | told
    wait = answer.pop("retry_after", None)
    headers = {"Retry-After": wait} if wait else None
    return JSONResponse(answer, int(told["status"]), headers, "application/problem+json")


def shown_again(request: Request, template: str, form: Form, **told: Any) -> Response:
    """Show a form that was not taken with what is wrong with it; an outbox gets the same to show."""
    if not by_outbox(request):
        return page(request, template, status=422, form=form, **told)
    say = languages.words(request.state.language).gettext
    faults = {name: say(fault) for name, fault in form.faults.items()}
    said = say(form.fault) if form.fault else next(iter(faults.values()), "")
    return problem(422, "Not taken", "not-taken", said, said=said, faults=faults)
