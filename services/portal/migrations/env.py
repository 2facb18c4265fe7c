"""Alembic's entry: everything is in shared/migrate.py."""

from alembic import context

from shared.migrate import run_environment

run_environment(context)
