"""What sourcing goes by: dated rules, shelf lives, households; and what a run publishes of what it computed."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "sourcing_rules",
        sa.Column("county_code", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("tolerance_permille", sa.Integer(), nullable=False),
        sa.Column("share_target_permille", sa.Integer(), nullable=False),
        sa.Column("target_tolerance_permille", sa.Integer(), nullable=False),
        sa.Column("most_premium_permille", sa.Integer(), nullable=False),
        sa.Column("reach_m", sa.Integer(), nullable=False),
        sa.Column("stop_cost_fen", sa.Integer(), nullable=False),
        sa.Column("freight_fen_per_tonne_km", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("set_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "target_tolerance_permille >= tolerance_permille AND tolerance_permille >= 0",
            name=op.f("ck_sourcing_rules_tolerance"),
        ),
        sa.PrimaryKeyConstraint("county_code", "valid_from", name=op.f("pk_sourcing_rules")),
    )
    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("priority_group", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("households", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("poor_households", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("harvest_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("shelf_life_days", sa.Integer(), nullable=True))

    with op.batch_alter_table("sourcing_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("premium_permille", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("weighed_fen", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("least_weighed_fen", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("gap_ppm", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("sourcing_run", schema=None) as batch_op:
        batch_op.drop_column("gap_ppm")
        batch_op.drop_column("least_weighed_fen")
        batch_op.drop_column("weighed_fen")
        batch_op.drop_column("premium_permille")

    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_column("shelf_life_days")
        batch_op.drop_column("harvest_day")

    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.drop_column("poor_households")
        batch_op.drop_column("households")
        batch_op.drop_column("priority_group")

    op.drop_table("sourcing_rules")
