"""What the gate's form says, and how a photo is added to a receipt."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter
from starlette.datastructures import FormData

from services.portal.forms import Fields
from services.portal.receiving.fields import names_of, receipt_of, signer_id
from services.portal.receiving.views import deliveries_of, with_photo
from shared.fields import Instant

LINE = {"line-2": "l-2", "received-2": "９,５", "verdict-2": "all"}
SIGNED = {"signer-1": "王芳", "signer-2": "李老师"}


def read(**said: str) -> tuple[dict[str, Any], Fields]:
    """What a form that says so means, and its fields."""
    fields = Fields(FormData(LINE | SIGNED | said))
    return receipt_of(fields, "ord-1", "sch-1", str.upper), fields


def line_of(**said: str) -> dict[str, Any]:
    """The line of a form that says so."""
    receipt, fields = read(**said)
    assert fields.faults == {}
    line: dict[str, Any] = receipt["lines"][0]
    return line


def test_all_a_part_or_nothing_is_accepted() -> None:
    """What is not accepted has a reason, and goes back or is destroyed."""
    assert line_of() | {"line_id": "l-2"} == {
        "line_id": "l-2",
        "received_g": 9_500,
        "accepted_g": 9_500,
        "reason": "",
        "temperature_c": None,
        "certificate_seen": None,
        "refused": None,
    }
    part = line_of(**{"verdict-2": "part", "accepted-2": "9", "reason-2": "warm", "note-2": "15 °C"})
    assert (part["accepted_g"], part["reason"], part["refused"]) == (9_000, "TOO WARM：15 °C", "returned")
    none = line_of(**{"verdict-2": "none", "reason-2": "other", "note-2": "不新鲜", "goes-2": "destroyed"})
    assert (none["accepted_g"], none["reason"], none["refused"]) == (0, "不新鲜", "destroyed")
    assert read(**{"verdict-2": "none"})[1].faults.keys() == {"reason-2"}
    assert read(**{"verdict-2": "maybe"})[1].faults.keys() == {"verdict-2"}


@pytest.mark.parametrize(
    ("said", "celsius"), [("4", 4.0), ("−18.5", -18.5), ("－１８", -18.0), ("3,5 °C", 3.5), ("", None)]
)
def test_degrees_are_read_as_people_write_them(said: str, celsius: float | None) -> None:
    """Full-width digits, a comma, a typographic minus."""
    assert line_of(**{"celsius-2": said})["temperature_c"] == celsius


@pytest.mark.parametrize("said", ["warm", "400", "4.555", "--4", "1e1"])
def test_what_is_no_temperature_is_said(said: str) -> None:
    """It stands at its field."""
    assert read(**{"celsius-2": said})[1].faults.keys() == {"celsius-2"}


def test_two_people_sign_and_events_carry_no_names() -> None:
    """The same name written otherwise is the same person; in another school it is somebody else."""
    assert read(**{"signer-2": "  王芳 "})[1].faults.keys() == {"signer-2"}
    assert read(**{"signer-1": ""})[1].faults.keys() == {"signer-1"}
    assert signer_id("sch-1", "Wei  LAN") == signer_id("sch-1", "wei lan") != signer_id("sch-2", "wei lan")
    assert "王" not in str(read()[0]["signers"])


def test_the_phones_time_is_kept_where_it_is_one() -> None:
    """It is told as services read it, however it was written; what is no instant is as if it were not there."""
    for said in ("2026-11-30T00:30:00.000Z", "20261130T003000Z", "2026-11-30T08:30+08:00"):
        told = read(_at=said)[0]["captured_at"]
        assert TypeAdapter(Instant).validate_python(told) == datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
    for false in ("", "now", "2026-11-30T00:30:00"):
        assert read(_at=false)[0]["captured_at"] is None


def test_what_logistics_refuses_finds_its_field() -> None:
    """Its lines are counted, ours have numbers of their own."""
    _, fields = read()
    assert names_of(fields)["lines.0.received_g"] == "received-2"
    empty = Fields(FormData(SIGNED))
    receipt_of(empty, "ord-1", "sch-1", str)
    assert empty.faults


def test_a_photo_is_added_to_its_line_once() -> None:
    """All else stays as it was signed; of a line that is not there it is the first's."""
    line = dict.fromkeys(("received_g", "accepted_g", "reason", "temperature_c", "certificate_seen", "refused"))
    lines = [line | {"line_id": each, "photo_ids": ["p-0"], "lots": []} for each in ("l-1", "l-2")]
    receipt = {"signers": ["a", "b"], "lines": lines, "versions": [{"inspection": ""}, {"inspection": "cold"}]}
    added = with_photo(receipt, "p-1", "l-2", "photo")
    assert added is not None
    assert [each["photo_ids"] for each in added["lines"]] == [["p-0"], ["p-0", "p-1"]]
    assert (added["signers"], added["inspection"]) == (["a", "b"], "cold")
    assert with_photo(receipt, "p-0", "l-2", "photo") is None
    other = with_photo(receipt, "p-1", "nothing", "photo")
    assert other is not None
    assert other["lines"][0]["photo_ids"] == ["p-0", "p-1"]


def test_what_was_packed_with_nothing_does_not_come() -> None:
    """The gate says so, with the cooperative's reason, and lets nobody weigh it; it stands behind what still comes."""
    line = {
        "line_id": "l-1",
        "food_code": "tomato",
        "temperature_class": "ambient",
        "confirmed_g": 7_000,
        "dispatched_g": 0,
        "received_g": 0,
        "accepted_g": 0,
        "short_reason": "hail",
    }
    told = {
        "order_id": "ord-1",
        "canteen_id": "sch-1",
        "cooperative_id": "coop-1",
        "cooperative_name_zh": "合作社",
        "delivery_day": "2026-11-30",
        "status": "dispatched",
        "confirmed_g": 7_000,
        "dispatched_g": 0,
        "arrived_at": None,
        "expected_at": None,
        "planned_at": None,
        "hold": False,
        "lines": [line],
    }
    waiting = told | {"order_id": "ord-2", "status": "confirmed"}
    first, second = deliveries_of([told, waiting], {}, "zh")
    assert [(each.order_id, each.status, each.may_be_signed) for each in (first, second)] == [
        ("ord-2", "confirmed", False),
        ("ord-1", "nothing", False),
    ]
    assert second.lines[0].short_reason == "hail"
