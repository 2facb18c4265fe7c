"""One trace leads from a request through outbox, bus and handler into the other service, on each backend."""

from collections.abc import Callable

import pytest
from opentelemetry.trace import StatusCode

from shared.tracing import Tracing
from tests import builders as b
from tests.journeys.county import County
from tests.spans import Kept, cause_of, id_of, service_of, trace_of
from tests.world import World, ok

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", 0x00F067AA0BA902B7
ASKED = {"traceparent": f"00-{TRACE}-{CALLER:016x}-01"}


@pytest.fixture
def spans() -> Kept:
    """Return what the world's services tell of themselves."""
    return Kept()


@pytest.fixture
def tracing(spans: Kept) -> Callable[[str], Tracing]:
    """Return what makes the spans of the world's services."""
    return spans.tracing


async def test_a_request_is_followed_into_the_other_service(county: County[World], spans: Kept) -> None:
    """Request → unit of work → what is published and what handles it: one trace, and each names its cause."""
    await county.set_up()
    spans.clear()
    route = "/offers/off-a-rice/withdraw"
    await ok(await county.farmers.post(route, headers=ASKED))
    await county.world.settle()

    asked = spans.one("farmers", "POST /offers/{offer_id}/withdraw")
    assert (trace_of(asked), cause_of(asked)) == (TRACE, CALLER)
    worked = spans.one("farmers", "unit of work", TRACE)
    assert cause_of(worked) == id_of(asked)
    published = spans.one("farmers", "publish", TRACE)
    assert cause_of(published) == id_of(worked)
    for service in ("nutrition", "procurement"):
        handled = spans.one(service, "handle OfferWithdrawn")
        assert (trace_of(handled), cause_of(handled)) == (TRACE, id_of(worked))
        assert published.start_time is not None
        assert handled.start_time is not None
        assert published.start_time < handled.start_time


async def test_what_a_handler_tells_is_the_same_trace(county: County[World], spans: Kept) -> None:
    """An answer to an order makes the buyer confirm it, of which the haulier hears: three services, one trace."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    order = (await county.inbox())[0]
    spans.clear()
    await ok(await county.farmers.post(f"/orders/{order['order_id']}/accept", json={}, headers=ASKED))
    await county.world.settle()

    answered = spans.one("procurement", "handle OrderAccepted", TRACE)
    confirmed = spans.one("logistics", "handle OrderConfirmed", TRACE)
    assert cause_of(confirmed) == id_of(answered)
    assert cause_of(answered) == id_of(spans.one("farmers", "unit of work", TRACE))


async def test_what_a_job_tells_begins_a_trace(county: County[World], spans: Kept) -> None:
    """Nobody asked for what a job does: its unit of work begins the trace; one that told nothing is not told of."""
    await county.set_up()
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    spans.clear()
    await county.source()
    placed = [span for span in spans.all() if span.name == "handle OrderPlaced"]
    assert placed
    for span in placed:
        (begun,) = [each for each in spans.of_trace(trace_of(span)) if cause_of(each) is None]
        assert (service_of(begun), begun.name) == ("procurement", "unit of work")
        assert cause_of(span) == id_of(begun)
    spans.clear()
    await county.world.settle()
    assert spans.all() == []


async def test_a_refusal_tells_its_rule_and_nothing_private(county: County[World], spans: Kept) -> None:
    """Spans hold names of routes and rules: no address, no query, no text of an error."""
    await county.set_up()
    spans.clear()
    assert (await county.farmers.post("/offers/王小明/withdraw?phone=13800000000")).status_code == 422
    assert (await county.farmers.get("/王小明?phone=13800000000")).status_code == 404
    answer = await county.farmers.post("/offers/off-of-nobody/withdraw?phone=13800000000", headers=ASKED)
    assert answer.status_code == 404
    refused = spans.one("farmers", "unit of work", TRACE)
    assert refused.attributes is not None
    assert refused.attributes["cloud.rule"] == answer.json()["rule"]
    assert refused.status.status_code is StatusCode.UNSET
    told = " ".join(span.to_json() for span in spans.all())
    assert spans.all()
    assert "王小明" not in told
    assert "\\u738b" not in told
    assert "138000" not in told
    assert [span.name for span in spans.all() if span.status.status_code is StatusCode.ERROR] == []


async def test_probes_are_no_traces(county: County[World], spans: Kept) -> None:
    """What machines ask every few seconds is not told of."""
    for path in ("/livez", "/readyz", "/metrics"):
        await county.farmers.get(path)
    assert spans.all() == []
