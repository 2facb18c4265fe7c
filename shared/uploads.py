"""Files over HTTP: taken as a request's body, given so that no browser takes them for anything else."""

from collections.abc import Mapping, Sequence

from fastapi import Request, Response
from starlette.exceptions import HTTPException


async def body_as(request: Request, kinds: Sequence[str]) -> bytes:
    """Return what was sent, if it says that it is of one of these media types: 415 otherwise."""
    claimed = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if claimed not in kinds:
        raise HTTPException(415, f"send the file as {' or '.join(kinds)}")
    return await request.body()


def file_answer(data: bytes, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a file as an answer: it is what it says, and nothing in it runs."""
    safe = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox"}
    return Response(data, media_type=media_type, headers={**(headers or {}), **safe})
