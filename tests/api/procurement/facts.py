"""What other services tell in these tests, with defaults: canteens, offers, menus, answers, receipts."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.events.farmers import (
    Contribution,
    CooperativeRegistered,
    LineAnswer,
    LineDispatched,
    LotHarvested,
    LotShare,
    OfferPublished,
    OrderAccepted,
    OrderDeclined,
    OrderDispatched,
    OrderPartlyAccepted,
)
from shared.events.logistics import ConsignmentLoaded, LineReceived, LotAccepted, ReceiptSigned
from shared.events.nutrition import CanteenRegistered, DayBudget, Demand, MenuAmended, MenuPublished, MenuWithdrawn
from shared.events.procurement import OrderPlaced
from shared.fields import Meal, TemperatureClass
from tests.world import World, ok

COUNTY = "520628"
MONDAY = date(2026, 11, 30)
TUESDAY = MONDAY + timedelta(days=1)
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

Needs = Mapping[tuple[str, date], int]


def a_canteen(canteen_id: str = "school-1", lat: float = 28.15, lon: float = 109.2) -> CanteenRegistered:
    """Return a canteen of Songtao."""
    return CanteenRegistered(
        canteen_id=canteen_id,
        version=1,
        name_zh="小学",
        name_en="Primary school",
        county_code=COUNTY,
        town_code="520628101",
        lat=lat,
        lon=lon,
        meals=(Meal.LUNCH,),
        pupils=300,
        registered_at=AT,
    )


def a_cooperative(cooperative_id: str = "coop-1", county: str = COUNTY, **place: float) -> CooperativeRegistered:
    """Return a cooperative near the canteen."""
    return CooperativeRegistered(
        cooperative_id=cooperative_id,
        version=1,
        name_zh="合作社",
        name_en="Cooperative",
        county_code=county,
        town_code="520628101",
        lat=place.get("lat", 28.2),
        lon=place.get("lon", 109.3),
        priority_group="resettled",
        households=20,
        poor_households=12,
        registered_at=AT,
    )


def an_offer(offer_id: str = "offer-1", cooperative_id: str = "coop-1", **more: Any) -> OfferPublished:
    """Return an offer of 100 kg of cabbage for the week."""
    fields: dict[str, Any] = {
        "county_code": COUNTY,
        "version": 1,
        "food_code": "cabbage",
        "available_from": MONDAY,
        "available_until": MONDAY + timedelta(days=6),
        "quantity_g": 100_000,
        "price_fen_per_kg": 200,
        "minimum_lot_g": 500,
        "shelf_life_days": 7,
        "poor_share_permille": 600,
        "published_at": AT,
    }
    return OfferPublished(offer_id=offer_id, cooperative_id=cooperative_id, **fields | more)


def demand(needs: Needs) -> tuple[Demand, ...]:
    """Return demand: grams by food and day."""
    return tuple(
        Demand(
            food_code=food,
            delivery_day=day,
            temperature_class=TemperatureClass.AMBIENT,
            gross_g=max(grams, 1),
            from_stock_g=0,
            quantity_g=grams,
        )
        for (food, day), grams in needs.items()
    )


def a_menu(
    needs: Needs,
    canteen_id: str = "school-1",
    menu_id: str = "menu-1",
    version: int = 1,
    budget: Mapping[date, int] | None = None,
) -> MenuPublished:
    """Return a published menu; `budget` is in fen by day."""
    return MenuPublished(
        menu_id=menu_id,
        canteen_id=canteen_id,
        county_code=COUNTY,
        week_start=MONDAY,
        version=version,
        demand=demand(needs),
        budget=tuple(DayBudget(day=day, budget_fen=fen) for day, fen in (budget or {}).items()),
        published_at=AT,
    )


def an_amendment(needs: Needs, version: int, canteen_id: str = "school-1", menu_id: str = "menu-1") -> MenuAmended:
    """Return an amended menu."""
    return MenuAmended(
        menu_id=menu_id,
        canteen_id=canteen_id,
        county_code=COUNTY,
        week_start=MONDAY,
        version=version,
        reason="fewer pupils",
        demand=demand(needs),
        amended_at=AT + timedelta(hours=version),
    )


def a_withdrawal(version: int, from_day: date = MONDAY, canteen_id: str = "school-1") -> MenuWithdrawn:
    """Return a withdrawn menu."""
    return MenuWithdrawn(
        menu_id="menu-1",
        canteen_id=canteen_id,
        county_code=COUNTY,
        week_start=MONDAY,
        version=version,
        from_day=from_day,
        reason="snow",
        withdrawn_at=AT + timedelta(hours=version),
    )


def _who(order: OrderPlaced) -> dict[str, str]:
    return {"order_id": order.order_id, "canteen_id": order.canteen_id, "cooperative_id": order.cooperative_id}


def accepted(order: OrderPlaced) -> OrderAccepted:
    """Return the answer that takes the whole order."""
    lines = tuple(LineAnswer(line_id=line.line_id, confirmed_g=line.ordered_g) for line in order.lines)
    return OrderAccepted(**_who(order), order_version=order.version, lines=lines, answered_at=AT)


def partly(order: OrderPlaced, *grams: int) -> OrderPartlyAccepted:
    """Return the answer that takes these grams of the order's lines."""
    pairs = zip(order.lines, grams, strict=True)
    lines = tuple(LineAnswer(line_id=line.line_id, confirmed_g=confirmed) for line, confirmed in pairs)
    return OrderPartlyAccepted(**_who(order), order_version=order.version, lines=lines, reason="hail", answered_at=AT)


def declined(order: OrderPlaced) -> OrderDeclined:
    """Return the answer that takes nothing."""
    return OrderDeclined(**_who(order), order_version=order.version, reason="sold", by_silence=False, answered_at=AT)


def dispatched(order: OrderPlaced, *grams: int, lot_id: str = "lot-1", reason: str | None = None) -> OrderDispatched:
    """Return the dispatch of these grams of the order's lines, by default all that was ordered; why it is less."""
    packed = grams or tuple(line.ordered_g for line in order.lines)
    lines = tuple(
        LineDispatched(
            line_id=line.line_id,
            dispatched_g=of_line,
            reason=reason,
            lots=(LotShare(lot_id=lot_id, quantity_g=of_line),) if of_line else (),
        )
        for line, of_line in zip(order.lines, packed, strict=True)
    )
    return OrderDispatched(**_who(order), lines=lines, dispatched_at=AT)


def loaded(order: OrderPlaced) -> ConsignmentLoaded:
    """Return the loading of an order."""
    return ConsignmentLoaded(**_who(order), trip_id="trip-1", loaded_g=1, loaded_at=AT)


def a_lot(lot_id: str = "lot-1", grams: int = 100_000, **households: int) -> LotHarvested:
    """Return a lot; `households` brought grams to it (names starting with `poor` are poor)."""
    return LotHarvested(
        lot_id=lot_id,
        cooperative_id="coop-1",
        food_code="cabbage",
        harvest_day=MONDAY,
        quantity_g=grams,
        certificate_no="C1",
        contributions=tuple(
            Contribution(household_id=name, poor=name.startswith("poor"), quantity_g=brought)
            for name, brought in households.items()
        ),
        harvested_at=AT,
    )


def a_receipt(order: OrderPlaced, *accepted_g: int, version: int = 1, lot_id: str = "lot-1") -> ReceiptSigned:
    """Return a receipt that accepts these grams of the order's lines; what was ordered was received."""
    lines = tuple(
        LineReceived(
            line_id=line.line_id,
            food_code=line.food_code,
            received_g=line.ordered_g,
            accepted_g=grams,
            lots=(LotAccepted(lot_id=lot_id, accepted_g=grams),) if grams else (),
        )
        for line, grams in zip(order.lines, accepted_g, strict=True)
    )
    return ReceiptSigned(
        **_who(order),
        receipt_id=f"receipt-{order.order_id[:8]}",
        version=version,
        delivery_day=order.delivery_day,
        signers=("a", "b"),
        lines=lines,
        signed_at=AT,
    )


async def run(world: World, county: str = COUNTY) -> dict[str, Any]:
    """Carry out a sourcing run and return what it says of itself."""
    body = {"county_code": county, "week_start": str(MONDAY)}
    queued = await ok(await world.client("procurement").post("/sourcing-runs", json=body))
    await world.settle()
    done: dict[str, Any] = await ok(await world.client("procurement").get(f"/sourcing-runs/{queued['run_id']}"))
    return done


async def lines_of(world: World, canteen_id: str = "school-1") -> dict[str, dict[str, Any]]:
    """Return a canteen's demand lines by food, checked for conservation."""
    answer = await ok(await world.client("procurement").get("/demand", params={"canteen_id": canteen_id}))
    for line in answer["items"]:
        came_from = line["allocated_g"] + line["unmet_g"] + line["open_g"]
        assert line["quantity_g"] + line["surplus_g"] == came_from, line
    return {line["food_code"]: line for line in answer["items"]}


async def order(world: World, placed: OrderPlaced) -> dict[str, Any]:
    """Return an order as its route shows it."""
    shown: dict[str, Any] = await ok(await world.client("procurement").get(f"/orders/{placed.order_id}"))
    return shown


async def no_dead_letters(world: World) -> None:
    """Assert that nothing was dead-lettered."""
    from sqlalchemy import text

    async with world.services["procurement"].begin(read_only=True) as uow:
        letters = (await uow.session.execute(text("SELECT error FROM dead_letter"))).all()
        assert letters == []
