"""How a cooperative applies, and what its county makes of it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.farmers.admissions.domain import ANSWERED_WITHIN, CHECKED_WITHIN
from shared.events.farmers import CooperativeRegistered, OfferPublished
from tests.api.farmers.builders import a_county, offer, put
from tests.api.farmers.test_certificates import LICENCE, REPORT, needed, upload
from tests.api.farmers.test_people import stored
from tests.conftest import WorldOf
from tests.world import World, ok, refused

SECRET = "fictional-secret-0123456789"
NAME, PHONE, NUMBER = "虚构钱新苗", "13700002222", "6200111122223333"


def application(**other: Any) -> dict[str, Any]:
    """A body of `POST /applications`."""
    body = {
        "secret": SECRET,
        "name_zh": "新苗蔬菜专业合作社（虚构）",
        "name_en": "Xinmiao Vegetable Cooperative (fictional)",
        "county_code": "520628",
        "town_code": "520628117",
        "village": "新苗村",
        "lat": 28.2,
        "lon": 108.85,
        "priority_group": "women",
        "products": ["napa_cabbage", "onion", "onion"],
        "contact": {"role": "head", "name": NAME, "phone": PHONE},
        "account": {"bank": "虚构银行", "holder": NAME, "number": NUMBER},
        "documents": [],
    }
    return body | other


async def paper(world: World, kind: str = LICENCE, **other: Any) -> dict[str, Any]:
    """A document with its scan."""
    file_id = (await ok(await upload(world)))["file_id"]
    said = {"kind": kind, "number": f"FICT-{kind}", "issued_by": "虚构机关", "issued_on": "2025-01-10"}
    return said | {"expires_on": "2030-01-09", "file_id": file_id, "food_codes": []} | other


async def submit(world: World, **other: Any) -> Any:
    """Apply; returns where the application stands."""
    return await ok(await world.client("farmers").post("/applications", json=application(**other)))


async def as_applicant(world: World, method: str, path: str, secret: str = SECRET, **body: Any) -> httpx.Response:
    """Ask as the applicant."""
    headers = {"Application-Secret": secret}
    return await world.client("farmers").request(method, path, json=body or None, headers=headers)


async def decide(world: World, application_id: str, verb: str, **body: Any) -> httpx.Response:
    """Do something as the county's clerk."""
    path = f"/admissions/{application_id}/{verb}"
    return await world.client("farmers").post(path, json={"by": "clerk-7"} | body)


async def test_an_applicant_becomes_a_cooperative(world_of: WorldOf) -> None:
    """Approved, it is registered and told, can be called and paid, is certified, and its offers are published."""
    world = await world_of("farmers")
    await put(world, "/certificate-requirements", needed(), needed("onion", REPORT))
    papers = [await paper(world), await paper(world, REPORT, food_codes=["onion"])]
    new = await submit(world, documents=papers)
    assert (new["status"], new["due_on"], new["overdue"]) == ("submitted", "2026-12-03", False)
    number = new["application_id"]
    done = await ok(await decide(world, number, "approve", cooperative_id="coop-new", note="welcome"))
    assert (done["status"], done["due_on"], done["cooperative_id"]) == ("approved", None, "coop-new")
    await world.settle()
    assert [(one.cooperative_id, one.priority_group) for one in world.told_of(CooperativeRegistered)] == [
        ("coop-new", "women")
    ]
    client = world.client("farmers")
    assert (await ok(await client.get("/cooperatives/coop-new")))["village"] == "新苗村"
    assert (await ok(await client.get("/cooperatives/coop-new/contacts")))["contacts"][0]["phone"] == PHONE
    assert (await ok(await client.get("/cooperatives/coop-new/account")))["account"]["number"] == "************3333"
    listed = (await ok(await client.get("/certificates", params={"cooperative_id": "coop-new"})))["items"]
    assert sorted((one["kind"], one["food_codes"], one["file_id"] is None) for one in listed) == [
        (LICENCE, [], False),
        (REPORT, ["onion"], False),
    ]
    await put(world, "/offers", offer("off-new", "coop-new", food_code="onion"))
    await world.settle()
    assert [one.offer_id for one in world.told_of(OfferPublished)] == ["off-new"]
    assert (await ok(await decide(world, number, "approve", cooperative_id="coop-new"))) == done


async def test_a_county_asks_and_the_applicant_answers(world_of: WorldOf) -> None:
    """Ten days to check, fifteen to answer, and ten again; county and applicant see every step with its day."""
    world = await world_of("farmers")
    number = (await submit(world))["application_id"]
    world.clock.advance(timedelta(days=2))
    asked = await ok(await decide(world, number, "ask", what="the licence"))
    assert (asked["status"], asked["due_on"]) == ("asked", "2026-12-10")
    assert (await ok(await decide(world, number, "ask", what="the licence"))) == asked
    world.clock.advance(timedelta(days=1))
    path = f"/applications/{number}"
    answered = await ok(
        await as_applicant(world, "POST", f"{path}/answers", note="here", documents=[await paper(world)])
    )
    assert (answered["status"], answered["due_on"]) == ("submitted", "2026-12-06")
    shown = await ok(await as_applicant(world, "GET", path))
    assert [(one["step"], one["by"], one["note"], one["due_on"]) for one in shown["steps"]] == [
        ("submit", "applicant", "", "2026-12-03"),
        ("ask", "clerk-7", "the licence", "2026-12-10"),
        ("answer", "applicant", "here", "2026-12-06"),
    ]
    assert shown == await ok(await world.client("farmers").get(f"/admissions/{number}"))
    assert (shown["contact"]["name"], shown["account_number"], shown["products"]) == (
        "虚**",
        "************3333",
        ["napa_cabbage", "onion"],
    )
    assert [one["kind"] for one in shown["documents"]] == [LICENCE]


async def test_what_the_county_lets_lie_is_listed(world_of: WorldOf) -> None:
    """The day after the last one an unchecked application is overdue, for county and applicant alike."""
    world = await world_of("farmers")
    late = (await submit(world))["application_id"]
    world.clock.advance(timedelta(days=1))
    await submit(world)
    await submit(world, county_code="520601")
    client = world.client("farmers")

    async def overdue() -> list[str]:
        query = {"county_code": "520628", "overdue": "true"}
        return [one["application_id"] for one in (await ok(await client.get("/admissions", params=query)))["items"]]

    world.clock.advance(CHECKED_WITHIN - timedelta(days=1))
    assert await overdue() == []
    world.clock.advance(timedelta(days=1))
    assert await overdue() == [late]
    assert (await ok(await as_applicant(world, "GET", f"/applications/{late}")))["overdue"] is True
    waiting = await ok(await client.get("/admissions", params={"status": "submitted", "limit": 2}))
    assert (len(waiting["items"]), waiting["next"]) == (2, waiting["items"][-1]["application_id"])


async def test_who_does_not_answer_lapses(world_of: WorldOf) -> None:
    """An applicant has its last day in full; the day after the application lapses and can only be made anew."""
    world = await world_of("farmers")
    number = (await submit(world))["application_id"]
    await ok(await decide(world, number, "ask", what="more"))
    path = f"/applications/{number}"
    world.clock.advance(ANSWERED_WITHIN)
    await world.settle()
    assert (await ok(await as_applicant(world, "GET", path)))["status"] == "asked"
    world.clock.advance(timedelta(days=1))
    await world.settle()
    lapsed = await ok(await as_applicant(world, "GET", path))
    assert (lapsed["status"], lapsed["steps"][-1]["step"], lapsed["steps"][-1]["by"]) == ("lapsed", "lapse", None)
    refused(await as_applicant(world, "POST", f"{path}/answers", note="late"), 409, "not-now")


@pytest.mark.parametrize(
    ("before", "then", "rule"),
    [
        ([], ("answer", {}), "not-now"),
        ([("refuse", {"reason": "no"})], ("refuse", {"reason": "no"}), None),
        ([("refuse", {"reason": "no"})], ("refuse", {"reason": "yes"}), "decided"),
        ([("refuse", {"reason": "no"})], ("approve", {"cooperative_id": "c"}), "not-now"),
        ([("approve", {"cooperative_id": "c"})], ("approve", {"cooperative_id": "d"}), "not-now"),
        ([("approve", {"cooperative_id": "c"})], ("withdraw", {}), "not-now"),
        ([("ask", {"what": "x"})], ("approve", {"cooperative_id": "c"}), "not-now"),
        ([("ask", {"what": "x"})], ("ask", {"what": "y"}), "decided"),
        ([("withdraw", {})], ("withdraw", {}), None),
        ([("withdraw", {})], ("ask", {"what": "x"}), "not-now"),
        ([], ("approve", {"cooperative_id": "coop-1"}), "cooperative-exists"),
    ],
)
async def test_what_may_follow_on_what(
    world_of: WorldOf, before: list[tuple[str, dict[str, str]]], then: tuple[str, dict[str, str]], rule: str | None
) -> None:
    """A decision said again is answered the same; another, or a step out of turn, is refused and changes nothing."""
    world = await world_of("farmers")
    await a_county(world)
    number = (await submit(world))["application_id"]

    async def do(verb: str, body: dict[str, str]) -> httpx.Response:
        if verb in ("answer", "withdraw"):
            path = f"/applications/{number}/{'answers' if verb == 'answer' else verb}"
            return await as_applicant(world, "POST", path, **({"note": "x"} if verb == "answer" else {}))
        return await decide(world, number, verb, **body)

    for verb, body in before:
        await ok(await do(verb, body))
    stands = await ok(await world.client("farmers").get(f"/admissions/{number}"))
    answer = await do(*then)
    if rule is None:
        assert answer.is_success, answer.text
    else:
        refused(answer, 409, rule)
    assert (await ok(await world.client("farmers").get(f"/admissions/{number}"))) == stands


async def test_only_the_secret_shows_an_application(world_of: WorldOf) -> None:
    """A wrong secret says no more than an unknown number; neither secret nor person is to be found at rest."""
    world = await world_of("farmers")
    client = world.client("farmers")
    keyed = {"Idempotency-Key": "once"}
    twice = [await ok(await client.post("/applications", json=application(), headers=keyed)) for _ in range(2)]
    assert twice[0] == twice[1]
    number = twice[0]["application_id"]
    wrong = await as_applicant(world, "GET", f"/applications/{number}", "fictional-secret-9876543210")
    unknown = await as_applicant(world, "GET", "/applications/app-404")
    assert refused(wrong, 404, "unknown-application")["detail"].replace(number, "app-404") == unknown.json()["detail"]
    refused(await client.get(f"/applications/{number}"), 422, "invalid-input")
    refused(await as_applicant(world, "POST", f"/applications/{number}/withdraw", "x"), 404, "unknown-application")
    kept = stored(world)
    assert [text for text in (SECRET, NAME, PHONE, NUMBER) if text in kept] == []


async def test_papers_that_do_not_hold_are_named(world_of: WorldOf) -> None:
    """Expired, of the future, twice, or without a scan: each is named by its place, and nothing is taken."""
    world = await world_of("farmers")
    good = await paper(world)
    client = world.client("farmers")
    for documents, status, rule, field in (
        ([good, good | {"file_id": "file-404", "number": "other"}], 404, "unknown-file", "documents.1.file_id"),
        ([good | {"expires_on": "2026-11-22"}], 422, "document-expired", "documents.0.expires_on"),
        ([good | {"issued_on": "2026-11-24"}], 422, "issued-in-the-future", "documents.0.issued_on"),
        ([good | {"expires_on": "2024-01-01"}], 422, "period-reversed", "documents.0.expires_on"),
        ([good, good], 422, "twice-in-request", "documents.1.number"),
        ([good | {"kind": "compliance"}], 422, "invalid-input", "body.documents.0.kind"),
    ):
        answer = await client.post("/applications", json=application(documents=documents))
        assert refused(answer, status, rule)["field"] == field
    bad: tuple[dict[str, Any], ...] = (
        *({"secret": "short"}, {"products": []}, {"lat": 91}),
        *({"contact": {"role": "head"}}, {"age": 3}),
    )
    for spoilt in bad:
        refused(await client.post("/applications", json=application(**spoilt)), 422, "invalid-input")
    assert (await ok(await client.get("/admissions")))["items"] == []
    number = (await submit(world, documents=[good]))["application_id"]
    await ok(await decide(world, number, "ask", what="more"))
    again = await as_applicant(world, "POST", f"/applications/{number}/answers", documents=[good])
    assert refused(again, 409, "document-known")["field"] == "documents.0.number"


async def test_a_paper_that_expired_while_it_waited_is_kept_as_it_is(world_of: WorldOf) -> None:
    """Approval records each paper with its own days: one that is over by then lets nothing be sold."""
    world = await world_of("farmers")
    await put(world, "/certificate-requirements", needed())
    number = (await submit(world, documents=[await paper(world, expires_on="2026-11-24")]))["application_id"]
    world.clock.advance(timedelta(days=2))
    await ok(await decide(world, number, "approve", cooperative_id="coop-new"))
    await put(world, "/offers", offer("off-new", "coop-new"))
    await world.settle()
    assert world.told_of(OfferPublished) == []


async def test_two_clerks_decide_once(world_of: WorldOf) -> None:
    """Approved and refused at the same moment, an application is one of them, and the cooperative is there or not."""
    world = await world_of("farmers")
    number = (await submit(world))["application_id"]
    approve = decide(world, number, "approve", cooperative_id="coop-new")
    answers = await asyncio.gather(approve, decide(world, number, "refuse", reason="no"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    there = (await world.client("farmers").get("/cooperatives/coop-new")).is_success
    status = (await ok(await world.client("farmers").get(f"/admissions/{number}")))["status"]
    assert status == ("approved" if there else "refused")


async def test_papers_of_an_application_are_kept(world_of: WorldOf) -> None:
    """A scan that an application names is not forgotten."""
    world = await world_of("farmers")
    named = await paper(world)
    await submit(world, documents=[named])
    world.clock.advance(timedelta(days=5))
    await world.settle()
    assert (await world.client("farmers").get(f"/files/{named['file_id']}")).is_success
