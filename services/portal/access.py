"""Who may see which page (decision 43): the roles. Whose things a page shows is judged by the services it asks, which
get the token of whoever signed in; the portal has no things of anybody."""

from services.portal.routing import page_rule
from shared.auth.access import Access, open_to_all
from shared.auth.principal import Role

__all__ = ["Role", "access", "page_rule"]

access = Access(
    rules=[
        open_to_all("GET /static/{name}"),
        open_to_all("GET /worker.js"),
        # sessions: whoever signs in has no session yet
        open_to_all("GET /sign-in"),
        open_to_all("GET /signed-in"),
        open_to_all("POST /sign-out"),
        open_to_all("GET /signed-out"),
        open_to_all("POST /samples/{login}"),
        # home
        open_to_all("GET /"),
        # planner
        # dishes
        # purchasing
        # inbox
        # harvest
        # board
        # driving
        # receiving
        # dashboard
        # trace
        open_to_all("GET /t/{meal_id}"),
        page_rule("GET /traces", {Role.CANTEEN}),
        page_rule("GET /traces/{meal_id}", {Role.CANTEEN}),
        # feedback
        # lost: the last, as its route is
        open_to_all("GET /{path}"),
    ],
)
