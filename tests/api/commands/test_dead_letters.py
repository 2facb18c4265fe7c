"""What could not be handled is looked at, handled once its cause is mended, or dropped with a reason."""

import argparse
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from services.__main__ import parse
from services.farmers.prices.models import ReferencePrice
from services.farmers.tables import table_of
from shared.errors import AlreadyDone, DomainError, NotFound
from shared.events import Event
from shared.events.procurement import ReferencePricePublished
from shared.messaging import dead_letters
from shared.messaging.envelope import Received, encode
from tests.commands import BY, acts_of, asked
from tests.conftest import WorldOf
from tests.world import START, World

BROKEN = b"{"


def a_price(food: str = "cabbage") -> ReferencePricePublished:
    """What food costs on the public market."""
    return ReferencePricePublished(
        food_code=food,
        region_code="520628",
        day=date(2026, 11, 23),
        version=1,
        price_fen_per_kg=300,
        source="fictional",
        verified=True,
        published_at=START,
    )


async def bury(world: World, *events: Event | bytes) -> None:
    """Let events be dead letters of farmers; bytes are what nobody can read."""
    for offset, event in enumerate(events):
        record = encode(a_price() if isinstance(event, bytes) else event, START)
        value = event if isinstance(event, bytes) else record.value
        async with world.services["farmers"].begin() as uow:
            dead = Received(record.topic, record.key, value, record.headers, 3, offset)
            await dead_letters.bury(uow, "farmers", dead, "ValueError('it was broken')")


async def prices(world: World) -> int:
    """Return how many prices farmers knows."""
    async with world.services["farmers"].begin(read_only=True) as uow:
        return int(await uow.session.scalar(select(func.count()).select_from(table_of(ReferencePrice))))


async def test_they_are_listed_and_shown(world_of: WorldOf, tmp_path: Path) -> None:
    """A list says where each was and why it died, and one is shown with all that is in it, readable or not."""
    world = await world_of("farmers")
    assert (await asked(tmp_path, "dead-letters", "list", "farmers")).lines == ["none waits"]
    await bury(world, a_price(), BROKEN)
    answer = await asked(tmp_path, "dead-letters", "list", "farmers")
    assert [letter["id"] for letter in answer.data["farmers"]] == [1, 2]
    assert "procurement.reference-price.v1/3@0" in answer.lines[1]
    assert "it was broken" in answer.lines[1]
    shown = await asked(tmp_path, "dead-letters", "show", "farmers", "1")
    assert shown.data["content"]["data"]["food_code"] == "cabbage"
    assert shown.data["headers"]["ce_type"] == a_price().SPEC.type
    assert (await asked(tmp_path, "dead-letters", "show", "farmers", "2")).data["content"] == "{"
    with pytest.raises(NotFound):
        await asked(tmp_path, "dead-letters", "show", "farmers", "3")


async def test_they_are_replayed_and_that_is_recorded(world_of: WorldOf, tmp_path: Path) -> None:
    """All are handled that can be, each in a transaction with the act; the others are named and wait on."""
    world = await world_of("farmers")
    await bury(world, a_price(), BROKEN, a_price("beans"))
    tried = await asked(tmp_path, "dead-letters", "replay", "farmers", "all", "--dry-run", "--by", BY)
    assert (tried.data["replayed"], list(tried.data["failed"]), tried.well) == ([1, 3], [2], False)
    assert (await prices(world), await acts_of(world.services["farmers"])) == (0, [])
    done = await asked(tmp_path, "dead-letters", "replay", "farmers", "all", "--by", BY)
    assert (done.data["replayed"], list(done.data["failed"]), done.well) == ([1, 3], [2], False)
    assert "2 failed again: Undecodable" in done.wrong[0]
    assert await prices(world) == 2
    acts = await acts_of(world.services["farmers"])
    assert [act.parameters for act in acts] == [{"id": "3"}, {"id": "1"}]
    assert acts[0].action == "python -m services dead-letters replay"
    (change,) = acts[0].changes
    assert (change.object_id, change.before) == ("3", {"replayed_at": None})
    with pytest.raises(AlreadyDone):
        await asked(tmp_path, "dead-letters", "replay", "farmers", "1")
    waiting = (await asked(tmp_path, "dead-letters", "list", "farmers")).data["farmers"]
    assert [letter["id"] for letter in waiting] == [2]


async def test_one_is_dropped_with_a_reason(world_of: WorldOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked about first and tried on wish; who dropped what and why is in the audit, the letter is gone."""
    world = await world_of("farmers")
    await bury(world, BROKEN)
    drop = ("dead-letters", "drop", "farmers", "1", "--reason", "sent by a test", "--by", BY)
    said = iter(["no\n", "", "yes\n"])
    monkeypatch.setattr("sys.stdin", argparse.Namespace(readline=lambda: next(said)))
    for _ in range(2):
        with pytest.raises(DomainError, match="nothing was changed"):
            await asked(tmp_path, *drop)
    assert (await asked(tmp_path, *drop, "--dry-run")).lines == ["tried, nothing was changed: dead letter 1 is dropped"]
    assert await acts_of(world.services["farmers"]) == []
    assert (await asked(tmp_path, *drop)).data == {"dropped": 1, "dry_run": False}
    (act,) = await acts_of(world.services["farmers"])
    assert act.parameters == {"id": "1", "reason": "sent by a test"}
    assert act.changes[0].after is None
    assert act.changes[0].before is not None
    assert act.changes[0].before["topic"] == "procurement.reference-price.v1"
    with pytest.raises(NotFound):
        await asked(tmp_path, *drop, "--yes")


@pytest.mark.parametrize(
    "words",
    [
        ["dead-letters"],
        ["dead-letters", "list", "nobody"],
        ["dead-letters", "show", "farmers", "first"],
        ["dead-letters", "replay", "farmers", "some"],
        ["dead-letters", "drop", "farmers", "1"],
        ["dead-letters", "drop", "farmers", "1", "--reason", "x", "--by", ""],
        ["dead-letters", "drop", "farmers", "1", "--reason", "x", "--by", "a\nb"],
    ],
)
def test_nonsense_is_refused(words: list[str]) -> None:
    """What makes no sense is refused before anything is opened."""
    with pytest.raises(SystemExit, match="2"):
        parse(words)
