"""What routes of identity share: their service, and answers that are kept nowhere.

Most open units of work themselves (`guarded_router`): to hash a password inside one would hold up all others, and some
refusals leave something to be noted.
"""

from typing import Annotated

from fastapi import Depends, Request, Response

from shared.errors import DomainError
from shared.service import Service


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceOf = Annotated[Service, Depends(_service)]


def shown_once(request: Request, answer: Response) -> None:
    """See to it that an answer is kept nowhere. Raises DomainError: with an Idempotency-Key it would be."""
    if "idempotency-key" in request.headers:
        detail = "this answer is kept nowhere, so it cannot be given again"
        raise DomainError("answer-not-kept", detail, field="Idempotency-Key")
    answer.headers["Cache-Control"] = "no-store"
