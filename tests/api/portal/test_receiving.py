"""The receipt at the gate: weighed and signed by two, once, also when it comes late; refusals stand at their fields."""

from datetime import UTC, datetime
from typing import Any

import httpx

from tests.api.logistics.county import DAY, a_planned_trip, an_arrived_order, open_county
from tests.api.logistics.test_gate import PNG
from tests.api.portal.browser import forms_in, portal_of, send
from tests.conftest import WorldOf
from tests.people import canteen
from tests.world import World, ok

OUTBOX = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
SIGNED = {"received-0": "9,5", "verdict-0": "all", "signer-1": "王芳", "signer-2": "李 老师", "certificates": "yes"}


def at_the_gate(world: World) -> httpx.AsyncClient:
    """A canteen's browser, in English."""
    browser = portal_of(world, canteen("sch-1"))
    browser.headers["Accept-Language"] = "en"
    return browser


async def receipts(world: World) -> list[dict[str, Any]]:
    """The receipts that logistics has."""
    found: list[dict[str, Any]] = (await ok(await world.client("logistics").get("/receipts")))["items"]
    return found


async def test_a_delivery_is_weighed_and_signed(world_of: WorldOf) -> None:
    """What was promised, packed, weighed and accepted is called so; part and rejection carry their reason."""
    world = await world_of("portal", "logistics", "nutrition")
    await open_county(world)
    await an_arrived_order(world, "ord-1")
    browser = at_the_gate(world)
    day = await browser.get(f"/receiving?day={DAY}")
    assert "To weigh" in day.text
    assert "/receiving/ord-1" in day.text
    assert "Cooperative coop-1" in day.text
    assert "Packed 10 kg" in day.text
    page = await browser.get("/receiving/ord-1")
    assert "<span>Promised <strong>10 kg</strong></span> <span>Packed <strong>10 kg</strong></span>" in page.text
    said = SIGNED | {"verdict-0": "part", "accepted-0": "9", "note-0": "湿了"}
    answer = await send(browser, page, "/receiving/ord-1", **said)
    assert answer.headers["location"] == "/receiving/ord-1", answer.text
    (receipt,) = await receipts(world)
    (line,) = receipt["lines"]
    assert (line["received_g"], line["accepted_g"], line["reason"]) == (9_500, 9_000, "湿了")
    assert (line["certificate_seen"], line["refused"]) == (True, "returned")
    assert "9.5 kg" in (await browser.get("/receiving/ord-1")).text
    assert "Received" in (await browser.get(f"/receiving?day={DAY}")).text


async def test_a_receipt_says_who_signed_until_they_want_to_be_forgotten(world_of: WorldOf) -> None:
    """By name at the receipt and in the day's list; forgotten, the receipt stays and says that the name is not kept."""
    world = await world_of("portal", "logistics", "nutrition")
    await open_county(world)
    await an_arrived_order(world, "ord-1")
    browser = at_the_gate(world)
    await send(browser, await browser.get("/receiving/ord-1"), "/receiving/ord-1", **SIGNED)
    for path in ("/receiving/ord-1", f"/receiving?day={DAY}"):
        shown = (await browser.get(path)).text
        assert ("王芳" in shown, "李 老师" in shown) == (True, True), path
    page = await browser.get("/receiving/ord-1")
    assert "Forget 王芳" in page.text
    gone = await send(browser, page, "/receiving/ord-1/forget")
    assert gone.headers["location"] == "/receiving/ord-1"
    page = await browser.get("/receiving/ord-1")
    assert ("王芳" in page.text, "somebody whose name is not kept" in page.text) == (False, True)
    assert "王芳" not in (await browser.get(f"/receiving?day={DAY}")).text
    stranger = portal_of(world, canteen("sch-2"))
    form = next(each.fields for each in forms_in(page) if each.action == "/receiving/ord-1/forget")
    answer = await stranger.post("/receiving/ord-1/forget", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in (403, 404)
    assert "李 老师" in (await browser.get("/receiving/ord-1")).text


async def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(world_of: WorldOf) -> None:
    """One signer twice, no number, more than was packed, a rejection without a reason: each says what to do."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    await an_arrived_order(world, "ord-1")
    browser = at_the_gate(world)
    page = await browser.get("/receiving/ord-1")
    for said, told in (
        ({"signer-2": " 王芳 "}, "Two different people sign."),
        ({"received-0": "zehn"}, "Write a number."),
        ({"received-0": "11"}, "This is more than was packed."),
        ({"verdict-0": "none"}, "Say why it is not all accepted."),
        (
            {"verdict-0": "part", "accepted-0": "9.9", "reason-0": "spoiled"},
            "No more can be accepted than was weighed.",
        ),
        ({"signer-1": "🙂" * 60}, "This is too long: at most 50 characters."),
    ):
        answer = await send(browser, page, "/receiving/ord-1", **SIGNED | said)
        assert answer.status_code == 422, said
        assert told in answer.text, said
        assert 'aria-invalid="true"' in answer.text or '<span class="error">' in answer.text, said
        assert forms_in(answer)[0].fields.get("signer-2") in (said.get("signer-2", "李 老师"), None)
    assert await receipts(world) == []


async def test_a_receipt_sent_again_counts_once_and_one_that_is_early_waits(world_of: WorldOf) -> None:
    """The school may have a network before the driver: its receipt is sent again until he has said that he is here."""
    world = await world_of("portal", "logistics")
    client = await open_county(world)
    trip = await a_planned_trip(world, "ord-1")
    world.clock.move_to(datetime(2026, 11, 30, 1, tzinfo=UTC))
    browser = at_the_gate(world)
    (form,) = [each for each in forms_in(await browser.get("/receiving/ord-1")) if each.action == "/receiving/ord-1"]
    told = form.fields | SIGNED | {"_at": "2026-11-30T00:30:00.000Z"}
    early = await browser.post(form.action, data=told, headers=OUTBOX)
    assert (early.status_code, early.headers["retry-after"]) == (425, "60")
    await ok(await client.post(f"/trips/{trip}/load", json={}))
    await ok(await client.post(f"/trips/{trip}/depart"))
    await ok(await client.post(f"/trips/{trip}/arrive", json={"canteen_id": "sch-1"}))
    for _ in range(2):
        answer = await browser.post(form.action, data=told, headers=OUTBOX)
        assert answer.json()["state"] == "kept"
    (receipt,) = await receipts(world)
    assert receipt["versions"][0]["captured_at"].startswith("2026-11-30T00:30")
    photos = answer.json()["photos"]
    photo = {"photo": ("photo.png", PNG, "image/png")}
    line = {"_csrf": form.fields["_csrf"], "_key": "photo-key-0001", "field": "photo-ord-1-1"}
    for _ in range(2):
        answer = await browser.post(photos, data=line, files=photo, headers=OUTBOX)
        assert answer.json()["state"] == "kept"
    (receipt,) = await receipts(world)
    assert (receipt["version"], len(receipt["lines"][0]["photo_ids"])) == (2, 1)
    page = await browser.get("/receiving/ord-1")
    assert "1 photo" in page.text
    other = await browser.post(form.action, data=told | {"received-0": "8", "_key": "other-key-1"}, headers=OUTBOX)
    assert other.status_code == 422
    assert "received already" in other.json()["said"]


async def test_each_sees_his_own_gate(world_of: WorldOf) -> None:
    """Another school's delivery is not there; a service that is away leaves a page that says so."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    await an_arrived_order(world, "ord-1")
    other = portal_of(world, canteen("sch-2"))
    other.headers["Accept-Language"] = "en"
    assert "Nothing comes on this day" in (await other.get(f"/receiving?day={DAY}")).text
    assert (await other.get("/receiving/ord-1")).status_code in (403, 404)
    world.away("logistics")
    page = await other.get("/receiving")
    assert page.status_code == 200
    assert "do not answer" in page.text


async def test_a_receipt_is_put_right_by_both(world_of: WorldOf) -> None:
    """It stands in the form as it was signed; a reason and two people are needed; who comes later sees what stands."""
    world = await world_of("portal", "logistics")
    await open_county(world)
    await an_arrived_order(world, "ord-1")
    browser, where = at_the_gate(world), "/receiving/ord-1/correct"
    assert (await browser.get(where)).status_code == 404
    said = SIGNED | {"verdict-0": "part", "accepted-0": "9", "note-0": "湿了"}
    await send(browser, await browser.get("/receiving/ord-1"), "/receiving/ord-1", **said)
    assert where in (await browser.get("/receiving/ord-1")).text
    page = await browser.get(where)
    (form,) = [each for each in forms_in(page) if each.action == where]
    stood = {"received-0": "9.5", "verdict-0": "part", "accepted-0": "9", "note-0": "湿了", "signer-1": ""}
    assert {name: form.fields[name] for name in stood} == stood
    right = {"accepted-0": "9.4", "why": "把数字看反了 🙈", "signer-1": "王芳", "signer-2": "李老师"}
    for wrong in ({"why": " "}, {"signer-2": "王芳"}, {"accepted-0": "9.9"}, {"why": "字" * 501}):
        again = await send(browser, page, where, **right | wrong)
        assert (again.status_code, 'aria-invalid="true"' in again.text) == (422, True), wrong
    for _ in range(2):
        taken = await send(browser, page, where, **right)
        assert (taken.status_code, taken.headers.get("location")) == (303, "/receiving/ord-1"), taken.text
    (receipt,) = await receipts(world)
    assert (receipt["version"], receipt["lines"][0]["accepted_g"], len(receipt["versions"])) == (2, 9_400, 2)
    assert "看反了" in (await browser.get("/receiving/ord-1")).text
    late = await send(browser, page, where, **right | {"accepted-0": "8", "_key": "another-key-1"})
    assert late.status_code == 422
    assert "Somebody changed this" in late.text
    assert "9.4 kg" in late.text  # what stands now, above what was typed
    newer = await send(browser, late, where, _key="another-key-2")
    assert newer.status_code == 303, newer.text
    assert (await receipts(world))[0]["lines"][0]["accepted_g"] == 8_000
