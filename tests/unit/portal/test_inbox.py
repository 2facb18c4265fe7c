"""What the inbox makes of orders."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.portal.inbox import views
from services.portal.inbox.asked import recent_orders
from services.portal.upstream import Away, Query, Upstream

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
NAMES = {"foods": {"tomato": {"zh": "番茄", "en": "Tomato"}}, "canteens": {}}


def an_order(order_id: str = "order-1", hours: float = 24, **other: Any) -> dict[str, Any]:
    """An order of 10 kg of tomatoes at ¥6 that is to be answered in some hours."""
    line = {
        "line_id": "line-1",
        "food_code": "tomato",
        "price_fen_per_kg": 600,
        "promised_g": 8_000,
        "ordered_g": 10_000,
        "confirmed_g": 7_000,
        "dispatched_g": 6_000,
        "accepted_g": None,
        "short_reason": None,
        "reference": {"reference_price_fen_per_kg": 650},
    }
    order = {
        "order_id": order_id,
        "cooperative_id": "coop-1",
        "canteen_id": "sch-1",
        "delivery_day": "2026-11-30",
        "answer_by": (NOW + timedelta(hours=hours)).isoformat(),
        "status": "to_answer",
        "answer": None,
        "answer_reason": None,
        "closing_reason": None,
        "dispatch_reason": None,
        "lines": [line | other.pop("line", {})],
    }
    return order | other


@pytest.mark.parametrize(
    ("status", "accepted_g", "tab", "shown_g", "called"),
    [
        ("to_answer", None, "waiting", 8_000, "Asked of you"),
        ("accepted", None, "accepted", 7_000, "Accepted by you"),
        ("partly_accepted", None, "accepted", 7_000, "Accepted by you"),
        ("dispatched", None, "moving", 6_000, "Packed"),
        ("dispatched", 5_000, "done", 6_000, "Packed"),
        ("declined", None, "done", 10_000, "Ordered"),
        ("cancelled", None, "done", 10_000, "Ordered"),
    ],
)
def test_an_order_stands_where_it_is_to_be_looked_for(
    status: str, accepted_g: int | None, tab: str, shown_g: int, called: str
) -> None:
    """Each step shows the grams that count at it: promised, confirmed, dispatched; of what is off, what was ordered.

    It says which they are, and comes to what is paid: once the school has weighed, what that accepted.
    """
    order = an_order(status=status, line={"accepted_g": accepted_g})
    card = views.card_of(order, NAMES, "zh", NOW)
    assert (card.tab, card.quantity_g) == (tab, shown_g)
    assert (card.lines[0].food, card.school) == ("番茄", "sch-1")
    assert card.weight_name == called
    assert card.amount_fen == (accepted_g or shown_g) * 600 // 1000


def test_an_order_of_which_nothing_comes_is_not_on_the_way() -> None:
    """Who said that nothing was packed is done with it."""
    card = views.card_of(an_order(status="dispatched", line={"dispatched_g": 0}), NAMES, "zh", NOW)
    assert (card.tab, card.tone, card.word, card.quantity_g) == ("done", "bad", "Nothing comes of it", 0)


@pytest.mark.parametrize(("hours", "tone", "answerable"), [(24, "warn", True), (2, "bad", True), (-1, "bad", False)])
def test_a_deadline_gets_louder(hours: float, tone: str, answerable: bool) -> None:
    """Within three hours it is urgent; afterwards it cannot be answered any more."""
    card = views.card_of(an_order(hours=hours), {}, "en", NOW)
    assert (card.tone, card.answerable) == (tone, answerable)


def test_what_is_to_be_answered_first_comes_first() -> None:
    """Cards to answer are in the order of their deadlines; tabs count all orders."""
    orders = [an_order("b", 5), an_order("a", 9), an_order("c", 1), an_order("d", status="declined")]
    cards = views.cards_of(orders, "waiting", {}, "en", NOW)
    assert [card.order_id for card in cards] == ["c", "b", "a"]
    assert views.counts_of(orders) == {"waiting": 3, "accepted": 0, "moving": 0, "done": 1}
    assert views.totals(cards) == [("tomato", 24_000)]


async def test_who_delivers_to_a_whole_county_sees_all_its_orders() -> None:
    """200 schools, ten school days behind and five ahead: an inbox of 3,000 orders is none that is away."""

    class Farmers(Upstream):
        async def get(self, service: str, path: str, query: Query | None = None) -> Any:
            told = query or {}
            first = int(told["after"] or 0)
            upto = min(first + told["limit"], 3_000)
            items = [an_order(f"order-{number}") for number in range(first, upto)]
            return {"items": items, "next": str(upto) if upto < 3_000 else None}

    principal = SimpleNamespace(cooperatives={"coop-1"})
    clock = SimpleNamespace(now=lambda: NOW)
    request: Any = SimpleNamespace(
        state=SimpleNamespace(person=SimpleNamespace(principal=principal)),
        app=SimpleNamespace(state=SimpleNamespace(service=SimpleNamespace(clock=clock))),
    )
    found = await recent_orders(request, Farmers({}, None))
    assert not isinstance(found, Away)
    assert len({order["order_id"] for order in found}) == 3_000


def test_lots_are_proposed_for_the_lines_of_one_order() -> None:
    """The packing list of a day holds many orders; of one of them the lots by line."""
    lot = {"lot_id": "lot-1", "certificate_no": "GZ-1", "harvest_day": "2026-11-29", "quantity_g": 6_000}
    lines = [{"order_id": name, "line_id": f"line-{name}", "lots": [lot]} for name in ("a", "b")]
    found = views.proposed({"schools": [{"lines": lines}]}, "b")
    assert list(found) == ["line-b"]
    assert found["line-b"][0].field == "lot.line-b.lot-1"
