"""Who may see which page (decision 43): the roles. Whose things a page shows is judged by the services it asks, which
get the token of whoever signed in; the portal has no things of anybody."""

from services.portal.routing import page_rule
from shared.auth.access import Access, open_to_all
from shared.auth.principal import Role

__all__ = ["Role", "access", "page_rule"]

BUYERS = {Role.OFFICIAL, Role.ADMINISTRATOR}
COOKS = {Role.CANTEEN, Role.NUTRITIONIST}
OFFICE = {Role.OFFICIAL, Role.ADMINISTRATOR, Role.AUDITOR}
DISPATCH = {Role.DISPATCHER, Role.ADMINISTRATOR}
BOARD = {*DISPATCH, Role.OFFICIAL}
COUNTY_OFFICE = OFFICE | {Role.NUTRITIONIST}

access = Access(
    rules=[
        open_to_all("GET /static/{name}"),
        open_to_all("GET /worker.js"),
        open_to_all("GET /offline"),
        # sessions: whoever signs in has no session yet
        open_to_all("GET /sign-in"),
        open_to_all("GET /signed-in"),
        open_to_all("POST /sign-out"),
        open_to_all("GET /signed-out"),
        open_to_all("POST /samples/{login}"),
        # home
        open_to_all("GET /"),
        # planner
        *(
            page_rule(route, {Role.CANTEEN, Role.NUTRITIONIST})
            for route in (
                "GET /planner",
                "GET /planner/schools/{canteen_id}",
                "GET /planner/schools/{canteen_id}/menus",
                "POST /planner/schools/{canteen_id}/drafts",
                "POST /planner/schools/{canteen_id}/copies",
                "POST /planner/schools/{canteen_id}/plans",
                "GET /planner/plans/{plan_id}",
                "POST /planner/plans/{plan_id}/cancel",
                "POST /planner/plans/{plan_id}/take",
                "GET /planner/drafts/{draft_id}",
                "GET /planner/drafts/{draft_id}/meal",
                "POST /planner/drafts/{draft_id}/meal",
                "POST /planner/drafts/{draft_id}/delete",
                "GET /planner/drafts/{draft_id}/publish",
                "POST /planner/drafts/{draft_id}/publish",
                "POST /planner/drafts/{draft_id}/diets",
                "GET /planner/menus/{menu_id}",
                "GET /planner/menus/{menu_id}/changes",
                "POST /planner/menus/{menu_id}/amend",
                "POST /planner/menus/{menu_id}/withdraw",
            )
        ),
        # dishes
        page_rule("GET /dishes", COOKS),
        page_rule("GET /dishes/{dish_code}", COOKS),
        page_rule("GET /dishes/{dish_code}/photo", COOKS),
        page_rule("POST /dishes/{dish_code}/photo", {Role.NUTRITIONIST}),
        page_rule("POST /dishes/{dish_code}/copy", COOKS),
        page_rule("POST /dishes/{dish_code}/retire", COOKS),
        page_rule("POST /dishes/{dish_code}/restore", COOKS),
        # purchasing
        page_rule("GET /purchasing", {*BUYERS, Role.NUTRITIONIST, Role.CANTEEN}),
        page_rule("GET /purchasing/foods/{food_code}", {*BUYERS, Role.NUTRITIONIST}),
        page_rule("GET /purchasing/orders/{order_id}", {*BUYERS, Role.NUTRITIONIST, Role.CANTEEN}),
        page_rule("POST /purchasing/orders/{order_id}/approve", BUYERS),
        page_rule("POST /purchasing/orders/{order_id}/refuse", BUYERS),
        page_rule("GET /purchasing/runs/new", BUYERS),
        page_rule("POST /purchasing/runs", BUYERS),
        page_rule("GET /purchasing/runs/{run_id}", {*BUYERS, Role.NUTRITIONIST}),
        page_rule("POST /purchasing/runs/{run_id}/cancel", BUYERS),
        page_rule("POST /purchasing/runs/{run_id}/take", BUYERS),
        page_rule("GET /purchasing/orders/{order_id}/document.pdf", {*BUYERS, Role.NUTRITIONIST, Role.CANTEEN}),
        # inbox
        page_rule("GET /inbox", {Role.CLERK}),
        page_rule("GET /inbox/accept", {Role.CLERK}),
        page_rule("POST /inbox/accept", {Role.CLERK}),
        page_rule("GET /inbox/{order_id}", {Role.CLERK}),
        page_rule("POST /inbox/{order_id}/accept", {Role.CLERK}),
        page_rule("POST /inbox/{order_id}/accept-part", {Role.CLERK}),
        page_rule("POST /inbox/{order_id}/decline", {Role.CLERK}),
        page_rule("POST /inbox/{order_id}/dispatch", {Role.CLERK}),
        page_rule("GET /inbox/{order_id}/packing-list", {Role.CLERK}),
        # offers
        page_rule("GET /offers", {Role.CLERK}),
        page_rule("GET /offers/new", {Role.CLERK}),
        page_rule("POST /offers/new", {Role.CLERK}),
        page_rule("GET /offers/certificates/new", {Role.CLERK}),
        page_rule("POST /offers/certificates/new", {Role.CLERK}),
        page_rule("POST /offers/certificates/{certificate_id}/photos", {Role.CLERK}),
        page_rule("GET /offers/{offer_id}", {Role.CLERK}),
        page_rule("POST /offers/{offer_id}", {Role.CLERK}),
        page_rule("POST /offers/{offer_id}/withdraw", {Role.CLERK}),
        # harvest
        page_rule("GET /harvest", {Role.CLERK}),
        page_rule("POST /harvest", {Role.CLERK}),
        page_rule("POST /harvest/{lot_id}/photos", {Role.CLERK}),
        page_rule("GET /harvest/wanted", {Role.CLERK}),
        page_rule("GET /harvest/offers", {Role.CLERK}),
        page_rule("GET /harvest/money", {Role.CLERK}),
        # board
        page_rule("GET /board", BOARD),
        page_rule("GET /board/list", BOARD),
        page_rule("GET /board/stream", BOARD),
        page_rule("GET /board/trips/{trip_id}", BOARD),
        page_rule("POST /board/trips/{trip_id}/load", DISPATCH),
        page_rule("POST /board/trips/{trip_id}/depart", DISPATCH),
        page_rule("POST /board/trips/{trip_id}/breakdown", DISPATCH),
        page_rule("POST /board/trips/{trip_id}/alarms/{alarm_id}", DISPATCH),
        page_rule("GET /board/plan", DISPATCH),
        page_rule("POST /board/wishes", DISPATCH),
        page_rule("POST /board/plans", DISPATCH),
        page_rule("POST /board/orders/{order_id}/give-up", DISPATCH),
        page_rule("GET /board/plans/{plan_id}", BOARD),
        page_rule("POST /board/plans/{plan_id}/apply", DISPATCH),
        page_rule("POST /board/plans/{plan_id}/cancel", DISPATCH),
        page_rule("GET /board/day-plans/{plan_id}", BOARD),
        page_rule("POST /board/day-plans/{plan_id}/cancel", DISPATCH),
        # driving
        page_rule("GET /driving", {Role.DRIVER}),
        page_rule("GET /driving/{trip_id}", {Role.DRIVER}),
        page_rule("POST /driving/{trip_id}/stops/{stop}/scans", {Role.DRIVER}),
        page_rule("POST /driving/{trip_id}/stops/{stop}/load", {Role.DRIVER}),
        page_rule("POST /driving/{trip_id}/stops/{stop}/arrive", {Role.DRIVER}),
        page_rule("POST /driving/{trip_id}/depart", {Role.DRIVER}),
        page_rule("POST /driving/{trip_id}/breakdown", {Role.DRIVER}),
        # receiving
        page_rule("GET /receiving", {Role.CANTEEN}),
        page_rule("GET /receiving/{order_id}", {Role.CANTEEN}),
        page_rule("POST /receiving/{order_id}", {Role.CANTEEN}),
        page_rule("POST /receiving/{order_id}/photos", {Role.CANTEEN}),
        page_rule("POST /receiving/{order_id}/forget", {Role.CANTEEN}),
        page_rule("GET /receiving/{order_id}/correct", {Role.CANTEEN}),
        page_rule("POST /receiving/{order_id}/correct", {Role.CANTEEN}),
        # calling
        page_rule("GET /phone", {Role.CANTEEN, Role.CLERK, Role.DRIVER}),
        page_rule("POST /phone/{kind}/{subject_id}", {Role.CANTEEN, Role.CLERK, Role.DRIVER}),
        # dashboard
        page_rule("GET /dashboard", OFFICE),
        page_rule("GET /dashboard/report", OFFICE),
        page_rule("GET /dashboard/report.csv", OFFICE),
        page_rule("GET /dashboard/schools/{canteen_id}", OFFICE),
        page_rule("GET /dashboard/schools/{canteen_id}/statement.{kind}", OFFICE),
        # trace
        open_to_all("GET /t/{meal_id}"),
        open_to_all("GET /t/photos/{lot_id}"),
        page_rule("GET /traces", {Role.CANTEEN}),
        page_rule("GET /traces/{meal_id}", {Role.CANTEEN}),
        page_rule("POST /traces/meals/{meal}", {Role.CANTEEN}),
        page_rule("POST /traces/{meal_id}/corrections", {Role.CANTEEN}),
        # feedback
        open_to_all("GET /feedback/new"),
        open_to_all("POST /feedback/new", counted=True),
        page_rule("GET /feedback", COUNTY_OFFICE),
        page_rule("POST /feedback/{remark_id}/done", COUNTY_OFFICE - {Role.AUDITOR}),
        # usage
        page_rule("GET /usage", COUNTY_OFFICE),
        # operations
        page_rule("GET /operations", {Role.ADMINISTRATOR}),
        # lost: the last, as its route is
        open_to_all("GET /{path}"),
    ],
)
