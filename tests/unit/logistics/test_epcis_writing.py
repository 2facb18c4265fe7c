"""The trace graph as EPCIS events: what travelled, and only that."""

from datetime import UTC, date, datetime

from services.logistics.epcis.domain import Graph, Shipment
from services.logistics.epcis.writing import events_of


def test_an_order_of_which_nothing_was_packed_is_no_event() -> None:
    """An order closed by packing nothing does not spoil the document of all others."""
    empty = Shipment(
        order_id="order-1",
        version=2,
        canteen_id="canteen-1",
        cooperative_id="coop-1",
        county_code="520628",
        delivery_day=date(2026, 11, 30),
        packed_at=datetime(2026, 11, 29, 22, 0, tzinfo=UTC),
        lines=(),
        shares=(),
    )
    assert events_of(Graph(shipments={"order-1": empty})) == []
