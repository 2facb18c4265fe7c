"""A small county on the foods and dishes of data/: a dozen schools of four kinds, and what its cooperatives offer."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.generator.dice import Dice
from services.generator.reference import DATA
from services.loading import REFERENCE, Loaded
from shared.events.farmers import OfferPublished
from shared.events.nutrition import DemandDrafted, MenuPublished
from shared.events.procurement import DraftChosen, MarginalPrice, MarginalPricesPublished
from tests import builders as b
from tests.api.procurement.facts import an_offer
from tests.world import START, World, ok

MONDAY = date.fromisoformat(b.MONDAY)
KINDS: tuple[Mapping[str, int], ...] = (
    {"6-8": 50, "9-11": 50},
    {"6-8": 30, "9-11": 70},
    {"9-11": 40, "12-14": 60},
    {"12-14": 100},
)
"""Pupils of a hundred by age band."""
MAINS = ("egg", "pork", "cabbage", "tofu", "chicken", "carrot", "potato")
USUAL = dict.fromkeys([*MAINS, "rice", "noodles"], 400)
SCHOOLS = ["sch-1", "sch-2", "sch-3"]
PATTERN = {
    "scope": "province",
    "meal": "lunch",
    "places": [{"slot": "staple", "categories": ["staple"]}, {"slot": "main", "categories": ["mixed"]}],
}


class SmallCounty:
    """County 520628 as nutrition knows it: from its API, and from what farmers tell."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.client("nutrition")
        self.canteens: list[dict[str, Any]] = []
        self.offers: list[OfferPublished] = []

    async def tiny(self) -> "SmallCounty":
        """Two schools that are alike and one of older children, a dozen dishes, and cabbage, eggs and tofu on offer."""
        foods = [b.a_food(code, food_group="vegetable") for code in MAINS]
        foods += [b.a_food(code, food_group="cereal", energy_kcal=350, protein_g=8) for code in ("rice", "noodles")]
        foods += [b.a_food("green_beans", canteen_ban=True), b.a_food("caviar", reference_price_fen_per_kg=None)]
        mains = [b.a_dish(f"m-{code}", **{code: 80}) for code in (*MAINS, "green_beans")]
        staples = [b.a_dish(f"s-{code}", **{code: 100}) | {"category": "staple"} for code in ("rice", "noodles")]
        older = [{"age_band": "12-14", "sex": "m", "pupils": 90}]
        self.canteens = [b.a_canteen(1, 100), b.a_canteen(2, 60), b.a_canteen(3, headcounts=older)]
        self.offers = [
            an_offer(f"off-{code}", food_code=code, quantity_g=40_000) for code in ("cabbage", "egg", "tofu")
        ]
        await self.load({"/foods": foods, "/dishes": [*mains, *staples], "/meal-patterns": [PATTERN]})
        return self

    async def of_data(self, schools: int = 12, plenty: float = 1.0) -> "SmallCounty":
        """Schools of four kinds on the foods, dishes and meal patterns of data/, and that county's offers of the week,
        cut to the pupils these schools have and `plenty` times as much.
        """
        self.canteens = [_school(number) for number in range(1, schools + 1)]
        pupils = sum(sum(row["pupils"] for row in one["headcounts"]) for one in self.canteens)
        self.offers = _offers(pupils, plenty)
        own = [source for source in REFERENCE if source.service == "nutrition"]
        await self.load({source.route: [row for _, row in source.rows(DATA, Loaded())] for source in own})
        return self

    async def load(self, reference: Mapping[str, list[dict[str, Any]]]) -> None:
        """Load what dishes are made of, then the schools, and tell what is offered."""
        for route, rows in [*reference.items(), ("/canteens", self.canteens)]:
            answer = await ok(await self.http.put(route, json={"rows": rows}))
            assert answer["refused"] == [], route
        await self.world.publish(*self.offers)
        await self.world.settle()

    async def request(self, **other: Any) -> str:
        """Ask for the week to be planned with the farms; returns the planning's id."""
        body = {"county_code": b.COUNTY, "week_start": b.MONDAY} | other
        answer = await self.http.post("/county-plans", json=body)
        assert answer.status_code == 202, answer.text
        planning_id: str = answer.json()["planning_id"]
        await self.world.settle()
        return planning_id

    async def wait_out(self, planning_id: str) -> None:
        """Let the time pass in which prices could come."""
        self.world.clock.advance(timedelta(minutes=(await self.read(planning_id))["wait_minutes"]))
        await self.world.settle()

    async def read(self, planning_id: str) -> dict[str, Any]:
        """Read a county plan."""
        plan: dict[str, Any] = await ok(await self.http.get(f"/county-plans/{planning_id}"))
        return plan

    async def outcomes(self, planning_id: str) -> list[dict[str, Any]]:
        """Read what became of each canteen."""
        page = await ok(await self.http.get(f"/county-plans/{planning_id}/canteens", params={"limit": 1000}))
        rows: list[dict[str, Any]] = page["items"]
        return rows


def _school(number: int) -> dict[str, Any]:
    kind, size = KINDS[number % len(KINDS)], 60 + 37 * (number * 7 % 11)
    counts = [
        {"age_band": band, "sex": sex, "pupils": size * share // 100} for band, share in kind.items() for sex in "mf"
    ]
    return b.a_canteen(number, headcounts=counts)


def _offers(pupils: int, plenty: float) -> list[OfferPublished]:
    """Return the week's offers of data/county, cut to the size of this county; cooperatives differ in how poor."""
    with (DATA / "county" / "headcounts.csv").open(encoding="utf-8") as file:
        of_sample = sum(int(row["pupils"]) for row in csv.DictReader(file))
    with (DATA / "county" / "offers.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["available_from"] == b.MONDAY]
    return [_offer(row, plenty * pupils / of_sample) for row in rows]


def _offer(row: Mapping[str, str], part: float) -> OfferPublished:
    return OfferPublished(
        offer_id=row["offer_id"],
        cooperative_id=row["cooperative_id"],
        county_code=b.COUNTY,
        version=1,
        food_code=row["food_code"],
        available_from=MONDAY,
        available_until=MONDAY + timedelta(days=6),
        quantity_g=round(int(row["quantity_g"]) * part),
        price_fen_per_kg=int(row["price_fen_per_kg"]),
        minimum_lot_g=0,
        shelf_life_days=int(row["shelf_life_days"]),
        poor_share_permille=Dice("poor", row["cooperative_id"]).between(100, 900),
        published_at=START,
    )


def prices(
    planning_id: str,
    number: int,
    fen: Mapping[str, int] = USUAL,
    *,
    chosen: Mapping[str, str] | None = None,
    **other: Any,
) -> MarginalPricesPublished:
    """Return what procurement tells of a round; final where it has `chosen` drafts by canteen, be it none."""
    values: dict[str, Any] = {
        "planning_id": planning_id,
        "county_code": b.COUNTY,
        "week_start": MONDAY,
        "round": number,
        "final": chosen is not None,
        "gap_permille": 100 // number,
        "prices": tuple(
            MarginalPrice(
                food_code=code, price_fen_per_kg=price, poor_permille=300, local_permille=900, available_g=None
            )
            for code, price in fen.items()
        ),
        "chosen": tuple(DraftChosen(canteen_id=one, draft_id=draft) for one, draft in (chosen or {}).items()),
        "published_at": START,
    }
    return MarginalPricesPublished(**(values | other))


async def tell(county: SmallCounty, *events: MarginalPricesPublished) -> None:
    """Play procurement."""
    await county.world.publish(*events)
    await county.world.settle()


def drafts(county: SmallCounty, number: int) -> dict[str, DemandDrafted]:
    """Return what was drafted in a round, by canteen; each canteen once."""
    told = [one for one in county.world.told_of(DemandDrafted) if one.round == number]
    assert len({one.canteen_id for one in told}) == len(told)
    return {one.canteen_id: one for one in sorted(told, key=lambda one: one.canteen_id)}


def needed(draft: DemandDrafted) -> dict[tuple[date, str], int]:
    """Return what a draft needs by day and food."""
    return {(line.delivery_day, line.food_code): line.quantity_g for line in draft.demand}


def asked(menu: MenuPublished) -> dict[tuple[date, str], int]:
    """Return what a menu needs by day and food, the store's part included."""
    return {(line.delivery_day, line.food_code): line.gross_g for line in menu.demand}


def menus(county: SmallCounty) -> dict[str, MenuPublished]:
    """Return the menus published, by canteen; each canteen once."""
    told = county.world.told_of(MenuPublished)
    assert len({one.canteen_id for one in told}) == len(told)
    return {one.canteen_id: one for one in told}
