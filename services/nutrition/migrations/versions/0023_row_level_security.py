"""Row-level security: on PostgreSQL requests see and change rows of their own canteens and counties (decision 52)."""

from shared.row_security import expose, of, part_of, protect, protect_trail

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

EVERYBODY = "true"
OF_CANTEEN = (
    *("canteen_diet", "canteen_equipment", "canteen_headcount", "closure", "enrolment", "enrolment_headcount"),
    *("funding_count", "meal_log", "sample", "sample_reading", "stock_count", "stock_lot", "food_disposal"),
    *("receipt", "served_meal", "menu_draft"),
)
OF_BOTH = ("menu", "menu_plan", "meal_problem")
OF_COUNTY = ("county_plan", "price_round", "food_override_version")
SEEN_BY_ALL = ("holiday", "food_override", "canteen_group")
"""School calendars, what a county knows of a food, and how it groups its schools are read in every kitchen."""
MARKET = ("offer", "contract", "cooperative")
"""What is on offer every planner reads; it is written as farmers tells it."""
OF_DISHES = ("dish_version", "dish_ingredient", "dish_term")
PARTS = (
    *((table, "menu", "menu_id") for table in ("menu_meal", "menu_version", "demand_line")),
    *((table, "county_plan", "planning_id") for table in ("county_round", "county_draft", "county_plan_canteen")),
    *(
        (table, "served_meal", "meal_id")
        for table in (
            *("class_rating", "dish_temperature", "dish_vote", "leftover_weighing"),
            *("meal_correction", "meal_dish", "meal_lot"),
        )
    ),
    ("receipt_lot", "receipt", "receipt_id"),
)
OTHERS = ("canteen", "canteen_group_member", "menu_template", "menu_cycle", "dish")


def of_canteen(table: str, county: str | None = None) -> str:
    """Return the condition that a row is of an own canteen, or one in an own county."""
    return of(table, canteen="canteen_id", county=county, located=["canteen"])


def upgrade() -> None:
    """Apply the step."""
    protect("canteen", of("canteen", county="county_code", canteen="canteen_id"), read=EVERYBODY)
    for table in OF_CANTEEN:
        protect(table, of_canteen(table))
    for table in OF_BOTH:
        protect(table, of_canteen(table, "county_code"))
    for table in (*OF_COUNTY, *SEEN_BY_ALL):
        protect(table, of(table, county="county_code"), read=EVERYBODY if table in SEEN_BY_ALL else None)
    for table in MARKET:
        protect(table, read=EVERYBODY)
    protect("canteen_group_member", of_canteen("canteen_group_member"), read=EVERYBODY)
    of_group = of("canteen_group", county="county_code")
    template = part_of("menu_template", "canteen_group", "group_id", where=of_group)
    protect("menu_template", template, read=EVERYBODY)
    member = of_canteen("canteen_group_member")
    followed = part_of("menu_cycle", "canteen_group_member", "group_id", where=member)
    protect("menu_cycle", of_canteen("menu_cycle", "county_code"), read=followed)
    # Recipes are read by all; who keeps a library writes them.
    kept = of_canteen("dish", "county_code")
    protect("dish", kept, read=EVERYBODY)
    for table in OF_DISHES:
        protect(table, part_of(table, "dish", "dish_code", where=kept), read=EVERYBODY)
    for table, whole, column in PARTS:
        protect(table, part_of(table, whole, column))
    protect_trail()


def downgrade() -> None:
    """Take the step back."""
    trail = ("audit_act", "audit_waiting", "audit_change", "audit_link")
    own = (*OF_CANTEEN, *OF_BOTH, *OF_COUNTY, *SEEN_BY_ALL, *MARKET, *OF_DISHES, *OTHERS)
    for table in (*own, *(part[0] for part in PARTS), *trail):
        expose(table)
