"""Memberships are counted by day; people, contacts and accounts are sealed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "cooperative_account",
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("holder_sealed", sa.String(length=1000), nullable=False),
        sa.Column("number_sealed", sa.String(length=600), nullable=False),
        sa.Column("since", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_cooperative_account_version")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperative.cooperative_id"],
            name=op.f("fk_cooperative_account_cooperative_id_cooperative"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "version", name=op.f("pk_cooperative_account")),
    )
    op.create_table(
        "cooperative_contact",
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("name_sealed", sa.String(length=600), nullable=False),
        sa.Column("phone_sealed", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperative.cooperative_id"],
            name=op.f("fk_cooperative_contact_cooperative_id_cooperative"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "place", name=op.f("pk_cooperative_contact")),
    )
    op.create_table(
        "disclosure",
        sa.Column("disclosure_id", sa.String(length=64), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("disclosed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("fk_disclosure_household_id_household")
        ),
        sa.PrimaryKeyConstraint("disclosure_id", name=op.f("pk_disclosure")),
    )
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.create_index("ix_disclosure_household_id", ["household_id", "disclosure_id"], unique=False)

    op.create_table(
        "household_person",
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("name_sealed", sa.String(length=600), nullable=False),
        sa.Column("phone_sealed", sa.String(length=600), nullable=True),
        sa.Column("changed_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.household_id"], name=op.f("fk_household_person_household_id_household")
        ),
        sa.PrimaryKeyConstraint("household_id", name=op.f("pk_household_person")),
    )
    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.add_column(sa.Column("village", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("further_groups", sa.String(length=600), nullable=True))

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_membership_period"), "until_day IS NULL OR until_day >= from_day")
        batch_op.create_index("ix_membership_cooperative_id", ["cooperative_id", "household_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index("ix_membership_cooperative_id")
        batch_op.drop_constraint(op.f("ck_membership_period"), type_="check")

    with op.batch_alter_table("cooperative", schema=None) as batch_op:
        batch_op.drop_column("further_groups")
        batch_op.drop_column("village")

    op.drop_table("household_person")
    with op.batch_alter_table("disclosure", schema=None) as batch_op:
        batch_op.drop_index("ix_disclosure_household_id")

    op.drop_table("disclosure")
    op.drop_table("cooperative_contact")
    op.drop_table("cooperative_account")
