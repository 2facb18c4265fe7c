"""Nutrition's migrations: what was there before stays, and what they lead to is what the models say."""

import re
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, inspect, text

from services.nutrition.main import definition
from shared import migrate
from shared.database import Database, open_database

BEFORE = (
    "INSERT INTO food (food_code, name_zh, name_en, food_group, edible_permille, temperature_class, shelf_life_days,"
    " canteen_ban, farmed, version, digest)"
    " VALUES ('rice', '米', 'Rice', 'cereal', 1000, 'ambient', 300, false, false, 4, 'x')",
    "INSERT INTO food_allergen VALUES ('rice', 'gluten')",
    "INSERT INTO dish (dish_code, name_zh, name_en, category, version, digest)"
    " VALUES ('S01', '米饭', 'Rice', 'staple', 1, 'x')",
    "INSERT INTO dish_version (dish_code, version, name_zh, name_en, category)"
    " VALUES ('S01', 1, '米饭', 'Rice', 'staple')",
    "INSERT INTO dish_ingredient VALUES ('S01', 1, 'rice', 110000)",
)


async def _move(database: Database, step: str, how: Any = command.upgrade) -> None:
    def run(connection: Connection) -> None:
        how(migrate._config(definition.migrations, definition.metadata, connection), step)

    await database.run_sync(run)


async def test_what_was_there_before_stays(tmp_path: Path) -> None:
    """A table that others refer to is made anew with its rows; the present version of a food starts its history.

    Dishes are the province's, scale with age, and are found by name.
    """
    database = open_database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    await _move(database, "0001")
    async with database.transaction() as session:
        for statement in BEFORE:
            await session.execute(text(statement))
    await _move(database, "head")
    async with database.transaction(read_only=True) as session:
        foods = (await session.execute(text("SELECT food_code, version, energy_cal FROM food"))).all()
        parts = (await session.execute(text("SELECT food_code, portion_mg FROM dish_ingredient"))).all()
        dish = (await session.execute(text("SELECT scope, portion_rule, equipment, method FROM dish"))).one()
        found = set((await session.scalars(text("SELECT term FROM dish_term WHERE dish_code = 'S01'"))).all())
        kept = (await session.execute(text("SELECT version, said FROM food_version"))).all()
    assert [tuple(row) for row in foods] == [("rice", 4, None)]
    assert [tuple(row) for row in parts] == [("rice", 110_000)]
    assert tuple(dish) == ("province", "proportional", "[]", None)
    assert found == {"s01", "rice", "米饭", "饭", "mifan", "fan", "mf", "f"}
    assert [row.version for row in kept] == [4]
    assert '"allergens": ["gluten"]' in kept[0].said
    await database.close()


async def test_references_to_nothing_stop_a_migration(tmp_path: Path) -> None:
    """A step that leaves a reference to what is not there is undone, and references are looked after again."""
    database = open_database(f"sqlite:///{tmp_path / 'broken.sqlite'}")
    await _move(database, "head")

    def lose(connection: Connection) -> None:
        connection.execute(text("INSERT INTO food_allergen VALUES ('gold', 'egg')"))

    with pytest.raises(ValueError, match="references to what is not there"):
        await database.run_sync(lose)
    async with database.transaction(read_only=True) as session:
        assert (await session.execute(text("SELECT * FROM food_allergen"))).all() == []
        assert await session.scalar(text("PRAGMA foreign_keys")) == 1
    await database.close()


async def test_checks_are_those_of_the_models(tmp_path: Path) -> None:
    """Comparing columns misses CHECK constraints: a migrated database has the same ones as a created one."""
    migrated = open_database(f"sqlite:///{tmp_path / 'migrated.sqlite'}")
    await _move(migrated, "head")
    found = await migrated.run_sync(_checks)
    await migrated.close()
    created = create_engine(f"sqlite:///{tmp_path / 'created.sqlite'}")
    definition.metadata.create_all(created)
    with created.connect() as connection:
        wanted = _checks(connection)
    created.dispose()
    assert found == wanted


def _checks(connection: Connection) -> dict[str, str]:
    looking = inspect(connection)
    return {
        f"{table}.{check['name']}": re.sub(r"[\s()]+", "", str(check["sqltext"]))
        for table in looking.get_table_names()
        for check in looking.get_check_constraints(table)
    }
