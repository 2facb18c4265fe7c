"""dishes in three scopes, with method, equipment and portion rule; what eaters say of them

Columns with a CHECK or a foreign key are added by plain SQL, with both in the column: SQLite can add them no other way
to a table that others refer to.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from shared.database import NAMING

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_METHODS = ["steam", "boil", "simmer", "stew", "braise", "stir_fry", "pan_fry", "deep_fry", "roast", "blanch", "none"]
_OWNER = "(scope = 'county') = (county_code IS NOT NULL) AND (scope = 'canteen') = (canteen_id IS NOT NULL)"
_RULES = "'proportional', 'fixed', 'per_band'"


def upgrade() -> None:
    """Apply the step: what is there belongs to the province and scales with age."""
    op.create_table(
        "dish_feedback",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), nullable=False),
        sa.Column("ratings", sa.BigInteger(), nullable=False),
        sa.Column("waste_g", sa.BigInteger(), nullable=False),
        sa.Column("served_portions", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("rating_sum BETWEEN ratings AND 5 * ratings", name=op.f("ck_dish_feedback_rating_sum")),
        sa.CheckConstraint("served_portions >= 0", name=op.f("ck_dish_feedback_served_portions")),
        sa.CheckConstraint("waste_g >= 0", name=op.f("ck_dish_feedback_waste_g")),
        sa.ForeignKeyConstraint(["dish_code"], ["dish.dish_code"], name=op.f("fk_dish_feedback_dish_code_dish")),
        sa.PrimaryKeyConstraint("county_code", "dish_code", name=op.f("pk_dish_feedback")),
    )
    methods = ", ".join(f"'{method}'" for method in _METHODS)
    op.add_column("dish", sa.Column("county_code", sa.String(length=64), nullable=True))
    for column in (
        "canteen_id VARCHAR(64) CONSTRAINT fk_dish_canteen_id_canteen REFERENCES canteen (canteen_id)",
        f"scope VARCHAR(16) DEFAULT 'province' NOT NULL CONSTRAINT ck_dish_owner CHECK ({_OWNER}) "
        "CONSTRAINT ck_dish_scope CHECK (scope IN ('province', 'county', 'canteen'))",
        f"method VARCHAR(16) CONSTRAINT ck_dish_method CHECK (method IN ({methods}))",
        "portion_rule VARCHAR(16) DEFAULT 'proportional' NOT NULL "
        f"CONSTRAINT ck_dish_portion_rule CHECK (portion_rule IN ({_RULES}))",
    ):
        op.execute(f"ALTER TABLE dish ADD COLUMN {column}")
    op.add_column("dish_version", sa.Column("method", sa.String(length=16), nullable=True))
    rule = sa.Column("portion_rule", sa.String(length=16), nullable=False, server_default="proportional")
    op.add_column("dish_version", rule)
    for table in ("dish", "dish_version"):
        op.add_column(table, sa.Column("equipment", sa.JSON(), nullable=False, server_default="[]"))
        op.add_column(table, sa.Column("portion_permille", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("dish_version", sa.Column("made_at", sqlmodel.UTCDateTime(), nullable=True))
    op.add_column("dish", sa.Column("retired_at", sqlmodel.UTCDateTime(), nullable=True))
    op.add_column("dish", sa.Column("copied_from", sa.String(length=64), nullable=True))
    op.add_column("dish", sa.Column("copied_version", sa.Integer(), nullable=True))
    op.create_index("ix_dish_scope", "dish", ["scope", "dish_code"])
    op.create_index("ix_dish_county_code", "dish", ["county_code"])
    op.create_index("ix_dish_canteen_id", "dish", ["canteen_id"])


def downgrade() -> None:
    """Take the step back."""
    added = ("method", "equipment", "portion_rule", "portion_permille")
    with op.batch_alter_table("dish_version", schema=None) as batch_op:
        for column in (*added, "made_at"):
            batch_op.drop_column(column)
    for index in ("ix_dish_scope", "ix_dish_county_code", "ix_dish_canteen_id"):
        op.drop_index(index, "dish")
    with op.batch_alter_table("dish", schema=None, naming_convention=NAMING) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_dish_canteen_id_canteen"), type_="foreignkey")
        for name in ("ck_dish_owner", "ck_dish_scope", "ck_dish_method", "ck_dish_portion_rule"):
            batch_op.drop_constraint(batch_op.f(name), type_="check")
        for column in (*added, "scope", "county_code", "canteen_id", "retired_at", "copied_from", "copied_version"):
            batch_op.drop_column(column)
    op.drop_table("dish_feedback")
