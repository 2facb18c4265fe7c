"""Spans by the SDK of OpenTelemetry: loaded only where somebody is told of them (`shared.tracing`)."""

import atexit
from collections.abc import Sequence
from functools import cache
from types import TracebackType

from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from shared.errors import DomainError
from shared.routing import Preview
from shared.tracing import TRACEPARENT, Attributes, Kind, Span, Tracing

NAMESPACE = "schooling-and-farming-cloud"
_KINDS: dict[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_ANSWERED = (RequestValidationError, Preview)
"""Raised to undo what was begun, and no failure."""
_FLUSH_MS = 3_000


class ToldSpan(Span):
    """A span that is told of when its block ends."""

    __slots__ = ("_dropped", "_span")

    def __init__(self, span: trace.Span) -> None:
        super().__init__(_said(span.get_span_context()))
        self._span = span
        self._dropped = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if isinstance(error, DomainError):
            self.note(cloud__rule=error.rule)
        elif isinstance(error, Exception) and not isinstance(error, _ANSWERED):
            self.fail(type(error).__qualname__)
        elif self._dropped:
            return
        self._span.end()

    def name(self, name: str) -> None:
        """Call it otherwise, now that it is known what it is."""
        self._span.update_name(name)

    def note(self, **attributes: str | int) -> None:
        """Say more of it; `__` in a name stands for a point."""
        for key, value in attributes.items():
            self._span.set_attribute(key.replace("__", "."), value)

    def fail(self, kind: str) -> None:
        """Say that it failed, and by what kind of error."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR))

    def drop(self) -> None:
        """Do not tell of it: nothing happened."""
        self._dropped = True


class ToldTracing(Tracing):
    """Makes the spans of one service and hands those that are sampled to a processor.

    `permille`: of how many of a thousand traces that begin here is told; those that begin elsewhere have it decided.
    """

    telling = True

    def __init__(self, service: str, processor: SpanProcessor, permille: int = 1_000) -> None:
        about = Resource.create({"service.name": service, "service.namespace": NAMESPACE})
        sampler = ParentBased(TraceIdRatioBased(permille / 1_000))
        self._provider = TracerProvider(sampler=sampler, resource=about, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer(NAMESPACE)

    def begun(self) -> str | None:
        """Return None: a request's span begins the trace."""
        return None

    def span(
        self,
        kind: Kind,
        name: str,
        cause: str | None,
        attributes: Attributes | None = None,
        also: Sequence[str | None] = (),
    ) -> Span:
        """Time a block that follows from `cause` and `also`, trace contexts; without a cause it begins a trace."""
        parent = _read(cause)
        links = [Link(context) for context in map(_read, also) if context is not None]
        begun = Context() if parent is None else trace.set_span_in_context(NonRecordingSpan(parent), Context())
        return ToldSpan(self._tracer.start_span(name, begun, _KINDS[kind], attributes, links))

    def flush(self) -> None:
        """Tell the collector what it was not told yet, within seconds; blocks."""
        self._provider.force_flush(_FLUSH_MS)


def exporting_to(url: str, permille: int, service: str) -> Tracing:
    """Return what tells a collector of a service's spans: where its OTLP over HTTP takes traces, `…/v1/traces`."""
    return ToldTracing(service, _processor(url), permille)


@cache
def _processor(url: str) -> SpanProcessor:
    """Return what sends spans to a collector: one thread for all services of a process. What it cannot keep is lost."""
    processor = BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=5))
    atexit.register(processor.shutdown)
    return processor


def _read(context: str | None) -> SpanContext | None:
    """Return what a context says; None for one that says nothing that can be followed."""
    if context is None or not TRACEPARENT.match(context):
        return None
    _, trace_id, span_id, flags = context.split("-")
    read = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return read if read.is_valid else None


def _said(context: SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
