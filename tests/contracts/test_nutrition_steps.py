"""Steps of nutrition's migrations that carry rows over, on both databases."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from services.nutrition.main import definition
from shared import migrate
from shared.database import Database, open_database

CANTEEN = """
INSERT INTO canteen (canteen_id, name_zh, name_en, county_code, town_code, lat, lon, breakfast, lunch, dinner,
                     budget_fen_per_pupil_day, pupils, version, digest, registered_at)
VALUES ('sch-1', '小学（虚构）', 'School (fictional)', '520628', '520628101', 28.1, 109.2, false, true, false,
        500, 100, 3, 'x', '2026-11-23 17:00:00{zone}')
"""
COUNT = "INSERT INTO canteen_headcount (canteen_id, age_band, sex, pupils) VALUES ('sch-1', '9-11', 'f', 100)"


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database."""
    if request.param == "sqlite":
        return open_database(f"sqlite:///{tmp_path}/nutrition.sqlite")
    return open_database(request.getfixturevalue("postgres_url"))


def _to(connection: Connection, step: str) -> None:
    config = migrate._config(definition.migrations, definition.metadata, connection)
    command.upgrade(config, step)


async def test_enrolment_of_canteens_there_were(database: Database) -> None:
    """Who was counted before there was a history is enrolled since the day, in Guizhou, the canteen was registered."""

    def before(connection: Connection) -> None:
        _to(connection, "0008")
        zone = "+00" if database.dialect == "postgresql" else ".000000"
        connection.execute(text(CANTEEN.format(zone=zone)))
        connection.execute(text(COUNT))

    await database.run_sync(before)
    await migrate.upgrade(database, definition.migrations)
    async with database.transaction(read_only=True) as session:
        head = (await session.execute(text("SELECT valid_from, pupils, applied FROM enrolment"))).all()
        counts = (await session.execute(text("SELECT valid_from, age_band, pupils FROM enrolment_headcount"))).all()
        standards = (await session.execute(text("SELECT standard_id FROM canteen"))).all()
    assert [(str(row[0]), row[1], bool(row[2])) for row in head] == [("2026-11-24", 100, True)]
    assert [(str(row[0]), row[1], row[2]) for row in counts] == [("2026-11-24", "9-11", 100)]
    assert [row[0] for row in standards] == ["wst554-2017"]
    assert await migrate.differences(database, definition) == []
    await database.close()
