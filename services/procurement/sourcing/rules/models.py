"""The table of the rules counties buy by."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, false
from sqlmodel import Field

from services.procurement.tables import Table, big, table_of


class SourcingRules(Table, table=True):
    """What a county asks of sourcing from a day on, until its next rules."""

    __tablename__ = "sourcing_rules"
    __table_args__ = (
        CheckConstraint(
            "target_tolerance_permille >= tolerance_permille AND tolerance_permille >= 0", name="tolerance"
        ),
    )

    county_code: str = Field(primary_key=True, max_length=64)
    valid_from: date = Field(primary_key=True)
    tolerance_permille: int
    share_target_permille: int
    target_tolerance_permille: int
    most_premium_permille: int
    reach_m: int
    stop_cost_fen: int
    freight_fen_per_tonne_km: int
    source: str = Field(max_length=500)
    handling_g_per_day: int | None = big(default=None)
    household_cap_fen: int | None = big(default=None)
    season_from: date | None = None
    season_until: date | None = None
    priority_permille: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    household_floor_fen: int | None = big(default=None)
    floor_permille: int = Field(default=1500, sa_column_kwargs={"server_default": "1500"})
    suppliers_per_week: int | None = None
    whole_packs: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    class_reach_m: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    school_budgets: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    set_at: datetime


sourcing_rules = table_of(SourcingRules)
