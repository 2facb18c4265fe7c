"""What a service shows of itself: Prometheus metrics, W3C trace context, JSON logs."""

import logging
import math
import sys
import time
from collections.abc import Mapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.messaging.envelope import traceparent
from shared.redaction import redact_event, redact_text
from shared.tracing import TRACEPARENT, Span, Tracing

PROBES = ("/livez", "/readyz", "/metrics")
"""Asked every few seconds by machines, and part of nobody's work."""


class Metrics:
    """One service's metrics, in a registry of their own so that several services can share a process.

    `watched`: names and meanings of figures of its field, which are not a number until they are counted.
    """

    def __init__(self, service: str, watched: Mapping[str, str] | None = None) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "http_request_seconds",
            "Time to answer",
            ["service", "method", "route", "status"],
            registry=self.registry,
        )
        self.published = self._counter("events_published", "Events the relay published", service)
        self.consumed = self._counter("events_consumed", "Events handled", service)
        self.rebuilt = self._counter("consumer_rebuilt", "Times the consumer was rebuilt", service)
        self.outbox_waiting = self._gauge("outbox_waiting", "Events in the outbox", service)
        self.outbox_age = self._gauge("outbox_age_seconds", "Age of the oldest event in the outbox", service)
        self.lag = self._gauge("consumer_lag", "Events not yet handled", service)
        self.dead = self._gauge("dead_letters", "Dead letters not replayed", service)
        self.parked = self._gauge("parked_events", "Events waiting for what they need", service)
        self.parked_age = self._gauge("parked_age_seconds", "Age of the event that is parked longest", service)
        self.backup_age = self._gauge("backup_age_seconds", "Since the last backup, +Inf without one", service)
        self.watched = {name: self._gauge(name, text, service) for name, text in (watched or {}).items()}
        for gauge in self.watched.values():
            gauge.set(math.nan)
        self._service = service

    def _counter(self, name: str, help_text: str, service: str) -> Counter:
        return Counter(name, help_text, ["service"], registry=self.registry).labels(service)

    def _gauge(self, name: str, help_text: str, service: str) -> Gauge:
        return Gauge(name, help_text, ["service"], registry=self.registry).labels(service)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(self._service, method, route, str(status)).observe(seconds)

    def text(self) -> bytes:
        """Return the metrics in Prometheus' text format."""
        return generate_latest(self.registry)


class Observed:
    """ASGI middleware: times each request by route and carries the trace context into the events it causes.

    The metrics are those of the service that the app answers for.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        service = scope["app"].state.service
        metrics: Metrics = service.metrics
        tracing: Tracing = service.tracing
        status = 500
        started = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with tracing.span("server", scope["method"], _trace_of(scope) or tracing.begun()) as span:
            try:
                await self._app(scope, receive, watch)
            finally:
                route = getattr(scope.get("route"), "path", "unmatched")
                metrics.request(scope["method"], route, status, time.perf_counter() - started)
                if tracing.telling:
                    _say(span, scope["method"], route, status)
        return None


def _say(span: Span, method: str, route: str, status: int) -> None:
    if route in PROBES:
        span.drop()
    span.name(f"{method} {route}")
    span.note(http__request__method=method, http__route=route, http__response__status_code=status)
    if status >= 500:
        span.fail(str(status))


def _trace_of(scope: Scope) -> str | None:
    """Return the caller's trace context, None when it sent none or nonsense."""
    for name, value in scope["headers"]:
        if name == b"traceparent" and TRACEPARENT.match(value.decode("latin-1")):
            return str(value.decode("latin-1"))
    return None


def _traced(_logger: object, _method: str, said: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Say on whose behalf something is logged: the trace of the request or event that is being handled."""
    if (context := traceparent.get()) is not None:
        said["trace_id"] = context.split("-")[1]
    return said


def _redacted_record(*arguments: Any, **more: Any) -> logging.LogRecord:
    """Make a record of the standard library's logging: libraries log by it, and know nothing of what is private."""
    record = logging.LogRecord(*arguments, **more)
    record.msg, record.args = redact_text(record.getMessage()), ()
    if record.exc_info:
        record.exc_text = redact_text(logging.Formatter().formatException(record.exc_info))
    return record


_ON_WHOSE_BEHALF = (structlog.contextvars.merge_contextvars, _traced)
_AT_LAST = (
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact_event,
    structlog.processors.JSONRenderer(ensure_ascii=False),
)


class OfLibraries(logging.Handler):
    """Writes what libraries log as we do, from warnings on: a line that is no JSON is lost to whoever collects them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record to what is standard error now."""
        said: Any = {"logger": record.name, "event": record.getMessage(), "level": record.levelname.lower()}
        if record.exc_text:
            said["exception"] = record.exc_text
        for process in (*_ON_WHOSE_BEHALF, *_AT_LAST):
            said = process(None, "", said)
        sys.stderr.write(f"{said}\n")


def log_as_json(level: str) -> None:
    """Write logs, libraries' too, as one JSON object per line to standard error; what is private is left out."""
    number = logging.getLevelNamesMapping()[level]
    logging.setLogRecordFactory(_redacted_record)
    for handler in [each for each in logging.root.handlers if isinstance(each, OfLibraries)]:
        logging.root.removeHandler(handler)
    logging.root.addHandler(OfLibraries(max(number, logging.WARNING)))
    structlog.configure(
        processors=[*_ON_WHOSE_BEHALF, structlog.processors.add_log_level, *_AT_LAST],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
