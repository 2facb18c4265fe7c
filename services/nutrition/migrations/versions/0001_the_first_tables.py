"""The first tables."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "canteen",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("town_code", sa.String(length=64), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("breakfast", sa.Boolean(), nullable=False),
        sa.Column("lunch", sa.Boolean(), nullable=False),
        sa.Column("dinner", sa.Boolean(), nullable=False),
        sa.Column("budget_fen_per_pupil_day", sa.Integer(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("registered_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("breakfast OR lunch OR dinner", name=op.f("ck_canteen_meals")),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_canteen_pupils")),
        sa.PrimaryKeyConstraint("canteen_id", name=op.f("pk_canteen")),
    )
    with op.batch_alter_table("canteen", schema=None) as batch_op:
        batch_op.create_index("ix_canteen_county_code", ["county_code", "canteen_id"], unique=False)

    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("died_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("replayed_at", sqlmodel.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.create_index("uq_dead_letter_place", ["topic", "partition", "offset"], unique=True)

    op.create_table(
        "dish",
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("dish_code", name=op.f("pk_dish")),
    )
    op.create_table(
        "food",
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("food_group", sa.String(length=64), nullable=False),
        sa.Column("edible_permille", sa.Integer(), nullable=False),
        sa.Column("temperature_class", sa.String(length=16), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=False),
        sa.Column("canteen_ban", sa.Boolean(), nullable=False),
        sa.Column("farmed", sa.Boolean(), nullable=False),
        sa.Column("reference_price_fen_per_kg", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_food_temperature_class")
        ),
        sa.CheckConstraint("edible_permille BETWEEN 1 AND 1000", name=op.f("ck_food_edible_permille")),
        sa.PrimaryKeyConstraint("food_code", name=op.f("pk_food")),
    )
    op.create_table(
        "holiday",
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'make_up')", name=op.f("ck_holiday_kind")),
        sa.PrimaryKeyConstraint("county_code", "day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", "scope", name=op.f("pk_idempotency_key")),
    )
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_key_created_at"), ["created_at"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("event_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inbox")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbox_received_at"), ["received_at"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "parked_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("parked_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_event")),
    )
    with op.batch_alter_table("parked_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_event_next_attempt_at"), ["next_attempt_at"], unique=False)
        batch_op.create_index("ix_parked_event_topic_key", ["topic", "key"], unique=False)

    op.create_table(
        "recalled_lot",
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("recall_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("raised_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_recalled_lot")),
    )
    op.create_table(
        "canteen_headcount",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("age_band", sa.String(length=8), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.CheckConstraint("age_band IN ('6-8', '9-11', '12-14', '15-17')", name=op.f("ck_canteen_headcount_age_band")),
        sa.CheckConstraint("sex IN ('m', 'f')", name=op.f("ck_canteen_headcount_sex")),
        sa.CheckConstraint("pupils >= 0", name=op.f("ck_canteen_headcount_pupils")),
        sa.ForeignKeyConstraint(
            ["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_canteen_headcount_canteen_id_canteen")
        ),
        sa.PrimaryKeyConstraint("canteen_id", "age_band", "sex", name=op.f("pk_canteen_headcount")),
    )
    op.create_table(
        "dish_ingredient",
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("portion_mg", sa.Integer(), nullable=False),
        sa.CheckConstraint("portion_mg > 0", name=op.f("ck_dish_ingredient_portion_mg")),
        sa.ForeignKeyConstraint(["dish_code"], ["dish.dish_code"], name=op.f("fk_dish_ingredient_dish_code_dish")),
        sa.ForeignKeyConstraint(["food_code"], ["food.food_code"], name=op.f("fk_dish_ingredient_food_code_food")),
        sa.PrimaryKeyConstraint("dish_code", "version", "food_code", name=op.f("pk_dish_ingredient")),
    )
    with op.batch_alter_table("dish_ingredient", schema=None) as batch_op:
        batch_op.create_index("ix_dish_ingredient_food_code", ["food_code"], unique=False)

    op.create_table(
        "dish_version",
        sa.Column("dish_code", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["dish_code"], ["dish.dish_code"], name=op.f("fk_dish_version_dish_code_dish")),
        sa.PrimaryKeyConstraint("dish_code", "version", name=op.f("pk_dish_version")),
    )
    op.create_table(
        "food_allergen",
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("allergen", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["food_code"], ["food.food_code"], name=op.f("fk_food_allergen_food_code_food")),
        sa.PrimaryKeyConstraint("food_code", "allergen", name=op.f("pk_food_allergen")),
    )
    op.create_table(
        "menu",
        sa.Column("menu_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("county_code", sa.String(length=64), nullable=False),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("published_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("(status = 'withdrawn') = (from_day IS NOT NULL)", name=op.f("ck_menu_from_day")),
        sa.CheckConstraint("status IN ('published', 'withdrawn')", name=op.f("ck_menu_status")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_menu_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("menu_id", name=op.f("pk_menu")),
    )
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.create_index("ix_menu_canteen_id_week_start", ["canteen_id", "week_start"], unique=False)
        batch_op.create_index("ix_menu_week_start", ["week_start"], unique=False)
        batch_op.create_index(
            "uq_menu_canteen_id_week_start",
            ["canteen_id", "week_start"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "receipt",
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_receipt_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("receipt_id", name=op.f("pk_receipt")),
    )
    op.create_table(
        "stock_lot",
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("came_g", sa.BigInteger(), nullable=False),
        sa.Column("used_g", sa.BigInteger(), nullable=False),
        sa.Column("use_by", sa.Date(), nullable=False),
        sa.Column("counted_g", sa.BigInteger(), nullable=True),
        sa.Column("counted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("came_g >= 0 AND used_g >= 0", name=op.f("ck_stock_lot_not_negative")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_stock_lot_canteen_id_canteen")),
        sa.PrimaryKeyConstraint("canteen_id", "food_code", "lot_id", name=op.f("pk_stock_lot")),
    )
    with op.batch_alter_table("stock_lot", schema=None) as batch_op:
        batch_op.create_index("ix_stock_lot_lot_id", ["lot_id"], unique=False)

    op.create_table(
        "demand_line",
        sa.Column("menu_id", sa.String(length=64), nullable=False),
        sa.Column("delivery_day", sa.Date(), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("temperature_class", sa.String(length=16), nullable=False),
        sa.Column("gross_g", sa.BigInteger(), nullable=False),
        sa.Column("from_stock_g", sa.BigInteger(), nullable=False),
        sa.Column("quantity_g", sa.BigInteger(), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.Column("used_g", sa.BigInteger(), nullable=False),
        sa.Column("left_g", sa.BigInteger(), nullable=False),
        sa.Column("reserved_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "temperature_class IN ('ambient', 'chilled', 'frozen')", name=op.f("ck_demand_line_temperature_class")
        ),
        sa.CheckConstraint(
            "accepted_g >= 0 AND used_g >= 0 AND left_g >= 0 AND reserved_g >= 0", name=op.f("ck_demand_line_store")
        ),
        sa.CheckConstraint("gross_g = quantity_g + from_stock_g", name=op.f("ck_demand_line_conserved")),
        sa.CheckConstraint("gross_g > 0 AND quantity_g >= 0 AND from_stock_g >= 0", name=op.f("ck_demand_line_demand")),
        sa.ForeignKeyConstraint(["menu_id"], ["menu.menu_id"], name=op.f("fk_demand_line_menu_id_menu")),
        sa.PrimaryKeyConstraint("menu_id", "delivery_day", "food_code", name=op.f("pk_demand_line")),
    )
    with op.batch_alter_table("demand_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_demand_line_canteen_id_delivery_day", ["canteen_id", "delivery_day", "food_code"], unique=False
        )

    op.create_table(
        "menu_meal",
        sa.Column("menu_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=16), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("headcounts", sa.JSON(), nullable=False),
        sa.Column("dishes", sa.JSON(), nullable=False),
        sa.Column("planned_g", sa.JSON(), nullable=False),
        sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f("ck_menu_meal_meal")),
        sa.CheckConstraint("headcount > 0", name=op.f("ck_menu_meal_headcount")),
        sa.ForeignKeyConstraint(["menu_id"], ["menu.menu_id"], name=op.f("fk_menu_meal_menu_id_menu")),
        sa.PrimaryKeyConstraint("menu_id", "version", "day", "meal", name=op.f("pk_menu_meal")),
    )
    op.create_table(
        "menu_version",
        sa.Column("menu_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("told_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.Column("demand", sa.JSON(), nullable=False),
        sa.CheckConstraint("change IN ('published', 'amended', 'withdrawn')", name=op.f("ck_menu_version_change")),
        sa.ForeignKeyConstraint(["menu_id"], ["menu.menu_id"], name=op.f("fk_menu_version_menu_id_menu")),
        sa.PrimaryKeyConstraint("menu_id", "version", name=op.f("pk_menu_version")),
    )
    op.create_table(
        "receipt_lot",
        sa.Column("receipt_id", sa.String(length=64), nullable=False),
        sa.Column("food_code", sa.String(length=64), nullable=False),
        sa.Column("lot_id", sa.String(length=64), nullable=False),
        sa.Column("accepted_g", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("accepted_g >= 0", name=op.f("ck_receipt_lot_accepted_g")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipt.receipt_id"], name=op.f("fk_receipt_lot_receipt_id_receipt")),
        sa.PrimaryKeyConstraint("receipt_id", "food_code", "lot_id", name=op.f("pk_receipt_lot")),
    )
    op.create_table(
        "served_meal",
        sa.Column("meal_id", sa.String(length=64), nullable=False),
        sa.Column("canteen_id", sa.String(length=64), nullable=False),
        sa.Column("menu_id", sa.String(length=64), nullable=False),
        sa.Column("menu_version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("meal", sa.String(length=16), nullable=False),
        sa.Column("planned_headcount", sa.Integer(), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("dish_codes", sa.JSON(), nullable=False),
        sa.Column("used", sa.JSON(), nullable=False),
        sa.Column("short", sa.JSON(), nullable=False),
        sa.Column("served_at", sqlmodel.UTCDateTime(), nullable=False),
        sa.CheckConstraint("meal IN ('breakfast', 'lunch', 'dinner')", name=op.f("ck_served_meal_meal")),
        sa.CheckConstraint("headcount > 0", name=op.f("ck_served_meal_headcount")),
        sa.ForeignKeyConstraint(["canteen_id"], ["canteen.canteen_id"], name=op.f("fk_served_meal_canteen_id_canteen")),
        sa.ForeignKeyConstraint(["menu_id"], ["menu.menu_id"], name=op.f("fk_served_meal_menu_id_menu")),
        sa.PrimaryKeyConstraint("meal_id", name=op.f("pk_served_meal")),
    )
    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.create_index("ix_served_meal_day", ["day"], unique=False)
        batch_op.create_index("uq_served_meal_canteen_id_day_meal", ["canteen_id", "day", "meal"], unique=True)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("served_meal", schema=None) as batch_op:
        batch_op.drop_index("uq_served_meal_canteen_id_day_meal")
        batch_op.drop_index("ix_served_meal_day")

    op.drop_table("served_meal")
    op.drop_table("receipt_lot")
    op.drop_table("menu_version")
    op.drop_table("menu_meal")
    with op.batch_alter_table("demand_line", schema=None) as batch_op:
        batch_op.drop_index("ix_demand_line_canteen_id_delivery_day")

    op.drop_table("demand_line")
    with op.batch_alter_table("stock_lot", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_lot_lot_id")

    op.drop_table("stock_lot")
    op.drop_table("receipt")
    with op.batch_alter_table("menu", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_menu_canteen_id_week_start",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )
        batch_op.drop_index("ix_menu_week_start")
        batch_op.drop_index("ix_menu_canteen_id_week_start")

    op.drop_table("menu")
    op.drop_table("food_allergen")
    op.drop_table("dish_version")
    with op.batch_alter_table("dish_ingredient", schema=None) as batch_op:
        batch_op.drop_index("ix_dish_ingredient_food_code")

    op.drop_table("dish_ingredient")
    op.drop_table("canteen_headcount")
    op.drop_table("recalled_lot")
    with op.batch_alter_table("parked_event", schema=None) as batch_op:
        batch_op.drop_index("ix_parked_event_topic_key")
        batch_op.drop_index(batch_op.f("ix_parked_event_next_attempt_at"))

    op.drop_table("parked_event")
    op.drop_table("outbox")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_received_at"))

    op.drop_table("inbox")
    with op.batch_alter_table("idempotency_key", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_key_created_at"))

    op.drop_table("idempotency_key")
    op.drop_table("holiday")
    op.drop_table("food")
    op.drop_table("dish")
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.drop_index("uq_dead_letter_place")

    op.drop_table("dead_letter")
    with op.batch_alter_table("canteen", schema=None) as batch_op:
        batch_op.drop_index("ix_canteen_county_code")

    op.drop_table("canteen")
