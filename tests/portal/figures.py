"""Every page of the portal: who sees it, what it may weigh, and when its content is there on a cheap phone's line."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from shared.auth.principal import Principal
from tests import builders as b
from tests.journeys.county import County
from tests.people import administrator, canteen, clerk, dispatcher, driver, nutritionist, official
from tests.world import World, ok

RATE, RTT_S = 400_000 / 8, 0.4
"""A cheap phone's line: bytes and round trips a second."""
COMPUTING_S = 0.2
"""What a processor of a quarter of a desk's speed takes at least to make such a page and lay it out (an estimate)."""
LONGEST_S, MOST_REQUESTS = 2.0, 6
NEXT = "2026-12-07"
_LIGHT, _OFFICE = 40_000, 60_000
_HEAVIEST = {"/board": 100_000, "/dashboard": _OFFICE, "/purchasing": _OFFICE, "/receiving": 30_000, "/t/": 15_000}
_LONG = ("虚构🥬Unbreakable" * 15)[:200]
_NAMES = {"name_zh": _LONG, "name_en": "Fictional🥬".ljust(200, "W")}
NO_PAGES = frozenset(
    {
        *("GET /static/{name}", "GET /worker.js", "GET /{path}"),
        *("GET /sign-in", "GET /signed-in"),  # they lead to the issuer and back
        *("GET /board/stream", "GET /board/trips/{trip_id}"),  # what a board's page is told, and a part of it
        *("GET /purchasing/orders/{order_id}/document.pdf", "GET /dashboard/report.csv"),
        *(
            "GET /dashboard/schools/{canteen_id}/statement.{kind}",
            "GET /t/photos/{lot_id}",
            "GET /dishes/{dish_code}/photo",
        ),
    }
)
"""Routes that answer no page."""


@dataclass(frozen=True)
class Seen:
    """A page as somebody looks at it."""

    who: Principal | None
    address: str

    @property
    def heaviest(self) -> int:
        """How many bytes its first load may take."""
        return next((most for path, most in _HEAVIEST.items() if self.address.startswith(path)), _LIGHT)


async def lived(county: County[World], schools: int = 1) -> dict[str, str]:
    """Let a county live through a day, and leave something on every page; returns what pages are of, by name."""
    names = [f"sch-{number}" for number in range(1, schools + 1)]
    if schools > 1:
        await county.put("nutrition", "/canteens", *[b.a_canteen(number) for number in range(2, schools + 1)])
        salt = [{"canteen_id": name, "food_code": "salt", "quantity_g": 10_000} for name in names]
        await county.put("nutrition", "/stocks", *salt)
    menus = [await county.publish(b.a_menu(name)) for name in names]
    run = await county.source()
    await county.accept_all()
    await county.harvest_and_dispatch()
    trips = await county.drive()
    for name in names:
        await county.receive(canteen=name)
        meal = await county.serve(canteen=name)
    lunches = {"scope": "province", "meal": "lunch", "places": [{"slot": "main", "categories": ["mixed"]}]}
    await county.put("nutrition", "/meal-patterns", lunches)
    week = {"canteen_id": names[0], "week_start": NEXT}
    lunch = {"day": NEXT, "meal": "lunch", "dish_codes": ["d01"]}
    draft = await ok(await county.nutrition.post("/menu-drafts", json=week | {"days": [lunch]}))
    plans = await ok(await county.nutrition.post("/menu-plans", json=week))
    of_day = {"county_code": b.COUNTY, "day": b.WEEK[0]}
    (planned, *_) = (await ok(await county.logistics.get("/trip-plans", params=of_day)))["items"]
    province = await ok(await county.logistics.post("/day-plans", json={"day": b.WEEK[1]}))
    (consignment, *_) = await county.consignments()
    return {
        "canteen": names[0],
        "menu": menus[0]["menu_id"],
        "run": run["run_id"],
        "trip": trips[0]["trip_id"],
        "meal": meal["meal_id"],
        "draft": draft["draft_id"],
        "plan": plans["plans"][0]["plan_id"],
        "trip_plan": planned["plan_id"],
        "day_plan": province["day_plan_id"],
        "order": consignment["order_id"],
        "cooperative": consignment["cooperative_id"],
    }


async def name_at_length(county: County[World], schools: int = 1) -> None:
    """Give everything that pages name the longest name there may be, emoji in it and no place to break it at."""
    foods = [b.a_food(code) | _NAMES for code in ("rice", "cabbage", "pork", "salt")]
    await county.put("nutrition", "/foods", *foods)
    dishes = (b.a_dish(), b.a_dish("d02", rice=50, cabbage=34))
    await county.put("nutrition", "/dishes", *[dish | _NAMES for dish in dishes])
    await county.put("nutrition", "/canteens", *[b.a_canteen(n) | _NAMES for n in range(1, schools + 1)])
    await county.put("farmers", "/cooperatives", *[b.a_cooperative(n) | _NAMES for n in "ab"])
    for route in ("/depots", "/vehicles"):
        rows = (await ok(await county.logistics.get(route)))["items"]
        long = {name: value for name, value in (_NAMES | {"plate": _LONG[:40]}).items() if name in rows[0]}
        await county.put("logistics", route, *[row | long for row in rows])
    await county.world.settle()


def pages_of(found: dict[str, str]) -> dict[str, Seen]:
    """Return every page by its route."""
    cook, grower = canteen(found["canteen"]), clerk(found["cooperative"])
    county, desk = official(b.COUNTY), dispatcher(b.COUNTY)
    of_day = f"county={b.COUNTY}&day={b.WEEK[0]}"
    drivers = driver("drv-1")
    draft, menu = f"/planner/drafts/{found['draft']}", f"/planner/menus/{found['menu']}"
    return {
        "GET /": Seen(cook, "/"),
        "GET /offline": Seen(None, "/offline"),
        "GET /signed-out": Seen(None, "/signed-out"),
        "GET /planner": Seen(nutritionist(b.COUNTY), "/planner"),
        "GET /planner/schools/{canteen_id}": Seen(cook, f"/planner/schools/{found['canteen']}?week={NEXT}"),
        "GET /planner/schools/{canteen_id}/menus": Seen(cook, f"/planner/schools/{found['canteen']}/menus"),
        "GET /planner/plans/{plan_id}": Seen(cook, f"/planner/plans/{found['plan']}"),
        "GET /planner/drafts/{draft_id}": Seen(cook, draft),
        "GET /planner/drafts/{draft_id}/meal": Seen(cook, f"{draft}/meal?day={NEXT}&meal=lunch"),
        "GET /planner/drafts/{draft_id}/publish": Seen(cook, f"{draft}/publish"),
        "GET /planner/menus/{menu_id}": Seen(cook, menu),
        "GET /planner/menus/{menu_id}/changes": Seen(cook, f"{menu}/changes"),
        "GET /dishes": Seen(cook, "/dishes"),
        "GET /dishes/{dish_code}": Seen(cook, "/dishes/d01"),
        "GET /purchasing": Seen(county, f"/purchasing?week={b.MONDAY}&short=false"),
        "GET /purchasing/foods/{food_code}": Seen(county, f"/purchasing/foods/rice?week={b.MONDAY}"),
        "GET /purchasing/orders/{order_id}": Seen(cook, f"/purchasing/orders/{found['order']}"),
        "GET /purchasing/runs/new": Seen(county, f"/purchasing/runs/new?week={b.MONDAY}"),
        "GET /purchasing/runs/{run_id}": Seen(county, f"/purchasing/runs/{found['run']}"),
        "GET /inbox": Seen(grower, "/inbox?tab=accepted"),
        "GET /inbox/accept": Seen(grower, "/inbox/accept"),
        "GET /inbox/{order_id}": Seen(grower, f"/inbox/{found['order']}"),
        "GET /inbox/{order_id}/packing-list": Seen(grower, f"/inbox/{found['order']}/packing-list"),
        "GET /offers": Seen(grower, "/offers"),
        "GET /offers/new": Seen(grower, "/offers/new?food=cabbage"),
        "GET /offers/certificates/new": Seen(grower, "/offers/certificates/new?food=cabbage"),
        "GET /offers/{offer_id}": Seen(grower, f"/offers/off-{found['cooperative'].removeprefix('coop-')}-cabbage"),
        "GET /harvest": Seen(grower, "/harvest"),
        "GET /harvest/wanted": Seen(grower, "/harvest/wanted"),
        "GET /harvest/money": Seen(grower, "/harvest/money"),
        "GET /harvest/offers": Seen(grower, "/harvest/offers"),
        "GET /board": Seen(desk, f"/board?{of_day}&trip={found['trip']}"),
        "GET /board/list": Seen(desk, f"/board/list?{of_day}"),
        "GET /board/plan": Seen(desk, f"/board/plan?{of_day}"),
        "GET /board/plans/{plan_id}": Seen(desk, f"/board/plans/{found['trip_plan']}"),
        "GET /board/day-plans/{plan_id}": Seen(administrator(), f"/board/day-plans/{found['day_plan']}"),
        "GET /driving": Seen(drivers, f"/driving?day={b.WEEK[0]}"),
        "GET /driving/{trip_id}": Seen(drivers, f"/driving/{found['trip']}"),
        "GET /receiving": Seen(cook, f"/receiving?day={b.WEEK[0]}"),
        "GET /receiving/{order_id}": Seen(cook, f"/receiving/{found['order']}"),
        "GET /receiving/{order_id}/correct": Seen(cook, f"/receiving/{found['order']}/correct"),
        "GET /phone": Seen(cook, "/phone"),
        "GET /dashboard": Seen(county, f"/dashboard?month={b.WEEK[0][:7]}"),
        "GET /dashboard/report": Seen(county, f"/dashboard/report?month={b.WEEK[0][:7]}"),
        "GET /dashboard/schools/{canteen_id}": Seen(county, f"/dashboard/schools/{found['canteen']}"),
        "GET /t/{meal_id}": Seen(None, f"/t/{found['meal']}"),
        "GET /traces": Seen(cook, f"/traces?day={b.WEEK[0]}"),
        "GET /traces/{meal_id}": Seen(cook, f"/traces/{found['meal']}"),
        "GET /feedback/new": Seen(cook, "/feedback/new?page=/planner"),
        "GET /feedback": Seen(county, "/feedback"),
        "GET /usage": Seen(county, "/usage"),
        "GET /operations": Seen(administrator(), "/operations"),
    }


@dataclass(frozen=True)
class Load:
    """What a first load took: bytes on the wire by gzip, without headers; the page itself, and the rest by address."""

    page: int
    style: int
    others: dict[str, int]

    @property
    def total(self) -> int:
        """Bytes of everything."""
        return self.page + self.style + sum(self.others.values())

    @property
    def requests(self) -> int:
        """How many requests."""
        return len(self.others) + 1 + bool(self.style)

    @property
    def content_s(self) -> float:
        """When its content is there on a cheap phone, by a model: two round trips and the bytes between them.

        The page comes first. Then its style, without which nothing is painted; whatever else the page names is asked
        for at the same time and shares the line with it evenly.
        """
        meanwhile = sum(min(size, self.style) for size in self.others.values())
        trips = 2 if self.style else 1
        return trips * RTT_S + (self.page + self.style + meanwhile) / RATE + COMPUTING_S


_ENTRIES = """() => performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
  .map((one) => [one.name, one.encodedBodySize, one.initiatorType])"""


def loaded(page: Page, address: str) -> Load:
    """Load a page into a window that keeps nothing, and return what that took."""
    answer = page.goto(address, wait_until="load")
    assert answer is not None
    assert answer.status == 200, f"{address} answers {answer.status}"
    entries: list[Any] = page.evaluate(_ENTRIES)
    (own, *named) = [(name, int(size)) for name, size, _ in entries if "/board/stream" not in name]
    style = sum(size for name, size in named if name.endswith(".css"))
    return Load(own[1], style, {name: size for name, size in named if not name.endswith(".css")})
