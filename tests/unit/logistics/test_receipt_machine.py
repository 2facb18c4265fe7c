"""A consignment and the versions of its receipt against plain sums, until everybody agrees what was accepted."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.logistics.receipts.domain import (
    PackedLine,
    SignedLine,
    WeighedLine,
    require_arrived,
    require_inspected,
    same_lines,
    sign,
)
from shared.errors import Conflict, DomainError
from tests.machines import tried

STATUSES = ("waiting", "loaded", "arrived", "received")
LOTS = st.lists(st.integers(1, 50), max_size=3)


class Receipt(RuleBasedStateMachine):
    """The model: what was packed of each lot, and by line what the last version received and accepted."""

    def __init__(self) -> None:
        super().__init__()
        self.packed: dict[str, PackedLine] = {}
        self.place = 0
        self.held = False
        self.versions: list[tuple[SignedLine, ...]] = []
        self.said: dict[str, tuple[int, int]] = {}

    @initialize(lines=st.lists(LOTS, min_size=1, max_size=3))
    def pack(self, lines: list[list[int]]) -> None:
        """A cooperative packs lines from lots; of some it has nothing."""
        for n, grams in enumerate(lines):
            lots = tuple((f"lot-{n}-{m}", each) for m, each in enumerate(grams))
            self.packed[f"line-{n}"] = PackedLine(f"line-{n}", "rice", sum(grams), lots)

    @rule()
    def move(self) -> None:
        """It is loaded, and arrives."""
        self.place = min(self.place + 1, STATUSES.index("arrived"))

    @rule(data=st.data())
    def recall(self, data: st.DataObject) -> None:
        """A lot turns out to be bad: nothing more of its line is accepted."""
        line = self.packed[data.draw(st.sampled_from(sorted(self.packed)))]
        if line.lots:
            self.packed[line.line_id] = replace(line, recalled=line.lots[0][0])

    @rule()
    def warm_up(self) -> None:
        """The cold chain breaks: nothing is accepted that nobody inspected."""
        self.held = True
        weighed = [WeighedLine("line-0", 1, 1)]
        with pytest.raises(DomainError, match="inspection"):
            require_inspected(self.held, "", weighed)
        require_inspected(self.held, "core 4 °C", weighed)
        require_inspected(self.held, "", [WeighedLine("line-0", 1, 0, "warm")])

    @rule(data=st.data())
    def weigh(self, data: st.DataObject) -> None:
        """Two people sign for what they weighed; a later version replaces it, and only the same lines are the same."""
        status = STATUSES[self.place]
        if status in ("waiting", "loaded"):
            with pytest.raises(Conflict):
                require_arrived("order-1", status)
            return
        require_arrived("order-1", status)
        said = {key: self._weighed(data, line) for key, line in self.packed.items() if line.dispatched_g}
        weighed = [WeighedLine(key, received, accepted, "wilted") for key, (received, accepted) in said.items()]
        present = [replace(line, accepted_g=self.said.get(key, (0, 0))[1]) for key, line in self.packed.items()]
        if any(line.recalled and said[line.line_id][1] > line.accepted_g for line in present if line.dispatched_g):
            with pytest.raises(Conflict, match="recalled"):
                sign(present, weighed)
            return
        self.versions.append(sign(present, data.draw(st.permutations(weighed))))
        self.place = STATUSES.index("received")
        assert same_lines(weighed, weighed[::-1])
        assert same_lines(weighed, _as_weighed(self.said)) == (said == self.said)
        self.said = said

    @precondition(lambda self: any(line.dispatched_g for line in self.packed.values()))
    @rule(data=st.data())
    def weigh_wrongly(self, data: st.DataObject) -> None:
        """More than came, more accepted than received, a line left out or named twice: refused, nothing changes."""
        full = [line for line in self.packed.values() if line.dispatched_g]
        line = data.draw(st.sampled_from(full))
        others = [WeighedLine(each.line_id, 0, 0) for each in full if each is not line]
        for wrong in (
            [*others, WeighedLine(line.line_id, line.dispatched_g + 1, 0, "too much")],
            [*others, WeighedLine(line.line_id, 0, 1, "from nowhere")],
            others,
            [*others, WeighedLine(line.line_id, 0, 0), WeighedLine(line.line_id, 0, 0)],
            [*others, WeighedLine("line-none", 0, 0)],
        ):
            with pytest.raises(DomainError):
                sign(list(self.packed.values()), wrong)

    @invariant()
    def what_is_signed_is_what_was_weighed(self) -> None:
        """The last version says for each line what two people said, and for its lots the same to the gram."""
        if not self.versions:
            return
        assert {line.line_id: (line.received_g, line.accepted_g) for line in self.versions[-1]} == self.said
        for version in self.versions:
            for line in version:
                packed = self.packed[line.line_id]
                assert line.accepted_g <= line.received_g <= packed.dispatched_g
                assert sum(grams for _, grams in line.lots) == line.accepted_g
                assert all(0 <= grams <= dict(packed.lots)[lot_id] for lot_id, grams in line.lots)

    def _weighed(self, data: st.DataObject, line: PackedLine) -> tuple[int, int]:
        received = data.draw(st.integers(0, line.dispatched_g))
        return received, data.draw(st.integers(0, received))


def _as_weighed(said: Mapping[str, tuple[int, int]]) -> list[WeighedLine]:
    return [WeighedLine(key, received, accepted, "wilted") for key, (received, accepted) in said.items()]


TestReceipt = tried(Receipt)
