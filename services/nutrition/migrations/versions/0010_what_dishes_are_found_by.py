"""what dishes are found by, and why one was retired"""

import sqlalchemy as sa
from alembic import op

from services.nutrition.dishes.search import terms

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BY_CODE_POINT = sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql")


def upgrade() -> None:
    """Apply the step: dishes that are there are found, too."""
    op.create_table(
        "dish_term",
        sa.Column("term", BY_CODE_POINT, nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["dish_code"], ["dish.dish_code"], name=op.f("fk_dish_term_dish_code_dish")),
        sa.PrimaryKeyConstraint("term", "dish_code", name=op.f("pk_dish_term")),
    )
    op.create_index(op.f("ix_dish_term_dish_code"), "dish_term", ["dish_code"])
    op.add_column("dish", sa.Column("retired_reason", sa.String(length=500), nullable=True))
    names = ("dish_code", "name_zh", "name_en")
    dish = sa.table("dish", *(sa.column(name) for name in names))
    term = sa.table("dish_term", sa.column("term"), sa.column("dish_code"))
    connection = op.get_bind()
    found = [
        {"dish_code": row[0], "term": one}
        for row in connection.execute(sa.select(*(dish.c[name] for name in names))).all()
        for one in sorted(terms(*row))
    ]
    if found:
        connection.execute(sa.insert(term), found)


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("dish", "retired_reason")
    op.drop_table("dish_term")
