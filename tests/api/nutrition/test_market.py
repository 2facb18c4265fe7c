"""The market as nutrition sees it: copies of offers, and what a food costs a county in a week."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.events import Event
from shared.events.farmers import OfferPublished, OfferWithdrawn
from shared.events.procurement import MarginalPrice, MarginalPricesPublished
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.procurement.facts import a_cooperative, an_offer
from tests.conftest import WorldOf
from tests.world import ok, refused

MONDAY = date.fromisoformat(b.MONDAY)
AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
WEEK = {"county_code": b.COUNTY, "week_start": b.MONDAY}


async def quotes(school: School, **other: Any) -> dict[str, dict[str, Any]]:
    """Return the week's quotes by food."""
    page = await ok(await school.http.get("/market/quotes", params={**WEEK, **other}))
    return {quote["food_code"]: quote for quote in page["items"]}


async def tell(school: School, *events: Event) -> None:
    """Play farmers."""
    await school.world.publish(*events)
    await school.world.settle()


async def test_an_offer_goes_before_the_reference_price(world_of: WorldOf) -> None:
    """The county's offer of the week sets the price and says whom it reaches; other food is the market supplier's."""
    school = await School(await world_of("nutrition")).set_up()
    before = await quotes(school)
    assert {quote["source"] for quote in before.values()} == {"reference"}
    await tell(school, a_cooperative(), an_offer())
    after = await quotes(school)
    assert after.pop("cabbage") == {
        "food_code": "cabbage",
        "price_fen_per_kg": 200,
        "source": "offer",
        "local_permille": 1000,
        "poor_permille": 600,
        "available_g": 100_000,
    }
    assert after == {code: quote for code, quote in before.items() if code != "cabbage"}
    assert before["rice"] == {
        "food_code": "rice",
        "price_fen_per_kg": 400,
        "source": "reference",
        "local_permille": 0,
        "poor_permille": 0,
        "available_g": None,
    }


async def test_food_without_a_price_has_no_quote(world_of: WorldOf) -> None:
    """What nobody has a price for is not quoted at nothing."""
    school = await School(await world_of("nutrition")).set_up()
    await school.put("/foods", b.a_food("yam", reference_price_fen_per_kg=None))
    assert "yam" not in await quotes(school)
    await tell(school, an_offer(food_code="yam"))
    assert (await quotes(school))["yam"]["source"] == "offer"


@pytest.mark.parametrize(
    "other",
    [
        {"county_code": "520602"},
        {"available_from": MONDAY + timedelta(days=7), "available_until": MONDAY + timedelta(days=9)},
        {"available_from": MONDAY - timedelta(days=7), "available_until": MONDAY - timedelta(days=1)},
        {"quantity_g": 0},
    ],
    ids=["another county", "a later week", "an earlier week", "nothing"],
)
async def test_offers_that_do_not_count(world_of: WorldOf, other: dict[str, Any]) -> None:
    """What is not offered in this county and week leaves the reference price."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, an_offer(**other))
    assert (await quotes(school))["cabbage"]["source"] == "reference"


async def test_what_menus_ask_for_is_no_longer_there(world_of: WorldOf) -> None:
    """A published menu's demand takes the cheap grams; a withdrawn one gives them back."""
    school = await School(await world_of("nutrition")).set_up()
    cheap = an_offer("off-1", quantity_g=40_000, price_fen_per_kg=100)
    await tell(school, cheap, an_offer("off-2", quantity_g=30_000, price_fen_per_kg=300))
    assert (await quotes(school))["cabbage"]["price_fen_per_kg"] == 100
    menu = await school.publish()
    lines = await school.demand(menu["menu_id"])
    assert sum(line["quantity_g"] for (_, food), line in lines.items() if food == "cabbage") == 50_000
    quote = (await quotes(school))["cabbage"]
    assert (quote["price_fen_per_kg"], quote["available_g"]) == (300, 20_000)
    await ok(await school.http.post(f"/menus/{menu['menu_id']}/withdraw", json={"reason": "flood"}))
    assert (await quotes(school))["cabbage"]["available_g"] == 70_000


async def test_a_cooperative_of_another_county_is_not_local(world_of: WorldOf) -> None:
    """Local is who belongs to the county; a cooperative nobody has told of is taken for where it offers."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, an_offer())
    assert (await quotes(school))["cabbage"]["local_permille"] == 1000
    await tell(school, a_cooperative(county="520602"))
    assert (await quotes(school))["cabbage"]["local_permille"] == 0


def offer_events() -> list[OfferPublished | OfferWithdrawn]:
    """Return an offer's life: published, dearer, withdrawn, published again."""
    withdrawn = OfferWithdrawn(offer_id="offer-1", cooperative_id="coop-1", version=3, withdrawn_at=AT)
    return [an_offer(), an_offer(version=2, price_fen_per_kg=250), withdrawn, an_offer(version=4, price_fen_per_kg=275)]


async def test_the_highest_version_wins_in_any_order(world_of: WorldOf) -> None:
    """Whatever the order, and told twice, an offer is what its highest version says."""
    school = await School(await world_of("nutrition")).set_up()
    life = offer_events()
    dice = random.Random(7)
    for number, order in enumerate(permutations(range(4))):
        upto = dice.choice([2, 3, 4])
        events = [life[place] for place in order if place < upto] * 2
        renamed = [event.model_copy(update={"offer_id": f"offer-{number}"}) for event in events]
        await tell(school, *renamed)
        page = await ok(await school.http.get("/market/offers", params=WEEK | {"limit": 1000}))
        present = {row["offer_id"]: row["price_fen_per_kg"] for row in page["items"]}
        assert present.get(f"offer-{number}") == {2: 250, 3: None, 4: 275}[upto], order


async def test_offers_are_listed_with_their_cooperative(world_of: WorldOf) -> None:
    """An offer of a fortnight shows what of it falls to the week, and who offers it once that is known."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, an_offer(available_until=MONDAY + timedelta(days=13)))
    (offer,) = (await ok(await school.http.get("/market/offers", params=WEEK)))["items"]
    assert (offer["quantity_g"], offer["this_week_g"], offer["cooperative_name_en"]) == (100_000, 50_000, None)
    await tell(school, a_cooperative())
    (offer,) = (await ok(await school.http.get("/market/offers", params=WEEK)))["items"]
    assert offer["cooperative_name_en"] == "Cooperative"


async def test_pages(world_of: WorldOf) -> None:
    """Quotes and offers come in pages, each once and in order."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, *(an_offer(f"offer-{number}") for number in range(5)))
    for route, key, expected in (
        ("quotes", "food_code", ["cabbage", "green_beans", "pork", "rice", "salt"]),
        ("offers", "offer_id", [f"offer-{number}" for number in range(5)]),
    ):
        found, after = [], None
        while True:
            params = WEEK | {"limit": 2} | ({"after": after} if after else {})
            page = await ok(await school.http.get(f"/market/{route}", params=params))
            found += [item[key] for item in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert found == expected


@pytest.mark.parametrize("route", ["quotes", "offers"])
async def test_a_week_starts_on_monday(world_of: WorldOf, route: str) -> None:
    """A week is named by its Monday."""
    school = await School(await world_of("nutrition")).set_up()
    answer = await school.http.get(f"/market/{route}", params=WEEK | {"week_start": "2026-12-01"})
    assert refused(answer, 422, "week-starts-monday")["field"] == "week_start"


def prices(number: int = 1, *, planning: str = "plan-1", final: bool = True, **fen: int) -> MarginalPricesPublished:
    """Return what procurement tells of a round: fen per kg by food; 20 % reach the poor, 50 kg are there."""
    return MarginalPricesPublished(
        planning_id=planning,
        county_code=b.COUNTY,
        week_start=MONDAY,
        round=number,
        final=final,
        gap_permille=10,
        prices=tuple(
            MarginalPrice(food_code=food, price_fen_per_kg=price, poor_permille=200, local_permille=900, available_g=50)
            for food, price in fen.items()
        ),
        chosen=(),
        published_at=AT + timedelta(minutes=number),
    )


async def test_final_marginal_prices_go_before_offers(world_of: WorldOf) -> None:
    """What procurement settled for the week counts, whoever asked; proposals of earlier rounds do not."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, an_offer(), prices(1, final=False, cabbage=333))
    assert (await quotes(school))["cabbage"]["source"] == "offer"
    await tell(school, prices(3, cabbage=300), prices(2, planning="plan-0", cabbage=222))
    found = await quotes(school)
    assert found["cabbage"] == {
        "food_code": "cabbage",
        "price_fen_per_kg": 300,
        "source": "marginal",
        "local_permille": 900,
        "poor_permille": 200,
        "available_g": 50,
    }
    assert found["rice"]["source"] == "reference"
    assert (await quotes(school, week_start="2026-12-07"))["cabbage"]["source"] == "reference"


async def test_nonsense_prices_are_passed_over(world_of: WorldOf) -> None:
    """Zero, absurd and unknown: such a food costs what offers or the market say."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, an_offer(), prices(1, cabbage=0, pork=9_999_999, unicorn=300, rice=390))
    found = await quotes(school)
    sources = {code: found[code]["source"] for code in ("cabbage", "pork", "rice")}
    assert sources == {"cabbage": "offer", "pork": "reference", "rice": "marginal"}
    assert "unicorn" not in found
