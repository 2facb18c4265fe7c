"""Contracts farmers told of: what a week's food costs, what is planned on, and in which order events may come."""

import random
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from shared.events.farmers import ContractChanged, ContractDelivery
from tests import builders as b
from tests.api.nutrition.planning_school import Planning, dishes_of
from tests.api.nutrition.school import School
from tests.api.nutrition.test_market import AT, MONDAY, WEEK, prices, quotes, tell
from tests.api.procurement.facts import a_cooperative, an_offer
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NEXT = "2026-12-07"


def a_contract(contract_id: str = "contract-1", **other: Any) -> ContractChanged:
    """60 kg of cabbage in the sample week and 40 kg in the one after it, at ¥1.80."""
    fields: dict[str, Any] = {
        "cooperative_id": "coop-1",
        "county_code": b.COUNTY,
        "version": 1,
        "open": True,
        "food_code": "cabbage",
        "season_from": MONDAY,
        "season_until": MONDAY + timedelta(days=27),
        "quantity_g": 100_000,
        "remaining_g": 100_000,
        "promised_g": 0,
        "deliveries": (
            ContractDelivery(week_start=MONDAY, quantity_g=60_000),
            ContractDelivery(week_start=date.fromisoformat(NEXT), quantity_g=40_000),
        ),
        "price_fen_per_kg": 180,
        "floor_at_market_mean": False,
        "poor_share_permille": 700,
        "changed_at": AT,
    }
    return ContractChanged(contract_id=contract_id, **fields | other)


async def contracts(school: School, week: str = b.MONDAY) -> list[dict[str, Any]]:
    """What contracts deliver in a week."""
    page = await ok(await school.http.get("/market/contracts", params=WEEK | {"week_start": week, "limit": 1000}))
    items: list[dict[str, Any]] = page["items"]
    return items


async def test_a_contract_sets_the_price_of_the_weeks_it_delivers_in(world_of: WorldOf) -> None:
    """It goes before the reference price and says whom it reaches; in a week without a delivery it does not count."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, a_cooperative(), a_contract())
    assert (await quotes(school))["cabbage"] == {
        "food_code": "cabbage",
        "price_fen_per_kg": 180,
        "source": "contract",
        "local_permille": 1000,
        "poor_permille": 700,
        "available_g": 60_000,
    }
    assert (await quotes(school, week_start=NEXT))["cabbage"]["available_g"] == 40_000
    assert (await quotes(school, week_start="2026-12-14"))["cabbage"]["source"] == "reference"
    assert (await quotes(school, county_code="520602"))["cabbage"]["source"] == "reference"
    await tell(school, a_cooperative(county="520602").model_copy(update={"version": 2}))
    assert (await quotes(school))["cabbage"]["local_permille"] == 0


async def test_marginal_price_then_the_cheaper_of_offer_and_contract_then_reference(world_of: WorldOf) -> None:
    """Each goes before what comes after it in the chain; a closed contract leaves the rest."""
    school = await School(await world_of("nutrition")).set_up()
    seen = []
    for event in (
        a_contract(),
        an_offer(price_fen_per_kg=200),
        an_offer(price_fen_per_kg=150, version=2),
        a_contract(version=2, price_fen_per_kg=120),
        prices(1, cabbage=300),
    ):
        await tell(school, event)
        quote = (await quotes(school))["cabbage"]
        seen.append((quote["source"], quote["price_fen_per_kg"]))
    assert seen == [("contract", 180), ("contract", 180), ("offer", 150), ("contract", 120), ("marginal", 300)]
    await tell(school, a_contract(version=3, open=False))
    assert await contracts(school) == []


async def test_an_offer_under_a_contract_counts_once(world_of: WorldOf) -> None:
    """What is on offer of a week's delivery is not still to come; the grams of both sum to the delivery."""
    school = await School(await world_of("nutrition")).set_up()
    offer = an_offer(quantity_g=25_000, price_fen_per_kg=180, contract_id="contract-1")
    await tell(school, a_cooperative(), a_contract(remaining_g=75_000), offer)
    assert (await quotes(school))["cabbage"]["available_g"] == 60_000
    (due,) = await contracts(school)
    assert due == {
        "contract_id": "contract-1",
        "cooperative_id": "coop-1",
        "cooperative_name_zh": "合作社",
        "cooperative_name_en": "Cooperative",
        "food_code": "cabbage",
        "delivers_g": 60_000,
        "offered_g": 25_000,
        "to_come_g": 35_000,
        "price_fen_per_kg": 180,
        "poor_permille": 700,
    }
    await tell(school, a_contract(version=2, remaining_g=10_000))
    assert (await quotes(school))["cabbage"]["available_g"] == 35_000


async def test_a_rule_follows_the_reference_price_known_here(world_of: WorldOf) -> None:
    """5 % below ¥4.00 is ¥3.80; a food without a reference price has no such contract's price, and no quote."""
    school = await School(await world_of("nutrition")).set_up()
    rule: dict[str, Any] = {"price_fen_per_kg": None, "difference_permille": -50}
    await school.put("/foods", b.a_food("yam", reference_price_fen_per_kg=None))
    await tell(school, a_contract(**rule), a_contract("contract-2", food_code="yam", **rule))
    found = await quotes(school)
    assert (found["cabbage"]["price_fen_per_kg"], found["cabbage"]["source"]) == (380, "contract")
    assert "yam" not in found
    assert [due["price_fen_per_kg"] for due in await contracts(school)] == [380, None]
    await tell(school, a_contract(version=2, floor_at_market_mean=True, **rule))
    assert (await quotes(school))["cabbage"]["price_fen_per_kg"] == 400


async def test_the_highest_version_of_a_contract_wins_in_any_order(world_of: WorldOf) -> None:
    """Whatever the order, and told twice, a contract is what its highest version says."""
    school = await School(await world_of("nutrition")).set_up()
    life = [a_contract(), a_contract(version=2, price_fen_per_kg=170), a_contract(version=3, open=False)]
    dice = random.Random(7)
    for number, order in enumerate(permutations(range(3))):
        upto = dice.choice([2, 3])
        name = f"contract-{number}"
        events = [life[place] for place in order if place < upto] * 2
        await tell(school, *(event.model_copy(update={"contract_id": name}) for event in events))
        present = {due["contract_id"]: due["price_fen_per_kg"] for due in await contracts(school)}
        assert present.get(name) == {2: 170, 3: None}[upto], order


async def test_contracts_come_in_pages(world_of: WorldOf) -> None:
    """Each contract once, in order; a week is named by its Monday."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, *(a_contract(f"contract-{number}") for number in range(3)))
    first = await ok(await school.http.get("/market/contracts", params=WEEK | {"limit": 2}))
    rest = await ok(await school.http.get("/market/contracts", params=WEEK | {"limit": 2, "after": first["next"]}))
    found = [due["contract_id"] for due in first["items"] + rest["items"]]
    assert (found, rest["next"]) == ([f"contract-{number}" for number in range(3)], None)
    answer = await school.http.get("/market/contracts", params=WEEK | {"week_start": "2026-12-01"})
    assert refused(answer, 422, "week-starts-monday")["field"] == "week_start"


async def test_an_analysis_says_what_a_contract_pays_for(world_of: WorldOf) -> None:
    """A composed week shows how many foods are priced by contracts, and the share that stays in the county."""
    school = await School(await world_of("nutrition")).set_up()
    await tell(school, a_cooperative(), a_contract())
    meal = {"day": b.WEEK[0], "meal": "lunch", "dish_codes": ["d01"]}
    body = {"canteen_id": "sch-1", "week_start": b.MONDAY, "days": [meal]}
    found = await ok(await school.http.post("/menu-analyses", json=body))
    assert found["priced_by"] == {"contract": 1, "reference": 3}
    assert 0 < found["poor_permille"] < found["local_permille"] < 1000


@pytest.fixture
async def world(world_of: WorldOf) -> World:
    """Nutrition and farmers."""
    return await world_of("nutrition", "farmers")


async def test_a_contract_signed_at_the_farmers_changes_the_next_plan(world: World) -> None:
    """A main nobody harvests in winter cannot be planned; contracted for the week it can, and the plan says by what."""
    school = await Planning(world).set_up()
    summer = {"season_from_month": 6, "season_to_month": 8}
    await school.put("/foods", b.a_food("cabbage", food_group="vegetable", **summer))
    before = await school.plan()
    assert before["answer"]["left_out"]["m-cabbage"] == "not_to_be_had"
    farmers = world.client("farmers")
    await ok(await farmers.put("/cooperatives", json={"rows": [b.a_cooperative("a")]}))
    signed = {
        "cooperative_id": "coop-a",
        "food_code": "cabbage",
        "season_from": b.WEEK[0],
        "season_until": b.WEEK[-1],
        "quantity_g": 50_000,
        "grade": "first",
        "price": {"kind": "reference", "difference_permille": -500},
        "deliveries": [{"week_start": b.MONDAY, "quantity_g": 50_000}],
    }
    contract = await ok(await farmers.post("/contracts", json=signed))
    await world.settle()
    plan = await school.plan()
    assert plan["inputs"]["quotes"]["cabbage"] == [200, "contract", 1000, 0, 50_000]
    assert "m-cabbage" not in plan["answer"]["left_out"]
    assert "m-cabbage" in dishes_of(plan).values()
    await ok(await farmers.post(f"/contracts/{contract['contract_id']}/cancel", json={"reason": "landslide"}))
    await world.settle()
    assert (await school.plan())["answer"]["left_out"]["m-cabbage"] == "not_to_be_had"
