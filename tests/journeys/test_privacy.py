"""Who a household is stays in farmers, sealed: its pseudonym goes everywhere else."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from services.procurement.ledger.proof import prove
from shared.telemetry import log_as_json
from tests import builders as b
from tests.conftest import SERVICES
from tests.journeys.county import County
from tests.world import World, ok

NAME, PHONE, ACCOUNT = "赵铁柱虚构", "13912345678", "6217009988776655"


async def _rows(world: World, service: str) -> list[str]:
    """Every row of every table of a service, as text."""
    one = world.services[service]
    found: list[str] = []
    async with one.begin(read_only=True) as uow:
        for table in one.definition.metadata.sorted_tables:
            found += [f"{table.name}: {row!r}" for row in (await uow.session.execute(select(table))).all()]
    return found


def _files(folder: Path) -> list[Path]:
    """Databases, their journals, the bus, the key: every file there is."""
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """Log all there is to log of ours, and the libraries' as in production, to where the test can read it."""
    before, written = structlog.get_config(), io.StringIO()
    log_as_json("DEBUG")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(written))
    handler = logging.StreamHandler(written)
    logging.root.addHandler(handler)
    yield written
    logging.root.removeHandler(handler)
    structlog.configure(**before)


async def test_a_household_name_is_nowhere_to_be_found(
    county: County[World], tmp_path: Path, logs: io.StringIO
) -> None:
    """From registration through lot and order to the settlement no event, log, row or file holds a name or a phone."""
    await county.set_up()
    farmers = county.farmers
    person = {"household_id": "hh-a-1", "name": NAME, "phone": PHONE}
    await county.put("farmers", "/household-people", person)
    contact = {"role": "clerk", "name": NAME, "phone": PHONE}
    account = {"bank": "虚构银行", "holder": NAME, "number": ACCOUNT}
    keyed = {"Idempotency-Key": "once"}
    await ok(await farmers.put("/cooperatives/coop-a/contacts", json={"contacts": [contact]}, headers=keyed))
    await ok(await farmers.put("/cooperatives/coop-a/account", json=account, headers=keyed))
    for nonsense in ({**person, "phone": PHONE + "x"}, {**person, "household_id": "hh-404"}, {**person, "age": NAME}):
        answer = await ok(await farmers.put("/household-people", json={"rows": [nonsense]}))
        assert len(answer["refused"]) == 1
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    await county.live_through()
    income = await ok(await farmers.get("/households/hh-a-1/income"))
    assert income["items"], "the household was paid, so its pseudonym went all the way"
    asked = {"asked_by": "clerk-1", "reason": "test"}
    shown = await ok(await farmers.post("/households/hh-a-1/disclosures", json=asked, headers=keyed))
    query = {"disclosure_id": shown["disclosure_id"]}
    assert (await ok(await farmers.get("/households/hh-a-1/person", params=query)))["name"] == NAME

    secrets = (NAME, PHONE, ACCOUNT)
    written = {service: "\n".join(await _rows(county.world, service)) for service in SERVICES}
    assert all("hh-a-1" in written[service] for service in ("farmers", "procurement"))
    texts = {
        **written,
        "events": "\n".join(f"{record.key} {record.value!r} {record.headers}" for record in county.world.records),
        "events read": "\n".join(repr(event) for event in county.world.told),
        "logs": logs.getvalue(),
    }
    raw = {str(path.relative_to(tmp_path)): path.read_bytes() for path in _files(tmp_path)}
    for secret in secrets:
        escaped = secret.encode("unicode_escape").decode()
        assert [where for where, text in texts.items() if secret in text or escaped in text] == []
        assert [where for where, data in raw.items() if secret.encode() in data or escaped.encode() in data] == []


_PASSING = ("inbox:", "outbox:", "idempotency", "audit_")
"""What is no fact of the field: what was heard and said, and by whom."""


async def test_who_is_forgotten_leaves_the_ledger_whole(county: County[World]) -> None:
    """After an erasure nobody knows who it was; every booking, the chain and the household's income are as before."""
    await county.set_up()
    await county.put("farmers", "/household-people", {"household_id": "hh-a-1", "name": NAME, "phone": PHONE})
    await county.publish(b.a_menu(days=b.WEEK[:1]))
    await county.source()
    await county.accept_all()
    await county.live_through()
    procurement, income = county.world.services["procurement"].settings, "/households/hh-a-1/income"

    async def facts() -> tuple[list[str], object, list[str]]:
        await county.world.settle()
        rows = [row for row in await _rows(county.world, "procurement") if not row.startswith(_PASSING)]
        proofs = await prove(procurement, None)
        assert all(each.holds for each in proofs), proofs
        return sorted(rows), await ok(await county.farmers.get(income)), [each.text for each in proofs]

    before = await facts()
    assert any("hh-a-1" in row for row in before[0])
    await ok(await county.farmers.post("/households/hh-a-1/erasures", json={"asked_by": "clerk-1", "reason": "asked"}))
    assert (await county.farmers.get("/households/hh-a-1/person")).status_code == 404
    assert await facts() == before
    await county.check()
