"""How a plan is searched for and what it costs, ways through collection points, and what became of a breakdown."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PLAN = "status IN ('queued', 'running', {}'done', 'cancelled', 'failed')"
TRIP = "status IN ('planned', 'departed', 'completed'{})"
PLACE = "kind IN ('canteen', 'cooperative'{})"


def upgrade() -> None:
    """Apply the step."""
    _replace("trip_plan", "status", PLAN.format("'proposed', "))
    _replace("trip", "status", TRIP.format(", 'broken'"))
    _replace("place", "kind", PLACE.format(", 'roadside'"))
    with op.batch_alter_table("trip_plan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seconds", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("iterations", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("seed", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("distance_m", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("cost_fen", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("changes", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("proposal", sa.JSON(), nullable=True))
    with op.batch_alter_table("trip", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cost_fen", sa.BigInteger(), nullable=False, server_default="0"))
    # Nobody has told yet how long their drivers' days are: they are not shorter than the day that is planned.
    op.execute("UPDATE driver SET longest_minutes = 900")
    _stops_and_consignments()


def _stops_and_consignments() -> None:
    with op.batch_alter_table("trip_stop", schema=None) as batch_op:
        batch_op.add_column(sa.Column("place_kind", sa.String(), nullable=False, server_default="cooperative"))
        batch_op.create_check_constraint(
            op.f("ck_trip_stop_place_kind"), "place_kind IN ('cooperative', 'canteen', 'point', 'roadside')"
        )
    op.execute("UPDATE trip_stop SET place_kind = 'canteen' WHERE kind = 'delivery'")
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("onward_trip_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("waits_kind", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("waits_at", sa.String(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_consignment_waits_kind"), "waits_kind IN ('point', 'roadside')")


def _replace(table: str, column: str, condition: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(name, type_="check")
        batch_op.create_check_constraint(name, condition)


def downgrade() -> None:
    """Take the step back."""
    added = {
        "consignment": ("onward_trip_id", "waits_kind", "waits_at"),
        "trip_stop": ("place_kind",),
        "trip": ("cost_fen",),
        "trip_plan": ("seconds", "iterations", "seed", "distance_m", "cost_fen", "notes", "changes", "proposal"),
    }
    checked = {"consignment": "waits_kind", "trip_stop": "place_kind"}
    for table, names in added.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            if table in checked:
                batch_op.drop_constraint(op.f(f"ck_{table}_{checked[table]}"), type_="check")
            for name in names:
                batch_op.drop_column(name)
    _replace("trip_plan", "status", PLAN.format(""))
    _replace("trip", "status", TRIP.format(""))
    _replace("place", "kind", PLACE.format(""))
