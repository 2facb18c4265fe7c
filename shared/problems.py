"""Refusals on the wire: RFC 9457 problem+json that names the field and the rule."""

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.database import is_of_another, is_transient
from shared.errors import DomainError, TooManyRequests, Unauthorized

_TITLES = {
    400: "Bad request",
    404: "Not found",
    405: "Method not allowed",
    413: "Body too large",
    415: "Wrong media type",
}
log = structlog.get_logger()


def problem(status: int, title: str, rule: str, detail: str, **more: Any) -> JSONResponse:
    """Return a problem+json answer; `rule` is stable and machine-readable."""
    body = {"type": f"urn:schooling-and-farming:problem:{rule}", "title": title, "status": status, "rule": rule}
    body |= {"detail": detail} | {key: value for key, value in more.items() if value is not None}
    return JSONResponse(body, status, media_type="application/problem+json")


def of_domain_error(error: DomainError) -> JSONResponse:
    """Return the answer to a broken rule."""
    answer = problem(error.status, error.title, error.rule, error.detail, field=error.field)
    if error.status == 503:
        answer.headers["Retry-After"] = "5"
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.wait_s)
    if isinstance(error, Unauthorized):
        answer.headers["WWW-Authenticate"] = error.told
    return answer


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every refusal and failure of `app` as problem+json."""

    @app.exception_handler(DomainError)
    async def _domain(_request: Request, error: DomainError) -> JSONResponse:
        return of_domain_error(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return _of_validation(error.errors())

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        title = _TITLES.get(error.status_code, "Refused")
        answer = problem(error.status_code, title, title.lower().replace(" ", "-"), str(error.detail))
        answer.headers.update(error.headers or {})  # 405 says which methods there are (RFC 9110 §15.5.6)
        return answer

    @app.exception_handler(Exception)
    async def _failure(request: Request, error: Exception) -> JSONResponse:
        if is_of_another(error):
            # The first wall has a hole: the rule let it through.
            log.error("row-of-another-tenant", method=request.method, path=request.url.path, exc_info=error)
            return problem(403, "Forbidden", "other-tenant", "what this would change is another's, nothing changed")
        log.error("request-failed", method=request.method, path=request.url.path, exc_info=error)
        return problem(500, "Failure", "failure", "something went wrong on our side, nothing changed")


class Unavailable:
    """ASGI middleware: what failed because its database is away, or full, is answered 503 with Retry-After.

    As a handler of failures it would be raised again after its answer, and every request of an outage would leave a
    hundred lines in the log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if begun or scope["type"] != "http" or not is_transient(error):
                raise
            log.warning("database-unavailable", method=scope["method"], path=scope["path"], error=repr(error)[:200])
            # The connection may have been lost on the way back from a commit: nobody here knows.
            detail = "the database cannot be reached; what was asked for may be done: send it again with the same key"
            answer = problem(503, "Unavailable", "database-unavailable", detail)
            answer.headers["Retry-After"] = "5"
            await answer(scope, receive, send)


def _of_validation(errors: Sequence[Any]) -> JSONResponse:
    fields = [
        {"field": ".".join(str(part) for part in error["loc"]), "rule": error["type"], "detail": error["msg"]}
        for error in errors[:50]
    ]
    first = fields[0] if fields else {"field": "", "detail": ""}
    detail = f"{first['field']}: {first['detail']}"
    return problem(422, "Invalid input", "invalid-input", detail, field=first["field"], errors=fields)
