"""Recalls against a plain picture of lots, orders and meals, whatever happens before and after in what order."""

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from services.logistics.consignments import usecases as consignments
from services.logistics.loading import usecases as loading
from services.logistics.loading.domain import Scan
from services.logistics.recalls import api, usecases
from services.logistics.recalls.domain import Outcome, recall_id_of
from services.logistics.recalls.schemas import AcknowledgementInput, ClosingInput
from services.logistics.receipts import usecases as receipts
from services.logistics.receipts.schemas import Amendment, ReceiptInput
from services.logistics.tracing import usecases as tracing
from services.logistics.tracing.back import trace_meal
from services.logistics.tracing.forward import trace_lot
from services.logistics.tracing.schemas import LotForward
from services.logistics.trips import usecases as driving
from shared.errors import DomainError
from shared.events.farmers import LotShare
from shared.events.logistics import ConsignmentLoaded, RecallRaised
from shared.sealing import Sealer
from shared.service import Service
from tests.api.logistics.county import a_cancellation, a_dispatch, a_lot, a_meal
from tests.unit.logistics.on_tables import agrees
from tests.unit.logistics.recall_picture import MADE, MEALS, ORDERS, SCHOOLS, Picture, Reached, Served
from tests.unit.logistics.recall_tables import RecallTables

SEALER = Sealer({"k": bytes(32)})
LOT, ORDER, MEAL = (st.sampled_from(sorted(names)) for names in (MADE, ORDERS, MEALS))
SOME = st.lists(LOT, min_size=1, max_size=3, unique=True)
TAKEN = st.tuples(*[st.sampled_from((0, 4, 10))] * 2)
REASONS = ("residue found", "mould")


class Recalls(RecallTables):
    """Five lots made of each other, three orders on trips of their own and two meals, on tables."""

    def __init__(self, service: Service, runner: asyncio.Runner) -> None:
        super().__init__(service, runner)
        self.picture = Picture()
        self.said: dict[str, set[str]] = {lot: set() for lot in MADE}
        self.reasons: dict[str, str] = {}

    @initialize(lots=st.lists(LOT, unique=True), brought=st.lists(ORDER, unique=True), bad=st.none() | LOT)
    def begin(self, lots: list[str], brought: list[str], bad: str | None) -> None:
        """Some lots are there, some orders at the gate and perhaps a lot is recalled before anything else happens."""
        if lots:
            self.come(lots)
        for order in brought:
            self.pack(order)
            self.load(order, True)
            self.bring(order)
        if bad is not None:
            self.recall(bad, REASONS[0])

    @rule(lots=SOME)
    def come(self, lots: list[str]) -> None:
        """Lots are told of, also twice, also before those they were made of."""
        events = [
            a_lot(self.id_of(lot)).model_copy(
                update={"parents": tuple(LotShare(lot_id=self.id_of(of), quantity_g=g) for of, g in MADE[lot].items())}
            )
            for lot in lots
        ]
        self.do(lambda uow: tracing.keep_lots(uow, events))
        self.picture.come(lots)

    @rule(lot=LOT, reason=st.sampled_from(REASONS))
    def recall(self, lot: str, reason: str) -> None:
        """Somebody recalls a lot, another does again and for another reason: it is one recall."""
        with self.refused_if(lot not in self.picture.known) as refused:
            recall_id = self.do(lambda uow: usecases.raise_recall(uow, self.id_of(lot), reason))
        if not refused:
            assert recall_id == recall_id_of(self.id_of(lot))
            self.said[lot].add(reason)
            self.picture.recall(lot)

    @rule(order=ORDER)
    def pack(self, order: str) -> None:
        """An order is packed, also of lots that are recalled, or not told of yet."""
        shares = [{self.id_of(lot): grams for lot, grams in line.items()} for line in ORDERS[order][1]]
        event = a_dispatch(self.id_of(order), *shares, canteen_id=ORDERS[order][0])
        self.do(lambda uow: consignments.keep_dispatched(uow, [event]))
        self.picture.orders[order].packed = True

    @rule(order=ORDER)
    def cancel(self, order: str) -> None:
        """What waits is called off."""
        self.do(lambda uow: consignments.cancel(uow, a_cancellation(self.id_of(order))))
        if self.picture.orders[order].status == "waiting":
            self.picture.orders[order].status = "cancelled"

    @rule(order=ORDER, lot=LOT)
    def scan(self, order: str, lot: str) -> None:
        """A recalled lot stays behind, whichever order it is for."""
        there, scans = self.picture.orders[order], [Scan(self.id_of(lot))]
        with self.refused_if(there.status in ("arrived", "received")) as refused:
            (verdict,) = self.do(lambda uow: loading.scan(uow, self.id_of(order), "driver-1", scans))
        if not refused:
            wrong = None if there.of([lot]) else "wrong-lot"
            called_off = "cancelled" if there.status == "cancelled" else None
            assert verdict.rule == ("lot-recalled" if lot in self.picture.recalled else wrong or called_off)

    @rule(order=ORDER, named=st.booleans())
    def load(self, order: str, named: bool) -> None:
        """Lines that hold a recalled lot stay behind; an order of nothing else is not loaded."""
        there, bad = self.picture.orders[order], self.picture.bad_lines(order)
        nothing_sound = there.packed and all(bad)
        with self.refused_if(there.status in ("arrived", "received") or (named and nothing_sound)) as refused:
            wanted = [self.id_of(order)] if named else None
            aboard, left = self.do(lambda uow: driving.load(uow, self.id_of(order), wanted))
        if refused:
            return
        if there.status == "waiting" and there.packed:
            assert [one.rule for one in left] == (["lot-recalled"] if nothing_sound else [])
            if not nothing_sound:
                there.status = "loaded"
                there.loaded_g = sum(
                    sum(line.values()) for line, is_bad in zip(there.lines, bad, strict=True) if not is_bad
                )
        assert aboard == [self.id_of(order)] * (there.status == "loaded")

    @rule(order=ORDER)
    def bring(self, order: str) -> None:
        """What is on board comes to the gate, even where a lot was recalled meanwhile."""
        there = self.picture.orders[order]
        with self.refused_if(there.status in ("waiting", "cancelled")) as refused:
            self.do(lambda uow: driving.depart(uow, self.id_of(order)))
        if refused or there.status == "received":
            return
        self.do(lambda uow: driving.arrive(uow, self.id_of(order), there.school))
        there.status = "arrived"

    @rule(which=st.integers(0, 2), shares=TAKEN)
    def sign(self, which: int, shares: tuple[int, int]) -> None:
        """At the gate nothing of a line is accepted that holds a recalled lot; signed before, it stays signed."""
        order = self._one_that_is("arrived", which)
        there, taken = self.picture.orders[order], shares[: len(ORDERS[order][1])]
        wrong = taken != there.signed if there.signed else there.status != "arrived"
        given = ReceiptInput.model_validate({"order_id": self.id_of(order), **self._weighing(order, taken)})
        (outcome,) = self.do(lambda uow: receipts.sign(uow, SEALER, [given]))
        refused = wrong or (there.signed is None and self._takes_more(order, taken, there.accepted))
        assert isinstance(outcome, DomainError) == refused, outcome
        if not refused and there.signed is None:
            there.status, there.signed, there.accepted = "received", taken, taken

    @rule(which=st.integers(0, 2), shares=TAKEN)
    def amend(self, which: int, shares: tuple[int, int]) -> None:
        """What was accepted of a line before its lot was recalled can become less, not more."""
        order = self._one_that_is("received", which)
        there, taken = self.picture.orders[order], shares[: len(ORDERS[order][1])]
        body = Amendment.model_validate({"reason": "weighed again", **self._weighing(order, taken)})
        wrong = there.status != "received" or self._takes_more(order, taken, there.accepted)
        with self.refused_if(wrong) as refused:
            receipt_id = receipts.receipt_id_of(self.id_of(order))
            self.do(lambda uow: receipts.amend(uow, SEALER, receipt_id, None, body))
        if not refused:
            there.accepted = taken

    @rule(meal=MEAL, version=st.integers(1, 3), lots=st.lists(st.none() | LOT, min_size=1, max_size=3))
    def serve(self, meal: str, version: int, lots: list[str | None]) -> None:
        """A meal is told, or corrected; the highest version counts, and it waits for its lots."""
        served = Served(version, [(lot, grams) for grams, lot in enumerate(lots, start=1)])
        used = [(lot and self.id_of(lot), grams) for lot, grams in served.used]
        told = {"canteen_id": MEALS[meal], "headcount": served.headcount, "version": version}
        event = a_meal(self.id_of(meal), *used, **told)  # type: ignore[arg-type]
        with self.refused_if(not {lot for lot in lots if lot} <= self.picture.known) as refused:
            self.do(lambda uow: tracing.keep_meals(uow, [event]))
        before = self.picture.meals.get(meal)
        if not refused and (before is None or before.version < version):
            self.picture.meals[meal] = served

    @rule(lot=LOT, school=st.sampled_from(SCHOOLS), grams=st.integers(0, 1))
    def acknowledge(self, lot: str, school: str, grams: int) -> None:
        """A school the lot went to says what it put aside; its first word stands."""
        first = self.picture.heard.get((lot, school), grams)
        reached = lot in self.picture.recalled and school in self.picture.reached([lot])
        said = AcknowledgementInput(canteen_id=school, acknowledged_by="cook-1", put_aside_g=grams)
        with self.refused_if(not reached or first != grams) as refused:
            self.do(lambda uow: usecases.acknowledge(uow, recall_id_of(self.id_of(lot)), said))
        if not refused:
            self.picture.heard[lot, school] = grams

    @rule(lot=LOT, outcome=st.sampled_from(("destroyed", "returned")), without=st.sampled_from(("", "no line")))
    def close(self, lot: str, outcome: str, without: str) -> None:
        """A recall is closed once, when all have answered or it is said why not; its lot stays blocked."""
        before = self.picture.closed.get(lot)
        early = before is None and not without and bool(self._waiting(lot))
        other = before not in (None, (outcome, without))
        said = ClosingInput(outcome=Outcome(outcome), note="seen to", without=without)
        with self.refused_if(lot not in self.picture.recalled or early or other) as refused:
            self.do(lambda uow: usecases.close(uow, recall_id_of(self.id_of(lot)), said))
        if not refused:
            self.picture.closed[lot] = (outcome, without)

    @rule(lot=LOT)
    def follow(self, lot: str) -> None:
        """A lot leads to every school, order and meal of it, and to what was made of it; its recall waits for them."""
        with self.refused_if(lot not in self.picture.known) as refused:
            there = self.do(lambda uow: trace_lot(uow, self.id_of(lot)))
        if refused:
            return
        self._require_forward(lot, there)
        with self.refused_if(lot not in self.picture.recalled) as unknown:
            recall = self.do(lambda uow: api.read_recall(recall_id_of(self.id_of(lot)), uow))
        if unknown:
            return
        assert recall.affected == there
        assert recall.waiting == self._waiting(lot)
        heard = {(lot, one.canteen_id): one.put_aside_g for one in recall.acknowledged}
        assert heard == {key: grams for key, grams in self.picture.heard.items() if key[0] == lot}
        assert recall.outcome == self.picture.closed.get(lot, (None,))[0]

    @rule(meal=MEAL)
    def follow_back(self, meal: str) -> None:
        """A meal leads to its lots, says which are recalled, and by which orders they came to its school."""
        served = self.picture.meals.get(meal)
        with self.refused_if(served is None):
            trace = self.do(lambda uow: trace_meal(uow, self.id_of(meal)))
        if served is None:
            return
        lots = {lot for lot, _ in served.used if lot}
        assert (trace.quantity_g, trace.traced_g) == (served.of([*lots, None]), served.of(lots))  # type: ignore[list-item]
        found = {lot.lot_id: (lot.recalled, lot.used_g, lot.deliveries) for food in trace.foods for lot in food.lots}
        assert found.keys() == {self.id_of(lot) for lot in lots}
        for lot in lots:
            recalled, used_g, deliveries = found[self.id_of(lot)]
            assert (recalled, used_g) == (lot in self.picture.recalled, served.of([lot]))
            sent = {key: one.of([lot]) for key, one in self.picture.orders.items() if one.status != "cancelled"}
            came = {self.id_of(key): at for key, at in sent.items() if at and ORDERS[key][0] == MEALS[meal]}
            assert {one.order_id: (one.dispatched_g, one.accepted_g) for one in deliveries} == came

    @invariant()
    def what_is_recalled_is_told_once(self) -> None:
        """Recalled are the lots somebody named and what was made of them, each once, for a reason somebody gave."""
        rows, told = self.written()
        assert rows.keys() == {self.id_of(lot) for lot in self.picture.recalled}
        raised = [one["data"] for one in told if one["type"] == RecallRaised.SPEC.type]
        assert sorted((one["lot_id"], one["reason"]) for one in raised) == sorted(rows.items())
        for lot in sorted(self.picture.recalled - self.reasons.keys(), key=list(MADE).index):
            self.reasons[lot] = rows[self.id_of(lot)]
            assert self.reasons[lot] in self.said[lot] | {self.reasons.get(parent) for parent in MADE[lot]}
        assert rows == {self.id_of(lot): reason for lot, reason in self.reasons.items()}
        loads = [one["data"] for one in told if one["type"] == ConsignmentLoaded.SPEC.type]
        loaded = {one["order_id"]: one["loaded_g"] for one in loads}
        aboard = {self.id_of(key): one.loaded_g for key, one in self.picture.orders.items() if one.loaded_g is not None}
        assert loaded == aboard

    def _require_forward(self, lot: str, there: LotForward) -> None:
        picture = self.picture
        assert there.lot.recalled == (lot in picture.recalled)
        assert {one.lot_id: one.quantity_g for one in there.made_of} == {
            self.id_of(each): grams for each, grams in MADE[lot].items()
        }
        assert [one.lot_id for one in there.made_into] == [self.id_of(each) for each in picture.made_of(lot)]
        schools = {one.canteen_id: _reached(one) for one in there.schools}
        assert schools == picture.reached([lot])
        for total, lots in ((there.totals, {lot}), (there.totals_with_made, picture.spread(lot))):
            expected = picture.reached(lots)
            sums = Reached(*map(sum, zip(*expected.values(), strict=True))) if expected else Reached(*[0] * 6)
            assert (total.schools, _reached(total)) == (len(expected), sums)
        packed = {self.id_of(key): of_it for key, one in picture.orders.items() if (of_it := one.of([lot]))}
        assert {one.order_id: (one.dispatched_g, one.accepted_g) for one in there.orders} == packed
        cooked = {self.id_of(key): grams for key, one in picture.meals.items() if (grams := one.of([lot]))}
        assert {one.meal_id: one.quantity_g for one in there.meals} == cooked

    def _one_that_is(self, status: str, which: int) -> str:
        there = [key for key, order in self.picture.orders.items() if order.status == status] or sorted(ORDERS)
        return there[which % len(there)]

    def _waiting(self, lot: str) -> list[str]:
        return [school for school in self.picture.reached([lot]) if (lot, school) not in self.picture.heard]

    def _takes_more(self, order: str, taken: tuple[int, ...], before: tuple[int, ...]) -> bool:
        lines = zip(self.picture.bad_lines(order), taken, before, strict=False)
        return any(bad and now > then for bad, now, then in lines)

    def _weighing(self, order: str, taken: tuple[int, ...]) -> dict[str, Any]:
        lines = [
            {
                "line_id": f"{self.id_of(order)}-{n}",
                "received_g": sum(lots.values()),
                "accepted_g": each * len(lots),
                "reason": "wilted",
            }
            for n, (lots, each) in enumerate(zip(ORDERS[order][1], taken, strict=True), start=1)
        ]
        return {"signers": ["cook-1", "teacher-2"], "lines": lines}


def _reached(there: Any) -> Reached:
    return Reached(*(getattr(there, name) for name in Reached._fields))


def test_recalls_agree_with_a_picture(tmp_path: Path) -> None:
    """Whenever a lot is recalled, what is blocked and who is named is what somebody would have noted by hand."""
    agrees(Recalls, tmp_path, 40)
