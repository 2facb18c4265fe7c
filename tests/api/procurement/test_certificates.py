"""Offers that wait for a certificate: nothing is ordered from them, and a run says why and what would change it."""

from typing import Any

from shared.events.farmers import OfferHeld, OfferWithdrawn
from tests.api.procurement import facts
from tests.api.procurement.facts import AT, COUNTY, MONDAY
from tests.conftest import WorldOf
from tests.world import World, ok, refused

NEEDS = {("cabbage", MONDAY): 30_000, ("pork", MONDAY): 5_000}


def held(offer_id: str = "offer-2", **more: Any) -> OfferHeld:
    """Return an offer of 20 kg of pork for Monday that lacks two certificates."""
    fields: dict[str, Any] = {
        "cooperative_id": "coop-2",
        "county_code": COUNTY,
        "version": 1,
        "food_code": "pork",
        "available_from": MONDAY,
        "available_until": MONDAY,
        "quantity_g": 20_000,
        "price_fen_per_kg": 2_000,
        "minimum_lot_g": 1_000,
        "lacks": ("business_licence", "quarantine"),
        "held_at": AT,
    }
    return OfferHeld(offer_id=offer_id, **fields | more)


async def sourced(world: World, *events: Any) -> str:
    """Return the run of a week for which these were told besides an offer of cabbage."""
    await world.publish(facts.a_canteen(), facts.a_cooperative(), facts.a_cooperative("coop-2"))
    await world.publish(facts.an_offer(), *events, facts.a_menu(NEEDS))
    await world.settle()
    return str((await facts.run(world))["run_id"])


async def test_who_lacks_a_certificate_is_told_which(world_of: WorldOf) -> None:
    """The cooperative hears what it lacks, the school that there would be food; nothing is ordered from it."""
    world = await world_of("procurement")
    run_id = await sourced(world, held())
    client = world.client("procurement")
    told = await ok(await client.get(f"/sourcing-runs/{run_id}/offers/offer-2"))
    assert (told["reason"], told["planned_g"], told["ordered_g"], told["left_g"]) == ("certificate", 0, 0, 20_000)
    assert (told["lines"], told["demand_g"], told["price_cut_fen_per_kg"]) == (1, 5_000, None)
    assert told["lacks"] == ["business_licence", "quarantine"]
    assert "lacks a valid business licence and quarantine certificate" in told["text_en"]
    assert "营业执照、动物检疫合格证明" in told["text_zh"]
    lines = (await ok(await client.get(f"/sourcing-runs/{run_id}/lines")))["items"]
    said = {line["food_code"]: (line["reason"], line["held_offers"]) for line in lines}
    assert said == {"cabbage": ("cheapest", 0), "pork": ("unmet", 1)}
    (pork,) = [line for line in lines if line["food_code"] == "pork"]
    assert "1 more would be there if their cooperatives had the certificates" in pork["text_en"]
    assert "另有 1 个报价" in pork["text_zh"]


async def test_with_its_certificate_an_offer_is_like_any_other(world_of: WorldOf) -> None:
    """Told in a higher version it is ordered from, or gone; what was heard late of an older version changes nothing."""
    world = await world_of("procurement")
    there = facts.an_offer("offer-2", "coop-2", food_code="pork", version=2)
    gone = OfferWithdrawn(offer_id="offer-3", cooperative_id="coop-2", version=2, withdrawn_at=AT)
    run_id = await sourced(world, there, held(), held("offer-3"), gone)
    client = world.client("procurement")
    assert (await ok(await client.get(f"/sourcing-runs/{run_id}/offers/offer-2")))["ordered_g"] == 5_000
    refused(await client.get(f"/sourcing-runs/{run_id}/offers/offer-3"), 404, "unknown-offer-in-this-run")


async def test_an_offer_held_back_after_it_was_published_says_so(world_of: WorldOf) -> None:
    """It is withdrawn and held in one version; nothing of another day, food or county is looked at."""
    world = await world_of("procurement")
    known = facts.an_offer("offer-2", "coop-2", food_code="pork")
    away = OfferWithdrawn(offer_id="offer-2", cooperative_id="coop-2", version=2, withdrawn_at=AT)
    others = [held("other-food", food_code="tofu"), held("other-county", county_code="520627")]
    late = held("late", available_from=facts.MONDAY.replace(day=4, month=12), available_until=MONDAY.replace(2027))
    run_id = await sourced(world, known, away, held(version=2), *others, late)
    items = (await ok(await world.client("procurement").get(f"/sourcing-runs/{run_id}/offers")))["items"]
    assert {each["offer_id"]: each["reason"] for each in items} == {"offer-1": "served", "offer-2": "certificate"}
