"""Who may call what in nutrition (decision 43).

The staff of a canteen plans, serves and counts at its own canteen; the county looks after all of its canteens and keeps
dishes, templates and cycles for them; officials read. What happened in a kitchen is written down by that kitchen alone.
"""

from services.nutrition.canteens import queries as canteens
from services.nutrition.cycles import queries as cycles
from services.nutrition.dishes import queries as dishes
from services.nutrition.drafts import queries as drafts
from services.nutrition.groups import queries as groups
from services.nutrition.menus import queries as menus
from services.nutrition.plans import queries as plans
from services.nutrition.problems import queries as problems
from services.nutrition.rounds import queries as rounds
from services.nutrition.samples import queries as samples
from services.nutrition.servings import queries as servings
from services.nutrition.templates import queries as templates
from services.nutrition.tenants import COUNTY, PLANNERS
from shared.auth.access import PROVINCE, WHOLE_PROVINCE, Access, objects, open_to_all, rows, rule, within
from shared.auth.principal import Kind, Role

EVERYBODY = set(Role)
ADMINISTRATOR = {Role.ADMINISTRATOR}
KITCHEN = {Role.CANTEEN}
READERS = {*PLANNERS, Role.OFFICIAL}
COUNTY_READERS = {*COUNTY, Role.OFFICIAL}

CANTEEN = within(canteen="canteen_id")
COUNTY_CODE = within(county="county_code")
EITHER = within(canteen="canteen_id", county="county_code")
CANTEEN_OF_BODY = within(canteen="body.canteen_id")
CANTEEN_IF_NAMED = objects("canteen", canteens.tenants_of, "body.canteen_id", optional=True)
CANTEEN_ROWS = rows("body.rows", canteen="canteen_id")
COUNTY_ROWS = rows("body.rows", county="county_code")
# Rows of the province name neither: whoever is bound by a county or a canteen cannot write them.
LIBRARY_ROWS = rows("body.rows", canteen="canteen_id", county="county_code")

MENU = objects("menu", menus.tenants_of, "menu_id")
DRAFT = objects("menu-draft", drafts.tenants_of, "draft_id")
PLAN = objects("menu-plan", plans.tenants_of, "plan_id")
RUN = objects("planning-run", plans.tenants_of_runs, "run_id")
COUNTY_PLAN = objects("county-plan", rounds.tenants_of, "planning_id")
MEAL = objects("meal", servings.tenants_of, "meal_id")
SAMPLE = objects("sample", samples.tenants_of, "sample_id")
PROBLEM = objects("problem", problems.tenants_of, "problem_id")
# A group changes, and with it who cooks by its templates and cycles.
GROUP = objects("canteen-group", groups.members_of, "group_id", lasting=False)
TEMPLATE = objects("menu-template", templates.members_of, "template_id", lasting=False)
CYCLE = objects("cycle", cycles.tenants_of, "cycle_id")
FOLLOWED_CYCLE = objects("cycle", cycles.followers_of, "cycle_id", lasting=False)
# A dish of the province has no owner, so nobody bound changes it; who cooks it is not found, so everybody may.
OWN_DISH = objects("dish", dishes.tenants_of, "dish_code")
COOKED_DISH = objects("dish", dishes.cooks_of, "dish_code", lasting=False, may_be_new=True)
COOKED_DISHES = objects("dish", dishes.cooks_of, "body.days[].dish_codes[]", lasting=False, may_be_new=True)
# Where they are left out, all that are planned for by whoever asks are meant (`tenants.planned_by`).
CANTEENS_ASKED = objects("canteen", canteens.tenants_of, "body.canteen_ids[]")

FOODS = [
    # They stand on every menu.
    open_to_all("GET /names"),
    rule("GET /foods", EVERYBODY, PROVINCE),
    rule("GET /foods/export", EVERYBODY, PROVINCE),
    rule("GET /foods/{food_code}", EVERYBODY, PROVINCE),
    rule("GET /foods/{food_code}/versions", EVERYBODY, PROVINCE),
    rule("GET /foods/{food_code}/equivalents", EVERYBODY, PROVINCE),
    rule("PUT /foods", ADMINISTRATOR, WHOLE_PROVINCE),
    rule("POST /foods/import", ADMINISTRATOR, WHOLE_PROVINCE),
    # What a county says of a food everybody reads in the library; who said so, and why no more, stays in the county.
    rule("GET /food-overrides", COUNTY_READERS, COUNTY_CODE),
    rule("GET /food-overrides/{county_code}/{food_code}/{field}/versions", COUNTY_READERS, COUNTY_CODE),
    rule("PUT /food-overrides", COUNTY, COUNTY_ROWS),
    rule("POST /food-overrides/{county_code}/{food_code}/{field}/remove", COUNTY, COUNTY_CODE),
]

STANDARDS = [
    rule("GET /standards", EVERYBODY, PROVINCE),
    rule("GET /standards/{standard_id}", EVERYBODY, PROVINCE),
    rule("GET /standards/{standard_id}/requirement", READERS, CANTEEN),
    # Worked out for numbers that are in the question; nothing is kept.
    rule("POST /standards/{standard_id}/requirement", EVERYBODY, PROVINCE),
    rule("GET /serving-limits", EVERYBODY, PROVINCE),
]

MARKET = [
    rule("GET /market/quotes", COUNTY_READERS, COUNTY_CODE),
    rule("GET /market/offers", COUNTY_READERS, COUNTY_CODE),
    rule("GET /market/contracts", COUNTY_READERS, COUNTY_CODE),
]

DISHES = [
    rule("GET /dishes", READERS, EITHER),
    rule("GET /dishes/export", READERS, EITHER),
    rule("GET /dishes/{dish_code}", READERS, EITHER, COOKED_DISH),
    rule("GET /dishes/{dish_code}/versions", READERS, COOKED_DISH),
    rule("GET /dishes/{dish_code}/analysis", READERS, EITHER, COOKED_DISH),
    # A dish that stands in another library is refused by its row.
    rule("PUT /dishes", PLANNERS, LIBRARY_ROWS),
    # The file is for the library that is named; only the province's administrator brings one for all of them.
    rule("POST /dishes/import", PLANNERS, EITHER),
    rule(
        "POST /dishes/{dish_code}/copies",
        PLANNERS,
        COOKED_DISH,
        within(canteen="body.canteen_id", county="body.county_code"),
    ),
    rule("POST /dishes/{dish_code}/retire", PLANNERS, OWN_DISH),
    rule("POST /dishes/{dish_code}/restore", PLANNERS, OWN_DISH),
    # Who cooks a dish sees what it looks like in the county; which photo shows it there is the county's to say.
    rule("GET /dishes/{dish_code}/photo", READERS, EITHER, COOKED_DISH),
    rule("PUT /dishes/{dish_code}/photo", COUNTY, COUNTY_CODE, COOKED_DISH),
    rule("DELETE /dishes/{dish_code}/photo", COUNTY, COUNTY_CODE, COOKED_DISH),
    rule("GET /meal-patterns", READERS, EITHER),
    rule("PUT /meal-patterns", PLANNERS, LIBRARY_ROWS),
    rule("DELETE /meal-patterns/{scope}/{meal}", PLANNERS, EITHER),
]

CANTEENS = [
    rule("GET /canteens", COUNTY_READERS, COUNTY_CODE),
    rule("GET /canteens/{canteen_id}", READERS, CANTEEN),
    # What a canteen is, and what money it gets for whom, is the county's to say.
    rule(
        "PUT /canteens",
        COUNTY,
        COUNTY_ROWS,
        objects("canteen", canteens.tenants_of, "body.rows[].canteen_id", lasting=False, may_be_new=True),
    ),
    rule("PUT /diets", PLANNERS, CANTEEN_ROWS),
    rule("PUT /equipment", PLANNERS, CANTEEN_ROWS),
    # A school calendar hangs at every gate.
    rule("GET /holidays", EVERYBODY, PROVINCE),
    rule("PUT /holidays", COUNTY, COUNTY_ROWS),
    rule("GET /canteens/{canteen_id}/enrolments", READERS, CANTEEN),
    rule("PUT /enrolments", PLANNERS, CANTEEN_ROWS),
    rule("GET /canteens/{canteen_id}/closures", READERS, CANTEEN),
    rule("PUT /closures", PLANNERS, CANTEEN_ROWS),
    rule("DELETE /canteens/{canteen_id}/closures/{day}", PLANNERS, CANTEEN),
    rule("GET /canteens/{canteen_id}/attendance-forecast", READERS, CANTEEN),
    rule("GET /canteens/{canteen_id}/budget", READERS, CANTEEN),
    rule("GET /canteens/{canteen_id}/funding-counts", READERS, CANTEEN),
    rule("PUT /funding-counts", COUNTY, CANTEEN_ROWS),
    rule("POST /funding-counts/import", COUNTY, within(county="body.county_code")),
    rule("GET /funding-classes", EVERYBODY, PROVINCE),
    rule("PUT /funding-classes", ADMINISTRATOR, WHOLE_PROVINCE),
    rule("GET /canteen-groups", READERS, EITHER),
    rule("GET /canteen-groups/{group_id}", READERS, GROUP),
    rule(
        "PUT /canteen-groups",
        COUNTY,
        COUNTY_ROWS,
        objects("canteen-group", groups.tenants_of, "body.rows[].group_id", may_be_new=True),
    ),
]

STOCKS = [
    rule("GET /canteens/{canteen_id}/stock", READERS, CANTEEN),
    rule("GET /canteens/{canteen_id}/stock/expiring", READERS, CANTEEN),
    rule("GET /canteens/{canteen_id}/stock/movements", READERS, CANTEEN),
    rule("PUT /stocks", KITCHEN, CANTEEN_ROWS),
    rule("GET /canteens/{canteen_id}/stock-counts", READERS, CANTEEN),
    rule("POST /canteens/{canteen_id}/stock-counts", KITCHEN, CANTEEN),
    rule("GET /canteens/{canteen_id}/disposals", READERS, CANTEEN),
    rule("POST /canteens/{canteen_id}/disposals", KITCHEN, CANTEEN),
]

MENUS = [
    rule("GET /menus", READERS, EITHER),
    rule("GET /menus/{menu_id}", READERS, MENU),
    rule("GET /menus/{menu_id}/versions/{version}", READERS, MENU),
    rule("GET /menus/{menu_id}/differences", READERS, MENU),
    rule("GET /menus/{menu_id}/demand", READERS, MENU),
    rule("GET /menus/{menu_id}/analysis", READERS, MENU),
    rule("GET /menus/{menu_id}/lifts", READERS, MENU),
    rule("POST /menus", PLANNERS, CANTEEN_OF_BODY),
    rule("PUT /menus/{menu_id}", PLANNERS, MENU),
    rule("POST /menus/{menu_id}/withdraw", PLANNERS, MENU),
    rule("GET /menu-analyses", COUNTY_READERS, COUNTY_CODE),
    rule("POST /menu-analyses", PLANNERS, CANTEEN_OF_BODY, COOKED_DISHES),
    rule("POST /menu-analyses/lifts", PLANNERS, CANTEEN_OF_BODY, COOKED_DISHES),
    rule("GET /demand-forecasts", COUNTY_READERS, COUNTY_CODE),
]

DRAFTS = [
    rule("GET /menu-drafts", READERS, EITHER),
    rule("GET /menu-drafts/{draft_id}", READERS, DRAFT),
    rule("GET /menu-drafts/{draft_id}/analysis", READERS, DRAFT),
    rule("GET /menu-drafts/{draft_id}/lifts", READERS, DRAFT),
    rule("POST /menu-drafts", PLANNERS, CANTEEN_OF_BODY, COOKED_DISHES),
    rule("PUT /menu-drafts/{draft_id}", PLANNERS, DRAFT, COOKED_DISHES),
    rule("DELETE /menu-drafts/{draft_id}", PLANNERS, DRAFT),
    rule("POST /menu-drafts/{draft_id}/check", PLANNERS, DRAFT),
    rule("POST /menu-drafts/{draft_id}/publish", PLANNERS, DRAFT),
    # A copy stays where it is, or goes to another canteen of whoever asks.
    rule("POST /menus/{menu_id}/copy", PLANNERS, MENU, CANTEEN_IF_NAMED),
    rule("POST /menu-drafts/{draft_id}/copy", PLANNERS, DRAFT, CANTEEN_IF_NAMED),
]

TEMPLATES = [
    rule("GET /menu-templates", READERS, EITHER),
    rule("GET /menu-templates/{template_id}", READERS, TEMPLATE),
    rule("POST /menu-templates", COUNTY, objects("canteen-group", groups.tenants_of, "body.group_id")),
    rule("PUT /menu-templates/{template_id}", COUNTY, TEMPLATE),
    rule("DELETE /menu-templates/{template_id}", COUNTY, TEMPLATE),
    rule("POST /menu-templates/{template_id}/drafts", PLANNERS, TEMPLATE, CANTEENS_ASKED),
    # A canteen keeps cycles of its own; it reads and cooks by those of its groups, which the county keeps.
    rule("GET /cycles", READERS, EITHER),
    rule("GET /cycles/{cycle_id}", READERS, FOLLOWED_CYCLE),
    rule("GET /cycles/{cycle_id}/demand", READERS, FOLLOWED_CYCLE),
    rule(
        "POST /cycles",
        PLANNERS,
        CANTEEN_IF_NAMED,
        objects("canteen-group", groups.tenants_of, "body.group_id", optional=True),
    ),
    rule("PUT /cycles/{cycle_id}", PLANNERS, CYCLE),
    rule("DELETE /cycles/{cycle_id}", PLANNERS, CYCLE),
    rule("POST /cycles/{cycle_id}/drafts", PLANNERS, FOLLOWED_CYCLE, CANTEENS_ASKED),
]

PLANS = [
    rule("GET /menu-plans", READERS, EITHER),
    rule("GET /menu-plans/{plan_id}", READERS, PLAN),
    rule(
        "POST /menu-plans",
        PLANNERS,
        CANTEEN_OF_BODY,
        objects("menu-plan", plans.tenants_of, "body.previous_plan_id", optional=True),
    ),
    rule("POST /menu-plans/{plan_id}/cancel", PLANNERS, PLAN),
    rule("POST /menu-plans/{plan_id}/take", PLANNERS, PLAN),
    # Many canteens share what is on offer: a run of them is the county's. A canteen sees how far the run is.
    rule("POST /menu-plans/batch", COUNTY, within(canteen="body.canteen_ids[]")),
    rule("GET /menu-plans/batch/{run_id}", READERS, RUN),
    rule("POST /menu-plans/batch/{run_id}/cancel", COUNTY, RUN),
    rule("GET /county-plans", COUNTY_READERS, COUNTY_CODE),
    rule("GET /county-plans/{planning_id}", COUNTY_READERS, COUNTY_PLAN),
    rule("GET /county-plans/{planning_id}/canteens", COUNTY_READERS, COUNTY_PLAN),
    rule("POST /county-plans", COUNTY, within(county="body.county_code")),
    rule("POST /county-plans/{planning_id}/cancel", COUNTY, COUNTY_PLAN),
]

MEALS = [
    rule("GET /canteens/{canteen_id}/day", READERS, CANTEEN),
    rule("GET /meals", READERS, EITHER),
    rule("GET /meals/{meal_id}", READERS, MEAL),
    rule("POST /meals", KITCHEN, CANTEEN_OF_BODY),
    # Once its month is closed the county approves a correction.
    rule("POST /meals/{meal_id}/corrections", PLANNERS, MEAL),
    rule("POST /meals/{meal_id}/temperatures", KITCHEN, MEAL),
    rule("GET /meals/{meal_id}/leftovers", READERS, MEAL),
    rule("PUT /meals/{meal_id}/leftovers", KITCHEN, MEAL),
    rule("GET /meal-logs", READERS, EITHER),
    rule("GET /meal-logs/missing", COUNTY_READERS, COUNTY_CODE),
    rule("POST /meal-logs", KITCHEN, CANTEEN_OF_BODY),
]

SAMPLES = [
    rule("GET /samples", READERS, EITHER),
    rule("GET /samples/due", READERS, EITHER),
    rule("GET /samples/{sample_id}", READERS, SAMPLE),
    rule("POST /samples", KITCHEN, CANTEEN_OF_BODY),
    rule("POST /samples/discards", KITCHEN, objects("sample", samples.tenants_of, "body.sample_ids[]")),
    rule("POST /samples/{sample_id}/hand-over", KITCHEN, SAMPLE),
    rule("GET /sample-readings", READERS, CANTEEN),
    rule("POST /sample-readings", KITCHEN, CANTEEN_OF_BODY),
]

FEEDBACK = [
    # Pupils have no tokens: their votes come by the canteen's devices.
    rule("GET /meals/{meal_id}/feedback", READERS, MEAL),
    rule("POST /meals/{meal_id}/votes", KITCHEN, MEAL),
    rule("PUT /meals/{meal_id}/class-ratings/{class_code}", KITCHEN, MEAL),
    rule("PUT /meals/{meal_id}/plate-waste", KITCHEN, MEAL),
    rule("GET /problems", READERS, EITHER),
    rule("GET /problems/{problem_id}", READERS, PROBLEM),
    # Parents may as well call the county.
    rule("POST /problems", PLANNERS, CANTEEN_OF_BODY),
    rule("POST /problems/{problem_id}/answer", PLANNERS, PROBLEM),
    # Closed, the meal's samples may be thrown away: no kitchen closes what was said of it.
    rule("POST /problems/{problem_id}/close", COUNTY, PROBLEM),
]

access = Access(
    county_of={Kind.CANTEEN: canteens.counties_of},
    rules=[
        *(*FOODS, *STANDARDS, *MARKET, *DISHES, *CANTEENS, *STOCKS),
        *(*MENUS, *DRAFTS, *TEMPLATES, *PLANS, *MEALS, *SAMPLES, *FEEDBACK),
    ],
)
