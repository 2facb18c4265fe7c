"""A click in the portal and what the services do for it are one trace."""

from collections.abc import Callable

import pytest
from opentelemetry.trace import StatusCode

from shared.tracing import UNTRACED, Tracing, carried
from tests.api.farmers.builders import cooperative, put
from tests.api.portal.browser import portal_of
from tests.conftest import WorldOf
from tests.people import clerk
from tests.spans import Kept, cause_of, id_of, trace_of


@pytest.fixture
def spans() -> Kept:
    """Return what the world's services tell of themselves."""
    return Kept()


@pytest.fixture
def tracing(spans: Kept) -> Callable[[str], Tracing]:
    """Return what makes the spans of the world's services."""
    return spans.tracing


async def test_what_a_page_asks_follows_from_the_click(world_of: WorldOf, spans: Kept) -> None:
    """The portal's request, what it asks of a service, and that service's request: each names the one before."""
    world = await world_of("portal", "farmers")
    await put(world, "/cooperatives", cooperative())
    spans.clear()
    assert (await portal_of(world, clerk("coop-1")).get("/offers")).status_code == 200
    clicked = spans.one("portal", "GET /offers")
    asking = [span for span in spans.of_trace(trace_of(clicked)) if span.name == "GET farmers"]
    answering = spans.one("farmers", "GET /offers", trace_of(clicked))
    assert cause_of(answering) in {id_of(span) for span in asking}
    assert asking


async def test_a_service_that_is_away_shows(world_of: WorldOf, spans: Kept) -> None:
    """What was asked of a service that does not answer is told as failed, each try by itself."""
    world = await world_of("portal", "farmers")
    world.away("farmers")
    await portal_of(world, clerk("coop-1")).get("/offers")
    tried = [span for span in spans.all() if span.name == "GET farmers"]
    assert tried
    for span in tried:
        assert span.status.status_code is StatusCode.ERROR
        assert (span.attributes or {})["error.type"] == "ConnectError"


def test_the_trace_is_carried_where_nobody_is_told() -> None:
    """Without a collector, too, one id leads from the click through the logs of all services."""
    begun = UNTRACED.begun()
    with UNTRACED.span("server", "GET", begun):
        assert carried() == {"traceparent": begun}
