"""A bound on request bodies that is answered as every refusal is, by problem+json."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.problems import problem


class Bounded:
    """ASGI middleware: refuses a body above the service's `max_body_bytes` (on streamed paths
    `max_stream_bytes`), unread when its length is declared."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its body is too large."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        service = scope["app"].state.service
        read_as_it_comes = scope["path"] in service.definition.streamed
        most_bytes: int = service.settings.max_stream_bytes if read_as_it_comes else service.settings.max_body_bytes
        detail = f"a body has at most {most_bytes} bytes: split a larger file and send its parts one by one"
        if _declared(scope) > most_bytes:
            answer = problem(413, "Body too large", "body-too-large", detail)
            return await answer(scope, receive, send)
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most_bytes:
                raise HTTPException(413, detail)
            return message

        return await self._app(scope, bounded, send)


def _declared(scope: Scope) -> int:
    """Return the declared length; nonsense counts as none, the server knows better how to read it."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0
