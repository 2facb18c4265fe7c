"""What was and will be true of a canteen: enrolment, closures, diets, equipment, and who pays for its pupils."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "funding_class",
        sa.Column("class_code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("class_code", name=op.f("pk_funding_class")),
    )
    op.create_table(
        "canteen_diet",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("allergen", sa.String(length=64), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind IN ('no_pork', 'vegetarian', 'allergen_free')", name=op.f("ck_canteen_diet_kind")),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_canteen_diet_pupils")),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_canteen_diet_canteen_id_canteen")
        ),
        sa.PrimaryKeyConstraint("canteen_id", "kind", "allergen", name=op.f("pk_canteen_diet")),
    )
    op.create_table(
        "canteen_equipment",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("equipment_code", sa.String(length=64), nullable=False),
        sa.Column("dishes_per_meal", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("dishes_per_meal >= 0", name=op.f("ck_canteen_equipment_dishes_per_meal")),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_canteen_equipment_canteen_id_canteen")
        ),
        sa.PrimaryKeyConstraint("canteen_id", "equipment_code", name=op.f("pk_canteen_equipment")),
    )
    op.create_table(
        "closure",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("breakfast", sa.Boolean(), nullable=False),
        sa.Column("lunch", sa.Boolean(), nullable=False),
        sa.Column("dinner", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('exam', 'weather', 'illness', 'event', 'repair', 'other')", name=op.f("ck_closure_kind")
        ),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_closure_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("canteen_id", "day", name=op.f("pk_closure")),
    )
    op.create_table(
        "enrolment",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_enrolment_pupils")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_enrolment_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("canteen_id", "valid_from", name=op.f("pk_enrolment")),
    )
    op.create_table(
        "funding_amount",
        sa.Column("class_code", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("amount_fen_per_pupil_day", sa.Integer(), nullable=False),
        sa.Column("breakfast", sa.Boolean(), nullable=False),
        sa.Column("lunch", sa.Boolean(), nullable=False),
        sa.Column("dinner", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("amount_fen_per_pupil_day > 0", name=op.f("ck_funding_amount_amount")),
        sa.CheckConstraint("breakfast OR lunch OR dinner", name=op.f("ck_funding_amount_meals")),
        sa.CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_funding_amount_valid")),
        sa.ForeignKeyConstraint(
            ["class_code"], ["funding_class.class_code"], name=op.f("fk_funding_amount_class_code_funding_class")
        ),
        sa.PrimaryKeyConstraint("class_code", "valid_from", name=op.f("pk_funding_amount")),
    )
    op.create_table(
        "funding_count",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("class_code", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_funding_count_pupils")),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_funding_count_canteen_id_canteen")
        ),
        sa.ForeignKeyConstraint(
            ["class_code"], ["funding_class.class_code"], name=op.f("fk_funding_count_class_code_funding_class")
        ),
        sa.PrimaryKeyConstraint("canteen_id", "class_code", "valid_from", name=op.f("pk_funding_count")),
    )
    op.create_table(
        "enrolment_headcount",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("age_band", sa.String(length=8), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "age_band IN ('6-8', '9-11', '12-14', '15-17')", name=op.f("ck_enrolment_headcount_age_band")
        ),
        sa.CheckConstraint("sex IN ('m', 'f')", name=op.f("ck_enrolment_headcount_sex")),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_enrolment_headcount_pupils")),
        sa.ForeignKeyConstraint(
            ["canteen_id", "valid_from"],
            ["enrolment.canteen_id", "enrolment.valid_from"],
            name=op.f("fk_enrolment_headcount_canteen_id_valid_from_enrolment"),
        ),
        sa.PrimaryKeyConstraint("canteen_id", "valid_from", "age_band", "sex", name=op.f("pk_enrolment_headcount")),
    )
    standard = sa.Column("standard_id", sa.String(length=64), server_default="wst554-2017", nullable=False)
    op.add_column("canteen", standard)
    _enrol_everybody()


def _table(name: str, *columns: str, **typed: Any) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns), *(sa.column(column, of) for column, of in typed.items()))


def _enrol_everybody() -> None:
    """Whoever a canteen counts now has been enrolled since the day, in Guizhou (UTC+8), it was last registered."""
    connection = op.get_bind()
    canteen = _table("canteen", "canteen_id", "pupils", registered_at=sqlmodel.UTCDateTime())
    counted = _table("canteen_headcount", "canteen_id", "age_band", "sex", "pupils")
    since = {
        row.canteen_id: ((row.registered_at + timedelta(hours=8)).date(), row.pupils)
        for row in connection.execute(sa.select(canteen)).all()
    }
    enrolments = [
        {"canteen_id": key, "valid_from": day, "pupils": pupils, "applied": True, "version": 1, "digest": ""}
        for key, (day, pupils) in since.items()
    ]
    counts = [
        {**row._mapping, "valid_from": since[row.canteen_id][0]} for row in connection.execute(sa.select(counted)).all()
    ]
    days = {"valid_from": sa.Date()}
    columns = ("canteen_id", "pupils", "version", "digest")
    op.bulk_insert(_table("enrolment", *columns, applied=sa.Boolean(), **days), enrolments)
    op.bulk_insert(_table("enrolment_headcount", "canteen_id", "age_band", "sex", "pupils", **days), counts)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("canteen", schema=None) as batch_op:
        batch_op.drop_column("standard_id")

    op.drop_table("enrolment_headcount")
    op.drop_table("funding_count")
    op.drop_table("funding_amount")
    op.drop_table("enrolment")
    op.drop_table("closure")
    op.drop_table("canteen_equipment")
    op.drop_table("canteen_diet")
    op.drop_table("funding_class")
