"""What foods hold: composition, season and sources; what is unknown is NULL; every version is kept."""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXTS = {
    "edible_source": 400,
    "canteen_rule": 400,
    "supply_source": 400,
    "composition_source": 400,
    "composition_match": 16,
    "note": 1000,
}
NUMBERS = (
    *("season_from_month", "season_to_month", "energy_cal", "protein_mg", "fat_mg", "carbohydrate_mg", "fibre_mg"),
    *("calcium_ug", "iron_ug", "zinc_ug", "sodium_ug", "vitamin_a_ng_rae", "thiamin_ug", "riboflavin_ug"),
    "vitamin_c_ug",
)
NEW = {
    "composition_match": "composition_match IN ('exact', 'close', 'proxy', 'none')",
    "keeping": "(temperature_class IS NULL) = (shelf_life_days IS NULL)",
    "season": "(season_from_month IS NULL) = (season_to_month IS NULL)",
}


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "food_version",
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("said_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["food_code"], ["food.food_code"], name=op.f("fk_food_version_food_code_food")),
        sa.PrimaryKeyConstraint("food_code", "version", name=op.f("pk_food_version")),
    )
    with op.batch_alter_table("food") as batch_op:
        for name, length in TEXTS.items():
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=True))
        for name in NUMBERS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("dark_vegetable", sa.Boolean(), nullable=True))
        batch_op.alter_column("temperature_class", existing_type=sa.String(length=16), nullable=True)
        batch_op.alter_column("shelf_life_days", existing_type=sa.Integer(), nullable=True)
        batch_op.alter_column("farmed", existing_type=sa.Boolean(), nullable=True)
        for name, rule in NEW.items():
            batch_op.create_check_constraint(op.f(f"ck_food_{name}"), rule)
    _keep_what_was_said()


def _keep_what_was_said() -> None:
    """What is known of the present versions is their history; when it was said is not known any more."""
    plain = (
        *("food_code", "name_zh", "name_en", "food_group", "edible_permille", "temperature_class", "shelf_life_days"),
        *("canteen_ban", "farmed", "reference_price_fen_per_kg"),
    )
    food = sa.table("food", *(sa.column(name) for name in (*plain, "version")))
    allergen = sa.table("food_allergen", sa.column("food_code"), sa.column("allergen"))
    version = sa.table(
        "food_version",
        sa.column("food_code"),
        sa.column("version"),
        sa.column("said", sa.JSON()),
        sa.column("said_at", sqlmodel.UTCDateTime()),
    )
    connection = op.get_bind()
    names: dict[str, list[str]] = {}
    for code, name in connection.execute(sa.select(allergen).order_by(allergen.c.food_code, allergen.c.allergen)):
        names.setdefault(code, []).append(name)
    rows = [dict(row._mapping) for row in connection.execute(sa.select(food))]
    now = datetime.now(UTC)
    said = [
        {
            "food_code": row["food_code"],
            "version": row.pop("version"),
            "said": row
            | {name: bool(row[name]) for name in ("canteen_ban", "farmed")}
            | {"allergens": names.get(row["food_code"], [])},
            "said_at": now,
        }
        for row in rows
    ]
    if said:
        connection.execute(sa.insert(version), said)


def downgrade() -> None:
    """Take the step back; foods that nobody knows how to keep are lost."""
    op.drop_table("food_version")
    op.execute("DELETE FROM food WHERE temperature_class IS NULL OR farmed IS NULL")
    with op.batch_alter_table("food") as batch_op:
        for name in NEW:
            batch_op.drop_constraint(op.f(f"ck_food_{name}"), type_="check")
        batch_op.alter_column("farmed", existing_type=sa.Boolean(), nullable=False)
        batch_op.alter_column("shelf_life_days", existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column("temperature_class", existing_type=sa.String(length=16), nullable=False)
        for name in (*TEXTS, *NUMBERS, "dark_vegetable"):
            batch_op.drop_column(name)
