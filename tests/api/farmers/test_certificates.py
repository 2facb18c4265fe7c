"""Certificates: what they cover and until when, and the offers that wait for them."""

from datetime import timedelta
from typing import Any

import httpx

from services.farmers.certificates.holding import BATCH
from shared.events.farmers import OfferHeld, OfferPublished, OfferWithdrawn, OrderDeclined
from tests.api.acts import acts_of
from tests.api.farmers.builders import (
    COOP,
    OTHER,
    a_county,
    cooperative,
    line,
    lot,
    offer,
    order_of,
    placed,
    post,
    put,
    terms,
)
from tests.conftest import WorldOf
from tests.world import World, ok, refused

PDF = b"%PDF-1.4\n(fictional)\n%%EOF\n"
LICENCE, REPORT = "business_licence", "inspection_report"


def certificate(certificate_id: str = "cert-1", **other: Any) -> dict[str, Any]:
    """A row of `PUT /certificates`: a licence for every product that holds for five more weeks."""
    row = {
        "certificate_id": certificate_id,
        "cooperative_id": COOP,
        "kind": LICENCE,
        "number": f"FICT-{certificate_id}",
        "issued_by": "虚构机关",
        "issued_on": "2025-01-01",
        "expires_on": "2026-12-31",
    }
    return row | other


def needed(food_code: str = "*", kind: str = LICENCE, source: str | None = "fictional rule") -> dict[str, Any]:
    """A row of `PUT /certificate-requirements`."""
    return {"food_code": food_code, "kind": kind, "source": source}


def told(world: World, offer_id: str = "off-1") -> list[tuple[str, int]]:
    """What others know of an offer, in order."""
    events = [one for one in world.told if isinstance(one, OfferPublished | OfferWithdrawn)]
    return [(type(one).__name__, one.version) for one in events if one.offer_id == offer_id]


def waiting(world: World, offer_id: str = "off-1") -> list[tuple[int, tuple[str, ...]]]:
    """What others know an offer waits for, by version, in order."""
    return [(one.version, one.lacks) for one in world.told_of(OfferHeld) if one.offer_id == offer_id]


async def upload(world: World, data: bytes = PDF, kind: str = "application/pdf") -> httpx.Response:
    """Send a file."""
    return await world.client("farmers").post("/files", content=data, headers={"content-type": kind})


async def revoke(world: World, certificate_id: str, reason: str = "found false") -> httpx.Response:
    """Take a certificate away."""
    return await world.client("farmers").post(f"/certificates/{certificate_id}/revoke", json={"reason": reason})


async def test_an_offer_waits_for_its_certificate(world_of: WorldOf) -> None:
    """What a product needs is data: required and missing, its offers are withdrawn; recorded, they are back at once."""
    world = await world_of("farmers")
    await a_county(world)
    assert (await put(world, "/certificate-requirements", needed()))["created"] == 1
    await world.settle()
    assert told(world) == [("OfferPublished", 1), ("OfferWithdrawn", 2)]
    assert waiting(world) == [(2, (LICENCE,))]
    gaps = await ok(await world.client("farmers").get(f"/cooperatives/{COOP}/certificate-gaps"))
    assert gaps["items"] == [{"food_code": "napa_cabbage", "kind": LICENCE}]
    await put(world, "/certificates", certificate())
    await world.settle(jobs=False)
    assert told(world)[-1] == ("OfferPublished", 3)
    assert (await ok(await world.client("farmers").get(f"/cooperatives/{COOP}/certificate-gaps")))["items"] == []


async def test_a_new_offer_without_a_certificate_is_not_published(world_of: WorldOf) -> None:
    """An offer that lacks a certificate is told as one that waits for it, amended too; then it is published once."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/certificate-requirements", needed("onion", REPORT))
    await put(world, "/offers", offer("off-2", food_code="onion"))
    amended = terms(food_code="onion", quantity_g=90_000)
    await ok(await world.client("farmers").put("/offers/off-2", json=amended))
    await world.settle()
    assert told(world, "off-2") == []
    assert waiting(world, "off-2") == [(1, (REPORT,)), (2, (REPORT,))]
    assert [one.quantity_g for one in world.told_of(OfferHeld)][-1] == 90_000
    assert told(world) == [("OfferPublished", 1)], "another product needs no report"
    await put(world, "/certificates", certificate(kind=REPORT, food_codes=["onion"]))
    await world.settle()
    assert told(world, "off-2") == [("OfferPublished", 3)]


async def test_a_certificate_covers_its_own_products_and_kind(world_of: WorldOf) -> None:
    """A report for onions does not let cabbage be sold, nor does a licence stand in for a report, nor another's."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/certificate-requirements", needed("napa_cabbage", REPORT))
    await world.settle()
    for wrong in (
        certificate("a", kind=REPORT, food_codes=["onion"]),
        certificate("b", kind=LICENCE),
        certificate("c", kind=REPORT, cooperative_id=OTHER),
        certificate("d", kind=REPORT, issued_on="2025-01-01", expires_on="2026-11-22"),
    ):
        assert (await put(world, "/certificates", wrong))["created"] == 1
        await world.settle()
        assert told(world)[-1] == ("OfferWithdrawn", 2), wrong
    await put(world, "/certificates", certificate("e", kind=REPORT, food_codes=["onion", "napa_cabbage"]))
    await world.settle()
    assert told(world)[-1] == ("OfferPublished", 3)


async def test_an_expired_certificate_stops_new_orders_only(world_of: WorldOf) -> None:
    """On the last day orders come; the day after they get nothing, and what was promised before stands."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/certificate-requirements", needed())
    await put(world, "/certificates", certificate(expires_on="2026-11-23"))
    await world.publish(placed())
    await world.settle()
    assert (await order_of(world))["lines"][0]["promised_g"] == 40_000
    assert told(world) == [("OfferPublished", 1)]
    world.clock.advance(timedelta(days=1))
    await world.settle()
    assert told(world)[-1] == ("OfferWithdrawn", 2)
    await world.publish(placed("order-2", line("line-2", 10_000), placed_at=world.clock.now()))
    await world.settle()
    assert (await order_of(world, "order-2"))["lines"][0]["promised_g"] == 0
    assert (await ok(await world.client("farmers").post("/orders/order-1/accept", json={})))["status"] == "accepted"
    assert [one.order_id for one in world.told_of(OrderDeclined)] == ["order-2"]


async def test_a_revoked_certificate_covers_nothing(world_of: WorldOf) -> None:
    """Taken away with a reason, offers follow at once; said again nothing happens, another reason is refused."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/certificate-requirements", needed())
    await put(world, "/certificates", certificate())
    await world.settle()
    shown = await ok(await revoke(world, "cert-1"))
    assert (shown["state"], shown["revoked_reason"]) == ("revoked", "found false")
    await world.settle(jobs=False)
    assert told(world)[-1] == ("OfferWithdrawn", 2)
    assert (await ok(await revoke(world, "cert-1"))) == shown
    refused(await revoke(world, "cert-1", "otherwise"), 409, "certificate-revoked")
    refused(await revoke(world, "cert-404"), 404, "unknown-certificate")


async def test_a_requirement_that_is_lifted_lets_offers_go(world_of: WorldOf) -> None:
    """Without a source nothing is required any more; the source of one that stays may change."""
    world = await world_of("farmers")
    await a_county(world)
    await put(world, "/certificate-requirements", needed(), needed("pork_lean", "quarantine"))
    await world.settle()
    done = await put(
        world, "/certificate-requirements", needed(source=None), needed("pork_lean", "quarantine", "another rule")
    )
    assert (done["changed"], done["unchanged"]) == (2, 0)
    await world.settle()
    assert told(world)[-1] == ("OfferPublished", 3)
    left = (await ok(await world.client("farmers").get("/certificate-requirements")))["items"]
    assert left == [{"food_code": "pork_lean", "kind": "quarantine", "source": "another rule"}]
    bad = await put(
        world,
        "/certificate-requirements",
        needed(),
        needed(),
        needed("*", "compliance"),
        needed("a b"),
        {"food_code": "*", "kind": LICENCE},
    )
    assert [one["rule"] for one in bad["refused"]] == [
        "twice-in-request",
        "literal_error",
        "string_pattern_mismatch",
        "missing",
    ]


async def test_many_offers_are_reviewed_in_batches(world_of: WorldOf) -> None:
    """A requirement that stops more offers than one batch stops all of them, each told once."""
    world = await world_of("farmers")
    await put(world, "/cooperatives", cooperative())
    many = [offer(f"off-{n}", available_from="2026-11-30", quantity_g=1_000) for n in range(BATCH + 50)]
    await put(world, "/offers", *many)
    await put(world, "/certificate-requirements", needed())
    await world.settle()
    gone = world.told_of(OfferWithdrawn)
    assert (len(gone), len({one.offer_id for one in gone})) == (BATCH + 50, BATCH + 50)


async def test_who_ends_soon_is_warned(world_of: WorldOf) -> None:
    """30, 7 and 1 days before its end a certificate is on the list, until another follows that covers as much."""
    world = await world_of("farmers")
    await a_county(world)
    client = world.client("farmers")
    ends = {"a": "2026-12-24", "b": "2026-12-23", "c": "2026-11-30", "d": "2026-11-24", "e": "2026-11-22"}
    for key, day in ends.items():
        row = certificate(key, kind=REPORT, number=key, food_codes=[f"food-{key}", "shared"], expires_on=day)
        assert (await put(world, "/certificates", row))["created"] == 1
    listed = await ok(await client.get("/certificates/expiring"))
    assert [(one["certificate_id"], one["days_left"], one["warned_days"]) for one in listed["items"]] == [
        ("d", 1, 1),
        ("c", 7, 7),
        ("b", 30, 30),
    ]
    assert [one["state"] for one in listed["items"]] == ["expiring"] * 3
    assert (await ok(await client.get("/certificates/e")))["state"] == "expired"
    assert (await ok(await client.get("/certificates/a")))["state"] == "valid"
    follow = certificate("f", kind=REPORT, food_codes=["food-d", "shared", "more"], expires_on="2027-11-30")
    await put(world, "/certificates", follow, certificate("g", expires_on="2027-11-30"))
    left = await ok(await client.get("/certificates/expiring", params={"county_code": "520628"}))
    assert [one["certificate_id"] for one in left["items"]] == ["c", "b"]
    assert (await ok(await client.get("/certificates/expiring", params={"county_code": "1"})))["items"] == []
    refused(await client.get("/certificates/expiring", params={"within_days": 367}), 422, "invalid-input")


async def test_bad_certificates_are_named_and_good_ones_taken(world_of: WorldOf) -> None:
    """Each row that cannot be is named by field and rule; a document does not change, it may get its scan."""
    world = await world_of("farmers")
    await a_county(world)
    await post(world, "/lots", **lot("lot-1"))
    file_id = (await ok(await upload(world)))["file_id"]
    bad = (
        (certificate("x", cooperative_id="coop-404"), "cooperative_id", "unknown-cooperative"),
        (certificate("x", kind="diploma"), "kind", "enum"),
        (certificate("x", expires_on="2024-12-31"), "expires_on", "period-reversed"),
        (certificate("x", issued_on="2026-11-24"), "issued_on", "issued-in-the-future"),
        (certificate("x", expires_on="2999-01-01"), "expires_on", "too-long"),
        (certificate("x", file_id="file-404"), "file_id", "unknown-file"),
        (certificate("x", lot_id="lot-1"), "lot_id", "lot-and-kind"),
        (certificate("x", kind="compliance"), "lot_id", "lot-and-kind"),
        (certificate("x", kind="compliance", lot_id="lot-404"), "lot_id", "unknown-lot"),
        (certificate("x", kind="compliance", lot_id="lot-1", food_codes=["onion"]), "food_codes", "another-product"),
        (certificate("x", kind="compliance", lot_id="lot-1", cooperative_id=OTHER), "lot_id", "another-cooperative"),
    )
    done = await put(world, "/certificates", *(row for row, _, _ in bad), certificate(), certificate())
    assert [(one["field"], one["rule"]) for one in done["refused"]] == [
        *((field, rule) for _, field, rule in bad),
        ("certificate_id", "twice-in-request"),
    ]
    assert done["created"] == 1
    of_lot = certificate("y", kind="compliance", lot_id="lot-1", food_codes=["napa_cabbage"])
    assert (await put(world, "/certificates", of_lot))["created"] == 1
    assert (await put(world, "/certificates", certificate()))["unchanged"] == 1
    assert (await put(world, "/certificates", certificate(file_id=file_id)))["changed"] == 1
    assert (await put(world, "/certificates", certificate()))["unchanged"] == 1
    again = await put(world, "/certificates", certificate(expires_on="2027-12-31"))
    assert again["refused"][0]["rule"] == "certificate-exists"
    client = world.client("farmers")
    assert (await ok(await client.get("/certificates/cert-1")))["file_id"] == file_id
    listed = await ok(await client.get("/certificates", params={"cooperative_id": COOP, "kind": "compliance"}))
    assert [one["certificate_id"] for one in listed["items"]] == ["y"]
    refused(await client.get("/certificates/cert-404"), 404, "unknown-certificate")


async def test_files_come_back_as_they_were(world_of: WorldOf) -> None:
    """A scan is kept outside the database and given back to be saved; what is no scan is refused by its content."""
    world = await world_of("farmers")
    client = world.client("farmers")
    sent = await ok(await upload(world))
    assert (sent["media_type"], sent["size_bytes"]) == ("application/pdf", len(PDF))
    back = await client.get(f"/files/{sent['file_id']}")
    assert (back.content, back.headers["content-type"]) == (PDF, "application/pdf")
    assert back.headers["content-disposition"].startswith("attachment")
    assert back.headers["x-content-type-options"] == "nosniff"
    refused(await upload(world, b"<script>"), 422, "file-type")
    refused(await upload(world, PDF[:-7]), 422, "file-cut-off")
    refused(await upload(world, b""), 422, "empty-file")
    refused(await upload(world, PDF, "text/html"), 415, "wrong-media-type")
    refused(await upload(world, b"%PDF-" + b" " * 2_000_000), 413, "body-too-large")
    refused(await client.get("/files/file-404"), 404, "unknown-file")
    (act,) = await acts_of(world, "farmers", "POST /files")
    assert [each["object_id"] for each in act["changes"]] == [sent["file_id"]], "who sent it is on record"


async def test_a_file_that_was_changed_is_not_shown(world_of: WorldOf) -> None:
    """What the store holds is compared with what was uploaded: altered or lost, it is no document."""
    world = await world_of("farmers")
    sent = await ok(await upload(world))
    path = world.services["farmers"].settings.var / "files" / sent["file_id"][-2:] / sent["file_id"]
    for spoil in (lambda: path.write_bytes(PDF.replace(b"fict", b"Fict")), path.unlink):
        spoil()
        refused(await world.client("farmers").get(f"/files/{sent['file_id']}"), 502, "file-lost")


async def test_files_nobody_names_are_forgotten(world_of: WorldOf) -> None:
    """Two days after it came a file that nothing names is gone, from table and store; one that is named stays."""
    world = await world_of("farmers")
    await a_county(world)
    loose, named = [(await ok(await upload(world)))["file_id"] for _ in range(2)]
    await put(world, "/certificates", certificate(file_id=named))
    await world.settle()
    client = world.client("farmers")
    assert (await client.get(f"/files/{loose}")).is_success
    world.clock.advance(timedelta(days=2, seconds=1))
    await world.settle()
    refused(await client.get(f"/files/{loose}"), 404, "unknown-file")
    assert (await client.get(f"/files/{named}")).content == PDF
    folder = world.services["farmers"].settings.var / "files"
    assert not (folder / loose[-2:] / loose).exists()
