"""Lots against plain sums: however they are split, mixed and packed, every gram keeps who brought it."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.farmers.lots.domain import Harvest, Lot, bring_in
from services.farmers.lots.mixing import Mixture, Piece, Portion, divide, mix
from shared.errors import DomainError
from tests.api.farmers.builders import COOP
from tests.machines import tried
from tests.world import START

TODAY = date(2026, 11, 23)
FOOD = "napa_cabbage"
HOUSEHOLDS = st.dictionaries(st.sampled_from(("hh-1", "hh-2", "hh-3")), st.integers(1, 60))


class Lots(RuleBasedStateMachine):
    """The model: what each household and the cooperative's own base brought in all, and what of each lot was packed."""

    def __init__(self) -> None:
        super().__init__()
        self.lots: dict[str, Lot] = {}
        self.brought_g: Counter[str] = Counter()
        self.packed_g: Counter[str] = Counter()
        self._ids = count(1)

    def _full(self) -> list[str]:
        return [key for key, lot in self.lots.items() if lot.remaining_g]

    def _keep(self, *lots: Lot) -> None:
        self.lots |= {lot.harvest.lot_id: lot for lot in lots}

    @rule(own=st.integers(1, 60), brought=HOUSEHOLDS)
    def harvest(self, own: int, brought: dict[str, int]) -> None:
        """A lot comes in: of some households, and of the cooperative's own base."""
        lot_id = f"lot-{next(self._ids)}"
        harvest = Harvest(lot_id, COOP, FOOD, TODAY, f"GZ-{lot_id}", own + sum(brought.values()), brought)
        self._keep(bring_in(harvest, frozenset({"hh-1"} & brought.keys()), START))
        self.brought_g.update(brought | {"base": own})

    @precondition(lambda self: self._full())
    @rule(data=st.data())
    def split(self, data: st.DataObject) -> None:
        """A piece of a lot is a lot of its own; more than is left is refused."""
        whole = self.lots[data.draw(st.sampled_from(self._full()))]
        piece = Piece(f"lot-{next(self._ids)}", None, data.draw(st.integers(1, whole.remaining_g)))
        (made,), rest = divide(whole, [piece], TODAY, START)
        self._keep(made, rest)
        with pytest.raises(DomainError):
            divide(rest, [replace(piece, quantity_g=rest.remaining_g + 1)], TODAY, START)

    @precondition(lambda self: len(self._full()) > 1)
    @rule(data=st.data())
    def mix(self, data: st.DataObject) -> None:
        """Lots poured together are a new one."""
        chosen = data.draw(st.lists(st.sampled_from(self._full()), min_size=2, max_size=3, unique=True))
        portions = tuple(Portion(key, data.draw(st.integers(1, self.lots[key].remaining_g))) for key in chosen)
        number = next(self._ids)
        made, rests = mix(Mixture(f"lot-{number}", f"GZ-mixed-{number}", portions), self.lots, TODAY, START)
        assert {(each.lot_id, each.quantity_g) for each in made.parents} == {
            (each.lot_id, each.quantity_g) for each in portions
        }
        self._keep(made, *rests)

    @precondition(lambda self: self._full())
    @rule(data=st.data())
    def pack(self, data: st.DataObject) -> None:
        """What is packed is there no more."""
        lot = self.lots[data.draw(st.sampled_from(self._full()))]
        grams = data.draw(st.integers(1, lot.remaining_g))
        self._keep(replace(lot, remaining_g=lot.remaining_g - grams))
        self.packed_g[lot.harvest.lot_id] += grams

    @precondition(lambda self: self._full())
    @rule(data=st.data())
    def recall(self, data: st.DataObject) -> None:
        """A recalled lot is neither split nor mixed."""
        lot = replace(self.lots[data.draw(st.sampled_from(self._full()))], recalled_at=START)
        with pytest.raises(DomainError):
            divide(lot, [Piece("lot-none", None, 1)], TODAY, START)

    @invariant()
    def a_lot_is_what_is_left_moved_and_packed(self) -> None:
        """No gram of a lot is in two places."""
        for lot_id, lot in self.lots.items():
            assert lot.harvest.quantity_g == lot.remaining_g + lot.moved_g + self.packed_g[lot_id]

    @invariant()
    def every_gram_keeps_who_brought_it(self) -> None:
        """Over all lots each household has just what it brought, and nobody counts as poor who did not."""
        grams: Counter[str] = Counter()
        for lot in self.lots.values():
            left = {key: each - lot.moved.get(key, 0) for key, each in lot.harvest.contributions.items()}
            left["base"] = lot.harvest.quantity_g - lot.moved_g - sum(left.values())
            assert min(left.values()) >= 0
            grams.update(left)
            assert lot.poor == {"hh-1"} & lot.harvest.contributions.keys()
        assert +grams == +self.brought_g


TestLots = tried(Lots)
