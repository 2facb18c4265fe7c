"""Applications of cooperatives, their papers and what happened to them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "application",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("secret_index", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("town_code", sa.String(length=64), nullable=False),
        sa.Column("village", sa.String(length=200), nullable=True),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("priority_group", sa.String(length=64), nullable=False),
        sa.Column("bank", sa.String(length=200), nullable=False),
        sa.Column("contact_role", sa.String(length=64), nullable=False),
        sa.Column("contact_name_sealed", sa.String(length=600), nullable=False),
        sa.Column("contact_phone_sealed", sa.String(length=600), nullable=False),
        sa.Column("account_holder_sealed", sa.String(length=1000), nullable=False),
        sa.Column("account_number_sealed", sa.String(length=600), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "status IN ('submitted', 'asked', 'approved', 'refused', 'withdrawn', 'lapsed')",
            name=op.f("ck_application_status"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_application_cooperative_id_cooperative")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_application")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index("ix_application_county_code", ["county_code", "status", "application_id"], unique=False)
        batch_op.create_index("ix_application_due_on", ["status", "due_on"], unique=False)

    op.create_table(
        "application_document",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("food_codes", sa.String(length=4000), nullable=False),
        sa.CheckConstraint(
            "kind IN ('business_licence', 'inspection_report', 'quarantine')", name=op.f("ck_application_document_kind")
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.application_id"],
            name=op.f("fk_application_document_application_id_application"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.file_id"], name=op.f("fk_application_document_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("application_id", "place", name=op.f("pk_application_document")),
    )
    op.create_table(
        "application_product",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.application_id"],
            name=op.f("fk_application_product_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("application_id", "food_code", name=op.f("pk_application_product")),
    )
    op.create_table(
        "application_step",
        sa.Column("application_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "step IN ('submit', 'ask', 'answer', 'approve', 'refuse', 'withdraw', 'lapse')",
            name=op.f("ck_application_step_step"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.application_id"],
            name=op.f("fk_application_step_application_id_application"),
        ),
        sa.PrimaryKeyConstraint("application_id", "place", name=op.f("pk_application_step")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("application_step")
    op.drop_table("application_product")
    op.drop_table("application_document")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_due_on")
        batch_op.drop_index("ix_application_county_code")

    op.drop_table("application")
