"""Trace contexts with and without a collector."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from shared.events.examples import example_of
from shared.events.procurement import OrderPlaced
from shared.messaging.envelope import Record, cause_of, encode, traceparent
from shared.settings import Settings
from shared.tracing import UNTRACED, Tracing, carried, tracing_of
from tests.spans import Kept
from tests.world import START

CONTEXT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class _Collector(BaseHTTPRequestHandler):
    """Takes what is exported."""

    taken: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        """Take one request."""
        self.taken.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _collector() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/traces"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_without_a_collector_nothing_is_made_and_nothing_loaded() -> None:
    """Off by default: the context is passed on as it came, and no module of the SDK is there."""
    assert tracing_of(Settings(), "farmers") is UNTRACED
    code = "import services.farmers.main, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert [name for name in loaded if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))] == []


@pytest.mark.parametrize("tracing", [UNTRACED, Kept().tracing("farmers")])
def test_the_context_holds_for_its_block(tracing: Tracing) -> None:
    """Within a span what follows names its trace as cause; after it, what was before."""
    outer = traceparent.set(None)
    try:
        with tracing.span("consumer", "handle", CONTEXT):
            assert carried()["traceparent"].split("-")[1] == CONTEXT.split("-")[1]
            assert (carried()["traceparent"] == CONTEXT) == (not tracing.telling)
        assert carried() == {}
    finally:
        traceparent.reset(outer)


@pytest.mark.parametrize(
    "nonsense", ["", "00", f"00-{'0' * 32}-{'0' * 16}-01", CONTEXT.upper(), f"{CONTEXT}-x", "虚构"]
)
def test_a_context_that_says_nothing_begins_a_trace(nonsense: str) -> None:
    """What came from outside may be anything; the event is handled all the same (W3C Trace Context §3.2)."""
    kept = Kept()
    with kept.tracing("farmers").span("consumer", "handle", nonsense, also=[nonsense, CONTEXT]):
        pass
    (span,) = kept.all()
    assert span.parent is None
    assert len(span.links) == 1


def test_what_is_not_sampled_travels_as_that() -> None:
    """Of a trace that nobody wants, no service tells: its context says so to those who come after."""
    kept = Kept()
    unwanted = CONTEXT.removesuffix("01") + "00"
    with kept.tracing("farmers").span("server", "GET", unwanted):
        assert carried()["traceparent"].endswith("-00")
    assert kept.all() == []


def test_the_cause_is_found_without_reading_the_event() -> None:
    """The relay finds what caused an event in its bytes; what is written inside the event is not taken for it."""
    event = example_of(OrderPlaced)
    assert cause_of(encode(event, START)) is None
    token = traceparent.set(CONTEXT)
    try:
        assert cause_of(encode(event, START)) == CONTEXT
    finally:
        traceparent.reset(token)
    quoted = Record("t", "k", rb'{"data":{"reason":"\"traceparent\":\"00-1\""}}')
    assert cause_of(quoted) is None


def test_a_collector_is_told_by_otlp() -> None:
    """Where a collector is named, it gets spans as OTLP over HTTP, with whose they are."""
    with _collector() as url:
        tracing = tracing_of(Settings(traces_url=url), "farmers")
        with tracing.span("server", "GET /offers", CONTEXT) as span:
            span.note(http__response__status_code=200)
        tracing.flush()
    told = [ExportTraceServiceRequest.FromString(body) for body in _Collector.taken]
    (resource,) = [each for one in told for each in one.resource_spans]
    assert {a.key: a.value.string_value for a in resource.resource.attributes}["service.name"] == "farmers"
    (exported,) = resource.scope_spans[0].spans
    assert exported.name == "GET /offers"
    assert exported.trace_id.hex() == CONTEXT.split("-")[1]
    assert exported.parent_span_id.hex() == CONTEXT.split("-")[2]
