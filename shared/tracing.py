"""Spans of what a service does, told to a collector where the settings name one (OpenTelemetry, OTLP over HTTP).

There is one id, the W3C trace context in `shared.messaging.envelope.traceparent`: logs say it, events carry it, and
requests to other services bring it. Where spans are made, what stands in it is the span at work, so that whatever
follows names it as its cause. Without a collector the context is passed on as it came, and no SDK is loaded.

What a span holds is names of routes, events and rules: no path, no query, no key, no text of an error, all of which may
say who somebody is.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from shared.messaging.envelope import traceparent

if TYPE_CHECKING:
    from contextvars import Token

    from shared.settings import Settings

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Attributes = Mapping[str, str | int]
TRACEPARENT = re.compile(r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
"""A trace context as it is written (W3C Trace Context §3.2)."""


class Span:
    """What is timed. This one is not: it only passes the trace context on for as long as it is entered."""

    __slots__ = ("_cause", "_token")

    def __init__(self, cause: str | None) -> None:
        self._cause = cause
        self._token: Token[str | None] | None = None

    def __enter__(self) -> "Span":
        self._token = traceparent.set(self._cause)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            traceparent.reset(self._token)

    def name(self, name: str) -> None:
        """Call it otherwise, now that it is known what it is."""

    def note(self, **attributes: str | int) -> None:
        """Say more of it; `__` in a name stands for a point."""

    def fail(self, kind: str) -> None:
        """Say that it failed, and by what kind of error."""

    def drop(self) -> None:
        """Do not tell of it: nothing happened."""


class Tracing:
    """Makes the spans of one service. This one makes none."""

    telling: bool = False
    """Whether anybody is told."""

    def begun(self) -> str | None:
        """Return what a request works under whose caller sent no context: a new trace, or None: its span begins one."""
        return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"

    def span(
        self,
        kind: Kind,
        name: str,
        cause: str | None,
        attributes: Attributes | None = None,
        also: Sequence[str | None] = (),
    ) -> AbstractContextManager[Span]:
        """Time a block that follows from `cause` and `also`, trace contexts; without a cause it begins a trace."""
        return Span(cause)

    def flush(self) -> None:
        """Tell the collector what it was not told yet, within seconds; blocks."""


UNTRACED = Tracing()


def carried() -> dict[str, str]:
    """Return the headers that let another service go on with the present trace."""
    context = traceparent.get()
    return {} if context is None else {"traceparent": context}


def tracing_of(settings: "Settings", service: str) -> Tracing:
    """Return what makes the spans of a service: nothing, unless a collector is named."""
    if settings.traces_url is None:
        return UNTRACED
    # Here, because it loads a hundred modules and a thread that nobody needs who tells nobody.
    from shared.spans import exporting_to

    return exporting_to(settings.traces_url, settings.traces_permille, service)
