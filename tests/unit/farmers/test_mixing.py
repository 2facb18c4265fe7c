"""Mixing and splitting lots, without a database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.farmers.lots.domain import Harvest, Lot, bring_in
from services.farmers.lots.mixing import MOST_HOUSEHOLDS, MOST_PARENTS, Mixture, Piece, Portion, divide, mix, share
from shared.events.farmers import Contribution, LotHarvested, LotShare
from tests.api.farmers.builders import COOP
from tests.world import START

TODAY = date(2026, 11, 23)
grams = st.dictionaries(st.sampled_from(["hh-1", "hh-2", "hh-3", "hh-4"]), st.integers(1, 50_000))


def a_lot(lot_id: str, own_g: int, brought: Mapping[str, int], **other: Any) -> Lot:
    """A lot; hh-1 and hh-3 count as poor."""
    quantity_g = own_g + sum(brought.values())
    harvest = Harvest(lot_id, COOP, "napa_cabbage", TODAY, f"GZ-{lot_id}", quantity_g, brought)
    poor = frozenset({"hh-1", "hh-3"} & brought.keys())
    return bring_in(replace(harvest, **other), poor, START)


lots = st.builds(a_lot, st.just("whole"), st.integers(1, 50_000), grams)


def sums(*several: Lot) -> dict[str, int]:
    """Grams by household over lots, and the base's under its own name; what moved out of a lot is not in it."""
    total: dict[str, int] = {}
    for lot in several:
        left = {key: each - lot.moved.get(key, 0) for key, each in lot.harvest.contributions.items()}
        left["base"] = lot.harvest.quantity_g - lot.moved_g - sum(left.values())
        assert min(left.values()) >= 0
        for key, each in left.items():
            total[key] = total.get(key, 0) + each
    return {key: each for key, each in total.items() if each}


def test_a_lot_is_mixed_of_as_many_as_its_event_holds() -> None:
    """The bounds on parents and households are the event's own: one more of either could not be told."""
    made = a_lot("mixed", 1, {}).told()
    parents = [LotShare(lot_id=f"lot-{n}", quantity_g=1) for n in range(MOST_PARENTS + 1)]
    shares = [Contribution(household_id=f"hh-{n}", poor=False, quantity_g=1) for n in range(MOST_HOUSEHOLDS + 1)]
    for name, several in (("parents", parents), ("contributions", shares)):
        LotHarvested.model_validate(made.model_dump() | {name: several[:-1]})
        with pytest.raises(ValidationError, match="too_long"):
            LotHarvested.model_validate(made.model_dump() | {name: several})


@given(lots, st.lists(st.integers(1, 60_000), min_size=1, max_size=12))
def test_splitting_conserves_every_households_grams(whole: Lot, wanted: list[int]) -> None:
    """However often a lot is split, parts and rest sum, household by household, to what was brought, to the gram."""
    pieces: list[Piece] = []
    left_g = whole.remaining_g
    for number, each in enumerate(wanted):
        if each <= left_g:
            pieces.append(Piece(f"part-{number}", None, each))
            left_g -= each
    made, rest = divide(whole, pieces, TODAY, START)
    assert sums(rest, *made) == sums(whole)
    assert [one.harvest.quantity_g for one in made] == [piece.quantity_g for piece in pieces]
    assert rest.remaining_g == left_g == whole.harvest.quantity_g - rest.moved_g
    assert all(one.poor <= whole.poor for one in made)


@given(st.lists(st.tuples(st.integers(1, 9_000), grams, st.integers(1, 1000)), min_size=2, max_size=5))
def test_mixing_conserves_every_households_grams(parts: list[tuple[int, dict[str, int], int]]) -> None:
    """A mixed lot and what its parents keep sum to what was brought; it is as old as the oldest, its end the first."""
    several = {
        f"lot-{n}": a_lot(
            f"lot-{n}",
            own_g,
            brought,
            harvest_day=TODAY - timedelta(days=n),
            best_before=TODAY + timedelta(days=9 - n) if n else None,
        )
        for n, (own_g, brought, _) in enumerate(parts)
    }
    portions = tuple(
        Portion(f"lot-{n}", max(1, several[f"lot-{n}"].remaining_g * permille // 1000))
        for n, (_, _, permille) in enumerate(parts)
    )
    made, after = mix(Mixture("mixed", "GZ-mixed", portions), several, TODAY, START)
    assert sums(made, *after) == sums(*several.values())
    assert made.harvest.quantity_g == made.remaining_g == sum(portion.quantity_g for portion in portions)
    last = len(parts) - 1
    assert (made.harvest.harvest_day, made.harvest.best_before) == (
        TODAY - timedelta(days=last),
        TODAY + timedelta(days=9 - last),
    )
    assert {(link.lot_id, link.certificate_no, link.quantity_g) for link in made.parents} == {
        (portion.lot_id, f"GZ-{portion.lot_id}", portion.quantity_g) for portion in portions
    }


@given(lots, st.data())
def test_a_share_never_exceeds_what_a_household_has_left(whole: Lot, data: st.DataObject) -> None:
    """A share is in proportion within a gram: no household is taken more of than its part, rounded up."""
    taken = data.draw(st.integers(1, whole.remaining_g))
    for household_id, part in share(whole, taken).items():
        brought = whole.harvest.contributions[household_id]
        assert part <= brought
        assert abs(part - taken * brought / whole.harvest.quantity_g) < 1
