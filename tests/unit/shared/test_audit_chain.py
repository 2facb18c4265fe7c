"""Acts, what differs, and the chain over them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Date, Integer, MetaData, String, Table

from services.logistics.fleet.models import Depot
from shared.audit.domain import Act, Change, chained, check, differences, plain
from shared.audit.recording import Audited, _keys
from shared.models import table_of

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
closure = Table(
    "closure", MetaData(), Column("canteen_id", String, primary_key=True), Column("day", Date, primary_key=True)
)
offer = Table("offer", MetaData(), Column("offer_id", String, primary_key=True), Column("price", Integer))


def act(number: int, **changed: Any) -> Act:
    """Return an act."""
    change = Change("offer", "offer-1", {"price": number}, {"price": number + 1})
    made = Act(f"act-{number}", AT, "clerk-1", "portal", ("clerk",), "::1", "PUT /offers", {}, (change,))
    return replace(made, **changed)


def test_only_what_differs_is_told() -> None:
    """A change names the columns that differ; a new object is told whole, one that stayed is not told."""
    before = {"a": {"price": 1, "grade": "A"}, "b": {"price": 2, "grade": "A"}, "d": {"price": 9, "grade": "C"}}
    after = {"a": {"price": 3, "grade": "A"}, "b": {"price": 2, "grade": "A"}, "c": {"price": 4, "grade": "B"}}
    assert differences("offer", before, after) == [
        Change("offer", "a", {"price": 1}, {"price": 3}),
        Change("offer", "c", None, {"price": 4, "grade": "B"}),
        Change("offer", "d", {"price": 9, "grade": "C"}, None),
    ]


def test_a_chain_that_was_not_touched_holds() -> None:
    """Links made in two goes hold, from the first and from any link on."""
    acts = [act(number) for number in range(6)]
    first = chained(None, acts[:4])
    links = [*first, *chained(first[-1], acts[4:])]
    by_id = {each.act_id: each for each in acts}
    assert [each.number for each in links] == [1, 2, 3, 4, 5, 6]
    assert check(None, links, by_id) is None
    assert check(links[2], links[3:], by_id) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "clerk-2"},
        {"client_id": "another"},
        {"roles": ("administrator",)},
        {"address": "10.0.0.1"},
        {"action": "DELETE /offers"},
        {"parameters": {"offer_id": "offer-2"}},
        {"at": datetime(2026, 11, 23, 1, 0, 1, tzinfo=UTC)},
        {"changes": ()},
        {"changes": (Change("offer", "offer-1", {"price": 2}, {"price": 4}),)},
    ],
    ids=str,
)
def test_the_first_broken_link_is_named(changed: dict[str, Any]) -> None:
    """Whatever of an act is changed afterwards, its link does not hold any more, and is the first that does not."""
    acts = [act(number) for number in range(5)]
    by_id = {each.act_id: each for each in acts} | {"act-2": replace(acts[2], **changed)}
    broken = check(None, chained(None, acts), by_id)
    assert broken is not None
    assert (broken.number, broken.act_id, broken.rule) == (3, "act-2", "hash-differs")


def test_what_is_missing_is_named() -> None:
    """An act or a link that was taken away is named by number and rule."""
    acts = [act(number) for number in range(4)]
    links = chained(None, acts)
    by_id = {each.act_id: each for each in acts}
    gone = check(None, links, {key: value for key, value in by_id.items() if key != "act-1"})
    assert gone is not None
    assert (gone.number, gone.rule) == (2, "act-missing")
    skipped = check(None, [links[0], *links[2:]], by_id)
    assert skipped is not None
    assert (skipped.number, skipped.rule) == (2, "link-missing")


def test_values_are_written_as_json_reads_them() -> None:
    """Instants are written in UTC, days as days, whatever else JSON does not know as text."""
    assert plain({"at": AT, "days": [date(2026, 11, 23)], "share": 0.5, "open": True, "none": None}) == {
        "at": "2026-11-23T01:00:00.000000+00:00",
        "days": ["2026-11-23"],
        "share": 0.5,
        "open": True,
        "none": None,
    }


def test_the_longest_beginning_of_a_path_says_what_it_is_about() -> None:
    """A path is about the objects of its longest known beginning, whole parts only."""
    audited = Audited({"/offers": offer, "/canteens/{canteen_id}/closures": closure})
    assert audited.table_of("/offers/{offer_id}/withdraw") is offer
    assert audited.table_of("/canteens/{canteen_id}/closures/{day}") is closure
    assert audited.table_of("/canteens/{canteen_id}") is None
    assert audited.table_of("/offers-of-today") is None


def test_only_whole_keys_are_looked_up() -> None:
    """A key is taken as its columns know it; half a key, or nonsense, is none."""
    said: list[dict[str, Any]] = [
        {"canteen_id": "c-1", "day": "2026-11-23"},
        {"canteen_id": "c-1"},
        {"canteen_id": "c-1", "day": "yesterday"},
        {"canteen_id": 5, "day": "2026-11-23"},
        {"canteen_id": "c\x00", "day": "2026-11-23"},
        {"canteen_id": "c\ud800", "day": "2026-11-23"},
        {"canteen_id": "c" * 301, "day": "2026-11-23"},
        {"canteen_id": "c-1", "day": 20261123},
    ]
    assert _keys(closure, said) == {("c-1", date(2026, 11, 23))}
    assert _keys(table_of(Depot), [{"depot_id": 2**63}, {"depot_id": "d-1"}]) == {("d-1",)}
