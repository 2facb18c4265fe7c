"""A recorded exchange between nutrition and procurement: `python -m tests.api.nutrition.exchange` records it anew.

The tiny county plans its week with procurement; every event either told is written down in order.
"""

import asyncio
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from services.nutrition.main import definition as nutrition
from services.procurement.main import definition as procurement
from shared.events import Event
from shared.events.nutrition import CountyPlanEnded, CountyPlanRequested, DemandDrafted, RoundDrafted
from shared.events.procurement import MarginalPricesPublished
from shared.messaging.embedded import EmbeddedBus
from tests.api.nutrition.small_county import SmallCounty
from tests.world import World, settings_of

RECORD = Path(__file__).with_name("exchange.json")
TYPES = (CountyPlanRequested, MarginalPricesPublished, DemandDrafted, RoundDrafted, CountyPlanEnded)


def written(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the events of an exchange as they are recorded: round by round, in each as they follow from another."""

    def place(event: Event) -> tuple[int, int, str]:
        last = 10**6 if isinstance(event, CountyPlanEnded) else 0
        return getattr(event, "round", last), TYPES.index(type(event)), getattr(event, "canteen_id", "")

    wanted = sorted((event for event in events if isinstance(event, TYPES)), key=place)
    return [{"type": type(event).__name__, **event.model_dump(mode="json")} for event in wanted]


def recorded() -> list[Event]:
    """Return the events of the record; each must be one that could be told today."""
    by_name = {one.__name__: one for one in TYPES}
    rows = json.loads(RECORD.read_text(encoding="utf-8"))
    return [by_name[row.pop("type")].model_validate_json(json.dumps(row)) for row in rows]


async def _record() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        settings = settings_of(["nutrition", "procurement"], path)
        async with World([nutrition, procurement], EmbeddedBus(path / "bus.sqlite"), settings) as world:
            await (await SmallCounty(world).tiny()).request(publish=True)
            text = json.dumps(written(world.told), ensure_ascii=False, indent=1)
            RECORD.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_record())
