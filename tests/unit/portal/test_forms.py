"""What comes back of forms is read as people write, and what is wrong is said by its field."""

import pytest
from starlette.datastructures import FormData

from services.portal.forms import Fields, Form, Invalid, typed_kg
from services.portal.upstream import Refused


def fields(**said: str) -> Fields:
    """Return the fields of a form."""
    return Fields(FormData(list(said.items())))


@pytest.mark.parametrize(
    ("written", "grams"),
    [
        *(("12.5", 12_500), ("12,5", 12_500), ("０．５", 500), (" 3 ", 3_000), ("0.001", 1), ("2。5", 2_500)),
        *(("1,234", 1_234_000), ("12,345.5", 12_345_500), ("0,125", 125), ("1,25", 1_250)),
    ],
)
def test_weights_are_read_as_people_write_them(written: str, grams: int) -> None:
    """A comma, a full-width digit or a Chinese full stop is on somebody's keyboard; 1,234 is what pages write."""
    one = fields(kg=written)
    assert one.kg("kg") == grams
    one.check()


@pytest.mark.parametrize("grams", [1, 500, 12_500, 1_234_000, 1_000_000, 12_345_678])
def test_a_weight_that_stands_in_a_field_comes_back_the_same(grams: int) -> None:
    """A tonne that nobody touched must not come back as a kilogram."""
    assert fields(kg=typed_kg(grams)).kg("kg") == grams


@pytest.mark.parametrize(
    "written",
    [
        *("", "x", "-1", "0", "1e9", "1e999999999", "NaN", "inf", "0.0001", "9999999999"),
        *("1.2.3", "1,23,456", "٣", "½", "+5"),
    ],
)
def test_weights_that_are_none_are_refused(written: str) -> None:
    """Nothing else is guessed at, and nothing is computed that would take for ever."""
    one = fields(kg=written)
    one.kg("kg")
    with pytest.raises(Invalid) as refused:
        one.check()
    assert refused.value.field == "kg"


def test_every_fault_is_told_at_once() -> None:
    """Whoever fills in a form is not sent back field by field."""
    one = fields(reason="x" * 501, n="-1", day="2026-02-30", choice="z", note="a\x00b", fen="1.001")
    one.text("reason")
    one.text("missing")
    one.text("note", needed=False)
    one.whole("n")
    one.day("day")
    one.one_of("choice", frozenset({"a"}))
    one.fen("fen")
    with pytest.raises(Invalid) as refused:
        one.check()
    assert refused.value.faults.keys() == {"reason", "missing", "note", "n", "day", "choice", "fen"}


def test_a_form_that_was_refused_is_shown_as_it_was_filled_in() -> None:
    """What was typed stays, with its key; a service's fault stands at the page's field, or above where it has none."""
    sent = fields(kg="7", _key="key-12345", _csrf="c", _page="/p")
    assert (sent.values, sent.sent_from) == ({"kg": "7"}, "/p")
    told = {"rule": "invalid-input", "errors": [{"field": "body.lines.0.quantity_g"}]}
    named = Form.again("/a", sent, Refused("farmers", 422, told), {"lines.0.quantity_g": "kg"})
    assert (named.value("kg"), named.key, list(named.faults), named.fault) == ("7", "key-12345", ["kg"], None)
    above = Form.again("/a", sent, Refused("farmers", 409, {"rule": "nobody-knows-it"}))
    assert (above.faults, above.fault) == ({}, "This does not go together with what is there. Look at it again.")
    assert Form.again("/a", sent, Invalid({"kg": "Write a number."})).faults == {"kg": "Write a number."}


def test_a_key_is_ours_or_new() -> None:
    """A key that is none of ours is replaced: it would be refused far away."""
    assert fields(_key="x" * 500).key != "x" * 500
    assert Form.new("/a").key != Form.new("/a").key
    assert Form.new("/orders/o-1/accept").id == "form-orders-o-1-accept"
