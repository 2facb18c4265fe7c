"""Spans as a test sees them: kept in memory as soon as they end."""

from collections.abc import Callable

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.spans import ToldTracing
from shared.tracing import Tracing


class Kept:
    """What the services of a world tell a collector."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()

    @property
    def tracing(self) -> Callable[[str], Tracing]:
        """What makes the spans of a service, by its name."""
        return lambda service: ToldTracing(service, SimpleSpanProcessor(self._exporter))

    def all(self) -> list[ReadableSpan]:
        """Return every span that ended, in that order."""
        return list(self._exporter.get_finished_spans())

    def one(self, service: str, name: str, of: str | None = None) -> ReadableSpan:
        """Return the only span of a service by that name, in the trace `of` where one is named."""
        (found,) = [span for span in self.of_trace(of) if (service_of(span), span.name) == (service, name)]
        return found

    def of_trace(self, trace_id: str | None) -> list[ReadableSpan]:
        """Return the spans of a trace, of all traces for None."""
        return [span for span in self.all() if trace_id in (None, trace_of(span))]

    def clear(self) -> None:
        """Forget what was told."""
        self._exporter.clear()


def service_of(span: ReadableSpan) -> str:
    """Return whose span it is."""
    return str(span.resource.attributes["service.name"])


def trace_of(span: ReadableSpan) -> str:
    """Return the id of a span's trace."""
    context = span.get_span_context()
    assert context is not None
    return f"{context.trace_id:032x}"


def id_of(span: ReadableSpan) -> int:
    """Return a span's own id."""
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def cause_of(span: ReadableSpan) -> int | None:
    """Return the id of the span that it follows from, None of one that begins a trace."""
    return None if span.parent is None else span.parent.span_id
