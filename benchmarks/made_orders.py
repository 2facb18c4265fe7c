"""Made orders for benchmarks, as procurement places them, and the rows farmers has before they come: from a seed."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from benchmarks.accepting import a_cooperative, an_offer
from services.farmers.cooperatives.models import Cooperative
from services.farmers.offers.models import Offer
from services.procurement.orders.domain import Line, Order, Status

FEWEST_LINES, MOST_LINES = 6, 18
SCHOOLS, COOPERATIVES, FOODS = 3_000, 200, 40
NOW = datetime.now(UTC)


def market_of(placed: Sequence[Order]) -> dict[type, list[dict[str, Any]]]:
    """Return farmers' rows: the cooperatives, and offers of twice what is ordered of them."""
    wanted: dict[str, int] = {}
    for order in placed:
        for line in order.lines:
            wanted[line.offer_id] = wanted.get(line.offer_id, 0) + line.ordered_g
    return {
        Cooperative: [a_cooperative(f"coop-{number}") for number in range(COOPERATIVES)],
        Offer: [an_offer(offer_id, grams) for offer_id, grams in wanted.items()],
    }


def made(seed: int, count: int) -> list[Order]:
    """Return orders of some lines each at some cooperatives, as sourcing places them."""
    luck = random.Random(seed)
    return [_order(f"order-{number:06}", luck) for number in range(count)]


def _order(order_id: str, luck: random.Random) -> Order:
    cooperative_id = f"coop-{luck.randrange(COOPERATIVES)}"
    foods = luck.sample(range(FOODS), luck.randint(FEWEST_LINES, MOST_LINES))
    return Order(
        order_id=order_id,
        canteen_id=f"sch-{luck.randrange(SCHOOLS)}",
        cooperative_id=cooperative_id,
        county_code="520628",
        delivery_day=date(2026, 12, 7),
        status=Status.PLACED,
        version=1,
        run_id="made",
        answer_by=NOW + timedelta(days=1),
        placed_at=NOW,
        lines=tuple(
            _line(f"{order_id}-{food}", f"off-{cooperative_id}-{food}", f"food-{food}", luck) for food in foods
        ),
    )


def _line(line_id: str, offer_id: str, food_code: str, luck: random.Random) -> Line:
    return Line(
        line_id=line_id,
        demand_id=f"demand-{line_id}",
        food_code=food_code,
        offer_id=offer_id,
        temperature_class="ambient",
        price_fen_per_kg=400,
        ordered_g=luck.randint(100, 100_000),
        rank=1,
        distance_m=12_000,
        poor_share_permille=600,
    )
