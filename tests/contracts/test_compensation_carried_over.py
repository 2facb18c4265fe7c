"""What orders said was owed before anybody booked it is booked by the upgrade, and what was sealed before is summed."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from services.procurement.ledger import proof, sealing
from services.procurement.main import definition
from services.procurement.months import Month
from services.procurement.payments import queries as payments
from services.procurement.reports.month import month_report
from shared import migrate
from shared.clock import ManualClock
from shared.database import open_database
from shared.messaging.embedded import EmbeddedBus
from shared.service import Service
from shared.settings import Settings
from tests.contracts.test_ledger import ALL, NOW

BEFORE = """
INSERT INTO purchase_order (order_id, canteen_id, cooperative_id, county_code, delivery_day, status, version, run_id,
                            answer_by, placed_at, owed_fen)
VALUES ('o1', 'school-1', 'coop-1', '520628', '2026-11-20', 'cancelled', 3, 'r', '2026-11-13 01:00:00{zone}',
        '2026-11-13 01:00:00{zone}', 1800);
INSERT INTO ledger_transaction (transaction_id, receipt_id, receipt_version, order_id, county_code, delivery_day,
                                booked_at, kind)
VALUES ('sealed', 'r1', 1, 'o2', '520628', '2026-11-20', '2026-11-20 01:00:00{zone}', 'settlement'),
       ('waits', 'r2', 1, 'o3', '520628', '2026-11-20', '2026-11-20 01:00:00{zone}', 'settlement');
INSERT INTO ledger_entry (transaction_id, account, kind, poor, amount_fen, accepted_g)
VALUES ('sealed', 'school/school-1/food-money', 'school', false, -300, 1000),
       ('sealed', 'household/hh-2', 'household', true, 300, 1000),
       ('waits', 'school/school-1/food-money', 'school', false, -40, 100),
       ('waits', 'household/hh-2', 'household', true, 40, 100);
INSERT INTO ledger_waiting (county_code, transaction_id) VALUES ('520628', 'waits')
"""


def _step_before(connection: Connection) -> tuple[Config, str]:
    """Return the step before the one that books what is owed, whatever its number is."""
    config = migrate._config(definition.migrations, definition.metadata, connection)
    for step in ScriptDirectory.from_config(config).walk_revisions():
        if hasattr(step.module, "book_what_is_owed"):
            return config, str(step.down_revision)
    raise LookupError("no step books what is owed")


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_what_was_owed_before_is_booked(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """It is due, in the chain, and in the report; what households earned is in it once, sealed before or not."""
    url = None if dialect == "sqlite" else request.getfixturevalue("postgres_url")
    settings = Settings(var=tmp_path, database_url=url)
    database = open_database(settings.database_of("procurement"))

    def before(connection: Connection) -> None:
        config, step = _step_before(connection)
        command.upgrade(config, step)
        zone = "+00" if database.dialect == "postgresql" else ".000000"
        for statement in BEFORE.format(zone=zone).split(";"):
            connection.execute(text(statement))

    await database.run_sync(before)
    await migrate.upgrade(database, definition.migrations)
    service = Service(definition, settings, EmbeddedBus(tmp_path / "bus.sqlite"), ManualClock(NOW))
    await sealing.seal_waiting(service)
    async with service.begin(read_only=True) as uow:
        (due,) = await payments.settlements(uow.session, ALL, {})
        report = await month_report(uow, Month.of("2026-11"), None)
    assert (due.purpose, due.amount_fen, due.open, str(due.due_on)) == ("compensation", 1_800, True, "2026-12-20")
    total = report.total
    figures = (total.compensation_fen, total.spend_fen, total.households_fen, total.households, total.poor_households)
    assert figures == (1_800, 340, 340, 1, 1)
    assert (await proof.prove_in(database, None))[-1].text == "6 entries sum to 0 fen"
    assert await migrate.differences(database, definition) == []
    await service.stop()
    await service.bus.close()
