"""Who may call what in farmers: every route has its rule, and nobody sees or changes what is another's."""

from typing import Any

import pytest

from services.farmers.privacy import sees_people
from shared.auth.principal import Principal, Role, Tenants, only_audits, signed_by
from shared.auth.signing import SYSTEM
from tests import people
from tests.api.farmers.builders import COOP, OTHER, a_county, line, lot, offer, placed, post, put
from tests.api.farmers.test_admissions import as_applicant, paper, submit
from tests.api.farmers.test_certificates import PDF, certificate, upload
from tests.api.farmers.test_contracts import sign
from tests.api.farmers.test_offer_sheets import row, sheet
from tests.api.farmers.test_people import NAME, PHONE, person
from tests.api.walk import walk
from tests.conftest import WorldOf
from tests.world import World, ok, refused

OURS, THEIRS = people.clerk(COOP), people.clerk(OTHER)
HERE, ELSEWHERE = "520628", "520600"
PLACE = {"county_code": HERE, "cooperative_id": COOP}
EXAMPLES: dict[str, dict[str, Any]] = {"GET /ageing": PLACE, "GET /ageing/export": PLACE}
EXAMPLES |= {"GET /lot-photos": {"lot_id": "lot-1"}}
MASKED, WHOLE = ("虚**", "*******1234"), (NAME, PHONE)


async def test_every_route_keeps_its_rule(world_of: WorldOf) -> None:
    """No token, a role that is not named, another tenant: 401, 403, 403 or 404; its own are let in."""
    await walk(await world_of("farmers"), "farmers", EXAMPLES)


async def a_village(world_of: WorldOf) -> World:
    """A county with an order, a lot and a person of the first cooperative."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/household-people", person(), person("hh-9"))
    await post(world, "/lots", **lot(contributions={"hh-1": 20_000}))
    await world.publish(placed("order-1", line(ordered_g=1_000)))
    await world.settle()
    return world


async def test_a_clerk_has_what_is_of_the_own_cooperative(world_of: WorldOf) -> None:
    """What is another's does not exist; a list names whose it is; the county's and the order's school see it, too."""
    world = await a_village(world_of)
    ours, theirs = world.client("farmers", as_=OURS), world.client("farmers", as_=THEIRS)
    things = {
        "/orders/order-1": "order",
        "/offers/off-1": "offer",
        "/lots/lot-1": "lot",
        "/households/hh-1": "household",
    }
    for path, what in things.items():
        await ok(await ours.get(path))
        await ok(await world.client("farmers", as_=people.official(HERE)).get(path))
        for stranger in (THEIRS, people.official(ELSEWHERE)):
            refused(await world.client("farmers", as_=stranger).get(path), 404, f"unknown-{what}")
    await ok(await world.client("farmers", as_=people.canteen("canteen-1")).get("/orders/order-1"))
    refused(await world.client("farmers", as_=people.canteen("canteen-2")).get("/orders/order-1"), 404, "unknown-order")
    for path in ("/orders", "/offers", "/lots", "/certificates", "/payouts", "/webhooks", "/capacities", "/contracts"):
        refused(await ours.get(path), 403, "tenant-not-named")
        refused(await theirs.get(path, params={"cooperative_id": COOP}), 403, "other-tenant")
        await ok(await ours.get(path, params={"cooperative_id": COOP}))
    refused(await theirs.post("/orders/order-1/accept", json={}), 404, "unknown-order")
    refused(await theirs.post("/acceptances", json={"order_ids": ["order-1"]}), 404, "unknown-order")
    assert (await ok(await ours.post("/orders/order-1/accept", json={})))["status"] == "accepted"


async def test_lists_of_a_county_hold_what_lies_in_it(world_of: WorldOf) -> None:
    """An official sees the county's, whichever cooperative is named beside it, and nothing of another county's."""
    world = await a_village(world_of)
    await sign(world)
    await put(world, "/certificates", certificate())
    lists = {"/orders": 1, "/offers": 1, "/lots": 1, "/contracts": 1, "/certificates": 1, "/cooperatives": 2}
    for path, count in lists.items():
        here = world.client("farmers", as_=people.official(HERE))
        assert len((await ok(await here.get(path, params={"county_code": HERE})))["items"]) == count
        elsewhere = world.client("farmers", as_=people.official(ELSEWHERE))
        mixed = {"county_code": ELSEWHERE} | ({} if path == "/cooperatives" else {"cooperative_id": COOP})
        assert (await ok(await elsewhere.get(path, params=mixed)))["items"] == []
        refused(await elsewhere.get(path, params={"county_code": HERE}), 403, "other-tenant")


async def test_a_body_names_nothing_of_anothers(world_of: WorldOf) -> None:
    """One row, contract, lot or file of another cooperative refuses the whole request, and nothing is kept."""
    world = await a_village(world_of)
    contract_id = (await sign(world))["contract_id"]
    theirs = world.client("farmers", as_=THEIRS)
    own = offer("off-own", OTHER)
    for rows_, status, rule in (
        ([own, offer("off-2", COOP)], 403, "other-tenant"),
        ([own, offer("off-1", OTHER)], 404, "unknown-offer"),
        ([own | {"contract_id": contract_id}], 404, "unknown-contract"),
    ):
        refused(await theirs.put("/offers", json={"rows": rows_}), status, rule)
    mixture = {"certificate_no": "GZ-9", "parts": [{"lot_id": f"lot-{n}", "quantity_g": 1} for n in (1, 2)]}
    refused(await theirs.post("/lots/mixtures", json=mixture), 404, "unknown-lot")
    file_id = (await ok(await upload(world)))["file_id"]
    await put(world, "/certificates", certificate(file_id=file_id))
    stolen = certificate("cert-2", cooperative_id=OTHER, file_id=file_id)
    refused(await theirs.put("/certificates", json={"rows": [stolen]}), 404, "unknown-file")
    refused(await theirs.get(f"/files/{file_id}"), 404, "unknown-file")
    assert (await world.client("farmers", as_=OURS).get(f"/files/{file_id}")).status_code == 200
    listed = await ok(await theirs.get("/offers", params={"cooperative_id": OTHER}))
    assert listed["items"] == []


async def test_a_file_of_offers_is_of_one_cooperative(world_of: WorldOf) -> None:
    """A clerk says whose file it is; lines of others are named and not taken."""
    world = await a_village(world_of)
    ours = world.client("farmers", as_=OURS)
    file: dict[str, Any] = {"content": sheet(row(), row(cooperative_id=OTHER)), "headers": {"content-type": "text/csv"}}
    refused(await ours.post("/offers/import", **file), 403, "tenant-not-named")
    refused(await ours.post("/offers/import", **file, params={"cooperative_id": OTHER}), 403, "other-tenant")
    taken = await ok(await ours.post("/offers/import", **file, params={"cooperative_id": COOP}))
    assert (taken["created"], [one["rule"] for one in taken["refused"]]) == (1, ["another-cooperative"])


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (OURS, WHOLE),
        (people.official(HERE), WHOLE),
        (people.administrator(HERE), WHOLE),
        (people.official(), MASKED),
        (people.auditor(), MASKED),
        (SYSTEM, MASKED),
    ],
    ids=["clerk", "official", "administrator", "province", "auditor", "system"],
)
async def test_who_a_household_is_sees_its_cooperative_and_its_county(
    world_of: WorldOf, who: Principal, seen: tuple[str, str]
) -> None:
    """Others see a mask, the province and auditors too; strangers, and roles that need not know, see nothing."""
    world = await a_village(world_of)
    shown = await ok(await world.client("farmers", as_=who).get("/households/hh-1/person"))
    assert (shown["name"], shown["phone"]) == seen
    refused(await world.client("farmers", as_=THEIRS).get("/households/hh-1/person"), 404, "unknown-household")
    nutritionist = world.client("farmers", as_=people.nutritionist(HERE))
    refused(await nutritionist.get("/households/hh-1/person"), 403, "role-not-allowed")


async def test_who_moves_is_shown_to_the_new_cooperative_only(world_of: WorldOf) -> None:
    """Whose a household is, is looked up each time: after a move the old clerk has nothing to do with it."""
    world = await a_village(world_of)
    await ok(await world.client("farmers", as_=OURS).get("/households/hh-1/person"))
    both = world.client("farmers", as_=people.clerk(COOP, OTHER))
    await ok(await both.post("/households/hh-1/moves", json={"cooperative_id": OTHER, "from_day": "2026-11-23"}))
    refused(await world.client("farmers", as_=OURS).get("/households/hh-1/person"), 404, "unknown-household")
    assert (await ok(await world.client("farmers", as_=THEIRS).get("/households/hh-1/person")))["name"] == NAME


async def test_a_disclosure_is_of_who_asked_for_it(world_of: WorldOf) -> None:
    """The token says who asked, whatever the body says; to another its id shows nothing."""
    world = await a_village(world_of)
    province = world.client("farmers", as_=people.official())
    asked = {"asked_by": "somebody-else", "reason": "a complaint"}
    done = await ok(await province.post("/households/hh-1/disclosures", json=asked))
    assert done["asked_by"] == people.official().subject
    query = {"disclosure_id": done["disclosure_id"]}
    assert (await ok(await province.get("/households/hh-1/person", params=query)))["name"] == NAME
    auditor = world.client("farmers", as_=people.auditor())
    refused(await auditor.get("/households/hh-1/person", params=query), 404, "unknown-disclosure")
    erased = await ok(await world.client("farmers", as_=OURS).post("/households/hh-1/erasures", json=asked))
    assert erased["asked_by"] == OURS.subject


async def test_whom_to_call_is_masked_for_auditors(world_of: WorldOf) -> None:
    """Who has business with a cooperative reads its contacts, who only audits does not."""
    world = await a_village(world_of)
    contact = {"role": "clerk", "name": NAME, "phone": PHONE}
    path = f"/cooperatives/{COOP}/contacts"
    await ok(await world.client("farmers", as_=OURS).put(path, json={"contacts": [contact]}))
    for who, name in ((people.dispatcher(HERE), NAME), (OURS, NAME), (people.auditor(), "虚**")):
        assert (await ok(await world.client("farmers", as_=who).get(path)))["contacts"][0]["name"] == name


async def test_who_applies_needs_no_account_but_the_secret(world_of: WorldOf) -> None:
    """Files, application and answers come without a token; its county reads and decides it, no other county does."""
    world = await world_of("farmers")
    nobody = world.client("farmers", as_=None)
    assert (await nobody.post("/files", content=PDF, headers={"content-type": "application/pdf"})).is_success
    document = await paper(world)
    number = (await submit(world, documents=[document]))["application_id"]
    assert (await as_applicant(world, "GET", f"/applications/{number}")).is_success
    wrong = {"Application-Secret": "another-secret-0123456789"}
    refused(await nobody.get(f"/applications/{number}", headers=wrong), 404, "unknown-application")
    assert (await nobody.get(f"/applications/{number}")).status_code == 422
    refused(await nobody.get(f"/files/{document['file_id']}"), 401, "no-token")
    for county, status in ((HERE, 200), (ELSEWHERE, 404)):
        official = world.client("farmers", as_=people.official(county))
        assert (await official.get(f"/admissions/{number}")).status_code == status
        assert (await official.get(f"/files/{document['file_id']}")).status_code == status
    decision = {"by": "x", "reason": "no land"}
    refused(
        await world.client("farmers", as_=people.official(HERE)).post(f"/admissions/{number}/refuse", json=decision),
        403,
        "role-not-allowed",
    )
    administrator = world.client("farmers", as_=people.administrator(HERE))
    await ok(await administrator.post(f"/admissions/{number}/refuse", json=decision))
    steps = (await ok(await administrator.get(f"/admissions/{number}")))["steps"]
    assert steps[-1]["by"] == people.administrator().subject


def test_masks_follow_the_role_that_has_a_scope() -> None:
    """A role sees by its own tenants: an official's cooperative or a clerk's county show nothing."""
    whose = Tenants(county=HERE, cooperative=COOP)
    clerk_of_county = Principal("x", frozenset({Role.CLERK}), counties=frozenset({HERE}))
    official_of_coop = Principal("x", frozenset({Role.OFFICIAL}), cooperatives=frozenset({COOP}))
    both = Principal("x", frozenset({Role.AUDITOR, Role.CLERK}), cooperatives=frozenset({COOP}))
    strangers = (None, clerk_of_county, official_of_coop)
    assert [sees_people(each, whose) for each in (*strangers, both)] == [False, False, False, True]
    assert [only_audits(each) for each in (None, people.auditor(), both)] == [False, True, False]
    assert [signed_by(each, "said") for each in (None, SYSTEM, OURS)] == ["said", "said", OURS.subject]
