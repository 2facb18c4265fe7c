"""The second wall: on PostgreSQL a query that forgets its WHERE shows and changes one's own rows only (decision 52)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import Table, func, select, text, update
from sqlalchemy.exc import DBAPIError

from services.farmers.main import definition as farmers
from services.farmers.offers.models import Offer
from services.farmers.tables import table_of
from shared.auth.access import PROVINCE, Access, rule
from shared.auth.principal import Principal, Role
from shared.auth.scope import Scope, scope_of
from shared.database import open_database
from shared.messaging.embedded import EmbeddedBus
from shared.routing import UoW, service_router
from shared.service import Service
from shared.settings import Settings
from shared.unit_of_work import UnitOfWork
from tests.api.farmers.builders import COOP, OTHER, offer, put
from tests.api.farmers.money import paid, payout, settled
from tests.api.farmers.test_access import a_village
from tests.api.farmers.test_certificates import certificate
from tests.api.farmers.test_contracts import sign
from tests.api.logistics.test_access import a_delivery
from tests.api.logistics.test_changing_vehicles import a_warm_load_taken_over
from tests.api.nutrition.school import School
from tests.api.nutrition.test_access import a_county as a_kitchens_county
from tests.api.procurement import test_access as procurement
from tests.api.procurement import test_disputes as disputes
from tests.api.procurement.facts import COUNTY
from tests.conftest import SERVICES, WorldOf
from tests.people import administrator, canteen, clerk, dispatcher, driver, nutritionist, official
from tests.world import World, ok, refused
from tools.servers.service import secret_keys

TRANSPORT = dict.fromkeys(
    ("alembic_version", "inbox", "outbox", "parked_event", "dead_letter", "idempotency_key", "backup"),
    "what every service has to work: it is no tenant's, and nobody is shown it",
)
WITHOUT: dict[str, dict[str, str]] = {
    "farmers": {
        **dict.fromkeys(("crop", "certificate_requirement", "reference_price"), "facts of the whole province"),
        **dict.fromkeys(
            ("demand_line", "demand_week", "supply_county", "supply_week", "wanted_line", "wanted_publication"),
            "sums of a county's foods, of which every cooperative is told",
        ),
        "supply_change": "which of those sums are to be counted anew; no quantity, and gone in a moment",
        "stored_file": "media type, size and digest; whose a file is say the certificates and applications naming it",
        **dict.fromkeys(("erased_number", "erasure_key"), "an index under a key of its own, linked to no household"),
    },
    "procurement": {
        **dict.fromkeys(
            (
                *("food", "reference_price", "ordering_rule", "settlement_terms", "sourcing_rules"),
                "funding_share",
            ),
            "facts and rules everybody may read; who may write them is the rule's to say",
        ),
        **dict.fromkeys(
            ("offer", "held_offer"),
            "one market: sourcing weighs all offers for whoever needs anything, and takes of them and gives back",
        ),
        "trip": "which orders a vehicle carries, by id; the orders have a policy",
        "exclusion": "which offer a line is not to be sourced from again, by id",
        **dict.fromkeys(
            ("changed_day", "changed_month", "reached_month", "unsettled_week"),
            "what of a county's sums is to be counted anew, and how many households a month reached",
        ),
    },
    "nutrition": {
        **dict.fromkeys(
            (
                *("food", "food_version", "food_allergen", "funding_class", "funding_amount", "recalled_lot"),
                "meal_pattern",
            ),
            "facts everybody may read; who may write them is the rule's to say",
        ),
        **dict.fromkeys(
            ("demand_forecast", "forecast_county", "dish_feedback", "told_feedback"),
            "sums of a county, to which each kitchen's menus and votes add",
        ),
        "planning_run": "how far a run is; the plans it makes have a policy",
    },
    "logistics": {
        **dict.fromkeys(
            ("temperature_limit", "tracking_rule", "weight_tolerance", "driving_rule"),
            "facts everybody may read; who may write them is the rule's to say",
        ),
        "photo": "media type, size and digest; whose a photo is says the receipt naming it",
        **dict.fromkeys(("captured_event", "cancelled_order"), "which events were heard, by id"),
    },
}


async def policies(service: Service) -> dict[str, bool]:
    """Return a database's tables, and whether policies hold for each, its owner included."""
    found = text(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
        " (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*')"
        " FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
    )
    async with service.begin(read_only=True) as uow:
        return {row[0]: row[1] for row in await uow.session.execute(found)}


@pytest.mark.parametrize("name", SERVICES)
async def test_every_table_has_a_policy_or_a_reason(world_of: WorldOf, name: str) -> None:
    """Whoever adds a table says whose its rows are, or why they are nobody's."""
    found = await policies((await world_of(name)).services[name])
    assert {table for table, protected in found.items() if not protected} == (TRANSPORT | WITHOUT[name]).keys()


async def a_cooperative_with_everything(world_of: WorldOf) -> World:
    """A county in which one cooperative has things of all kinds, and another has none."""
    world = await a_village(world_of)
    await sign(world)
    await put(world, "/certificates", certificate())
    settlement = settled("set-1", 1_000, hh_1=(10_000, 2_000))
    await world.publish(settlement, paid("pay-1", settlement))
    await world.settle()
    await ok(await world.client("farmers").post("/payouts", json=payout()))
    return world


async def a_county_with_everything(world_of: WorldOf) -> World:
    """A county in which a school and a cooperative have a run, an order, money and a dispute."""
    world, _, _ = await disputes.a_dispute(world_of)
    return world


def tables_of(service: str) -> list[Table]:
    """Return the tables of a service that have policies."""
    metadata = import_module(f"services.{service}.main").definition.metadata
    return [each for each in metadata.sorted_tables if each.name not in TRANSPORT | WITHOUT[service]]


async def counts(service: Service, who: Principal | None) -> dict[str, int]:
    """Return how many rows somebody sees of each table that has any; None: the system."""
    scope = None if who is None else scope_of(who, who.bounds(set(Role)))
    found = {}
    async with service.begin(read_only=True, scope=scope) as uow:
        for table in tables_of(service.name):
            found[table.name] = await uow.session.scalar(select(func.count()).select_from(table))
    return {table: count for table, count in found.items() if count}


async def _rows(uow: UnitOfWork, statement: str) -> int:
    try:
        return int((await uow.session.execute(text(statement))).rowcount)
    except DBAPIError as error:  # what is append-only says so by itself, before it looks at rows
        if "append-only" not in str(error.orig):
            raise
        return 0


async def changed(service: Service, who: Principal) -> dict[str, int]:
    """Return how many rows of each table somebody's UPDATE and DELETE without a WHERE would change."""
    found: dict[str, int] = {}
    for table in tables_of(service.name):
        column = next(iter(table.columns)).name
        for statement in (f"UPDATE {table.name} SET {column} = {column}", f"DELETE FROM {table.name}"):
            with suppress(Undone):
                async with service.begin(scope=scope_of(who, who.bounds(set(Role)))) as uow:
                    found[table.name] = found.get(table.name, 0) + await _rows(uow, statement)
                    raise Undone
    return {table: count for table, count in found.items() if count}


class Undone(Exception):
    """Ends a unit of work that only tried something."""


SEEN_BY_ALL = {
    "farmers": {"cooperative", "membership"},
    "procurement": {"canteen", "cooperative", "sourcing_run", "market_supplier"},
    "nutrition": {
        *("canteen", "canteen_group", "canteen_group_member", "menu_template", "holiday", "food_override"),
        *("dish", "dish_version", "dish_ingredient", "dish_term", "offer", "contract", "cooperative"),
    },
    "logistics": {"place", "lot", "lot_parent", "recall"},
}
"""Tables whose rows are read by all and changed by their own: directories, recipes, what is on offer."""


async def a_kitchen_with_everything(world_of: WorldOf) -> World:
    """A county in which one kitchen has things of all kinds."""
    school = School(await world_of("nutrition"))
    await a_kitchens_county(school)
    return school.world


async def a_road_with_everything(world_of: WorldOf) -> World:
    """A county in which an order came by a trip, was signed for, cooked and recalled."""
    world = await world_of("logistics")
    await a_delivery(world)
    # What a driver carries is nobody's until it is mounted.
    mounted = {"device_id": "dev-1", "vehicle_id": "veh-1"}
    await ok(await world.client("logistics").put("/devices", json={"rows": [mounted]}))
    return world


EVERYTHING: dict[str, tuple[Callable[[WorldOf], Awaitable[World]], list[Principal]]] = {
    "farmers": (a_cooperative_with_everything, [clerk("coop-9"), canteen("canteen-2"), official("520600")]),
    "procurement": (a_county_with_everything, [clerk("coop-9"), canteen("school-2"), administrator("520602")]),
    "nutrition": (a_kitchen_with_everything, [canteen("sch-7"), nutritionist("520602"), clerk("coop-1")]),
    "logistics": (a_road_with_everything, [canteen("sch-2"), clerk("coop-2"), driver("drv-2"), dispatcher("520602")]),
}
"""How a service's tables are filled, and who has nothing of it."""


@pytest.mark.parametrize("name", EVERYTHING)
async def test_a_stranger_sees_and_changes_nothing(world_of: WorldOf, name: str) -> None:
    """Without any WHERE, nothing of another's is read, changed or deleted, in any table."""
    fill, strangers = EVERYTHING[name]
    service = (await fill(world_of)).services[name]
    there = await counts(service, None)
    assert len(there) > 15, there
    for stranger in strangers:
        seen = await counts(service, stranger)
        assert seen.keys() <= SEEN_BY_ALL[name], seen
        assert await changed(service, stranger) == {}
    assert await counts(service, None) == there


async def test_ones_own_is_seen_whole(world_of: WorldOf) -> None:
    """The cooperative and its county see what is there, but for the trail, which is read by auditors."""
    world = await a_cooperative_with_everything(world_of)
    service = world.services["farmers"]
    there = await counts(service, None)
    unread = {"audit_act", "audit_change", "audit_waiting", "audit_link"}
    for who in (official("520628"), nutritionist("520628")):
        seen = await counts(service, who)
        assert {table for table in there if seen.get(table) != there[table]} <= unread
    seen = await counts(service, clerk(COOP))
    of_others = {"household", "household_person"}  # one is the other cooperative's
    assert {table for table in there if seen.get(table) != there[table]} <= unread | of_others


async def test_a_school_reads_every_trip_of_its_food(world_of: WorldOf) -> None:
    """A school whose load changed vehicles reads that the cold chain broke before, another reads nothing of it."""
    world = await world_of("logistics")
    broken = await a_warm_load_taken_over(world)
    service = world.services["logistics"]
    for who, rides in ((canteen("sch-1"), 1), (canteen("sch-2"), 0)):
        seen = await counts(service, who)
        assert (seen.get("earlier_ride", 0), seen.get("cold_chain_alarm", 0)) == (rides, rides)
    meal = await ok(await world.client("logistics", as_=canteen("sch-1")).get("/trace/meals/meal-1"))
    ((taken,),) = ([one["trip"] for one in lot["deliveries"]] for food in meal["foods"] for lot in food["lots"])
    assert (taken["trip_id"] != broken, taken["highest_c"], taken["cold_chain_broken"]) == (True, 16.0, True)


async def test_a_driver_reads_what_the_own_trip_holds(world_of: WorldOf) -> None:
    """A driver's report of a warm trip names the orders that are held for it, though they are no driver's."""
    world = await world_of("logistics")
    broken = await a_warm_load_taken_over(world)
    trip = await ok(await world.client("logistics").get(f"/trips/{broken}"))
    mine = world.client("logistics", as_=driver(trip["driver_id"]))
    report = await ok(await mine.get(f"/trips/{broken}/cold-chain"))
    assert (report["unbroken"], report["held_order_ids"]) == (False, ["ord-1"])


async def test_the_parties_of_a_run_see_their_own(world_of: WorldOf) -> None:
    """Of two schools and two cooperatives in one run each has its own order, line and reason."""
    world, _, _ = await procurement.a_run(world_of)
    service = world.services["procurement"]
    for who in (clerk("coop-1"), canteen("school-1"), canteen("school-2")):
        seen = await counts(service, who)
        assert (seen["purchase_order"], seen["order_line"]) == (1, 1), seen
    assert (await counts(service, clerk("coop-1")))["sourcing_offer_reason"] == 1
    assert (await counts(service, canteen("school-1")))["demand_line"] == 1
    assert (await counts(service, official(COUNTY)))["purchase_order"] == 2


leaks = service_router()
_offer = table_of(Offer)


@leaks.get("/leaks")
async def leak(uow: UoW) -> list[str]:
    """List offers, and forget whose."""
    return list(await uow.session.scalars(select(_offer.c.offer_id)))


@leaks.post("/leaks/{offer_id}")
async def spoil(uow: UoW, offer_id: str) -> int:
    """Change an offer, and forget whose."""
    changed = update(_offer).where(_offer.c.offer_id == offer_id).values(price_fen_per_kg=1)
    return int((await uow.session.execute(changed)).rowcount)


@leaks.put("/leaks/{offer_id}")
async def give_away(uow: UoW, offer_id: str) -> int:
    """Write an offer down as another's."""
    moved = update(_offer).where(_offer.c.offer_id == offer_id).values(cooperative_id=OTHER)
    return int((await uow.session.execute(moved)).rowcount)


@asynccontextmanager
async def leaking(url: str, folder: Path) -> AsyncIterator[World]:
    """Open farmers with routes that forget to ask whose things are, in their rules and in their queries."""
    access = Access(
        [
            *farmers.access.rules,
            rule("GET /leaks", {Role.CLERK}, PROVINCE),
            rule("POST /leaks/{offer_id}", {Role.CLERK}, PROVINCE),
            rule("PUT /leaks/{offer_id}", {Role.CLERK}, PROVINCE),
        ],
        farmers.access.county_of,
    )
    definition = replace(farmers, routers=[*farmers.routers, leaks], access=access)
    settings = Settings(var=folder, database_url=url, secret_keys=SecretStr(secret_keys()))
    async with World([definition], EmbeddedBus(folder / "bus.sqlite"), {"farmers": settings}) as world:
        yield world


async def test_a_route_that_forgets_everything_shows_and_changes_ones_own(postgres_url: str, tmp_path: Path) -> None:
    """Where rule and query both forget whose things are, a clerk still has its own cooperative's and no other's."""
    async with leaking(postgres_url, tmp_path) as world:

        async def opened(*_: str) -> World:
            return world

        await a_village(opened)
        await put(world, "/offers", offer("off-theirs", OTHER))
        ours, theirs = world.client("farmers", as_=clerk(COOP)), world.client("farmers", as_=clerk(OTHER))
        assert set(await ok(await world.client("farmers").get("/leaks"))) == {"off-1", "off-theirs"}
        assert await ok(await ours.get("/leaks")) == ["off-1"]
        assert await ok(await theirs.get("/leaks")) == ["off-theirs"]
        assert [await ok(await ours.post(f"/leaks/{each}")) for each in ("off-1", "off-theirs")] == [1, 0]
        refused(await ours.put("/leaks/off-1"), 403, "other-tenant")
        listed = await ok(await ours.get("/offers/off-1"))
        assert (listed["cooperative_id"], listed["price_fen_per_kg"]) == (COOP, 1)


async def test_a_scope_ends_with_its_transaction(world_of: WorldOf) -> None:
    """The next one on the same connection is the system's, or whoever's it says; within one it can be widened."""
    world = await a_village(world_of)
    await put(world, "/offers", offer("off-theirs", OTHER))
    database = open_database(world.services["farmers"].settings.database_of("farmers"), pool_size=1)
    count = select(func.count()).select_from(_offer)
    try:
        seen = []
        for scope in (None, Scope(cooperative=frozenset({COOP})), None, Scope(), Scope(county=frozenset({"520628"}))):
            async with database.transaction(read_only=True, scope=scope) as session:
                seen.append(await session.scalar(count))
        assert seen == [2, 1, 2, 0, 2]
        async with database.transaction(scope=Scope()) as session:
            async with session.widened(), session.widened():
                assert await session.scalar(count) == 2
            assert await session.scalar(count) == 0
    finally:
        await database.close()


@pytest.mark.parametrize("name", ["' OR true --", "\\", "coop-1\x1fcoop-2", 'x",y', "{}", "%"])
async def test_an_id_is_an_id_whatever_is_in_it(world_of: WorldOf, name: str) -> None:
    """What a token calls a tenant is compared, never read as SQL or as several."""
    service = (await world_of("farmers")).services["farmers"]
    async with service.begin(read_only=True, scope=Scope(cooperative=frozenset({name}))) as uow:
        said = await uow.session.scalar(text("SELECT current_setting('cloud.cooperatives', true)"))
    assert (said or "") == (name if name.isprintable() else "")


async def test_who_says_nothing_sees_nothing(world_of: WorldOf) -> None:
    """A connection that is no service's sees no rows of tenants before it says whom it acts for."""
    world = await a_village(world_of)
    url = world.services["farmers"].settings.database_of("farmers")
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        assert await connection.fetchval("SELECT count(*) FROM offer") == 0
        await connection.execute("SET cloud.system = 'yes'")
        assert await connection.fetchval("SELECT count(*) FROM offer") == 1
    finally:
        await connection.close()


async def test_no_statement_is_compiled_for_its_policies(postgres_url: str) -> None:
    """Policies look dear to the planner; what runs in milliseconds is not compiled for a second before it."""
    database = open_database(postgres_url)
    async with database.transaction(read_only=True) as session:
        assert await session.scalar(text("SHOW jit")) == "off"
    await database.close()
