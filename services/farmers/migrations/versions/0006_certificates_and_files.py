"""Certificates, what requires them, files attached to them, and offers held back for want of them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "certificate_requirement",
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "kind IN ('business_licence', 'inspection_report', 'quarantine')",
            name=op.f("ck_certificate_requirement_kind"),
        ),
        sa.PrimaryKeyConstraint("food_code", "kind", name=op.f("pk_certificate_requirement")),
    )
    op.create_table(
        "stored_file",
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_stored_file")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_uploaded_at"), ["uploaded_at"], unique=False)

    op.create_table(
        "certificate",
        sa.Column("certificate_id", sa.String(length=64), nullable=False),
        sa.Column("cooperative_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("covers_all", sa.Boolean(), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=True),
        sa.Column("file_id", sa.String(length=64), nullable=True),
        sa.Column("recorded_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.Column("revoked_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "kind IN ('business_licence', 'inspection_report', 'quarantine', 'compliance')",
            name=op.f("ck_certificate_kind"),
        ),
        sa.CheckConstraint("expires_on >= issued_on", name=op.f("ck_certificate_period")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperative.cooperative_id"], name=op.f("fk_certificate_cooperative_id_cooperative")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.file_id"], name=op.f("fk_certificate_file_id_stored_file")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.lot_id"], name=op.f("fk_certificate_lot_id_lot")),
        sa.PrimaryKeyConstraint("certificate_id", name=op.f("pk_certificate")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_cooperative_id", ["cooperative_id", "kind", "expires_on"], unique=False)
        batch_op.create_index("ix_certificate_expires_on", ["expires_on", "certificate_id"], unique=False)

    op.create_table(
        "certificate_product",
        sa.Column("certificate_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.certificate_id"],
            name=op.f("fk_certificate_product_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("certificate_id", "food_code", name=op.f("pk_certificate_product")),
    )
    op.create_table(
        "offer_hold",
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("since", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.offer_id"], name=op.f("fk_offer_hold_offer_id_offer")),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_offer_hold")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("offer_hold")
    op.drop_table("certificate_product")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_expires_on")
        batch_op.drop_index("ix_certificate_cooperative_id")

    op.drop_table("certificate")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_uploaded_at"))

    op.drop_table("stored_file")
    op.drop_table("certificate_requirement")
