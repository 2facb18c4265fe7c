"""Trips against a plain picture of where each order is, whatever drivers and cooperatives do in what order."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import func, insert, select

from services.logistics.consignments import usecases as consignments
from services.logistics.trips import queries, usecases
from shared.messaging.tables import outbox
from shared.service import Service
from shared.unit_of_work import UnitOfWork
from tests.api.logistics.county import NOON, a_cancellation, a_confirmation, a_dispatch
from tests.unit.logistics.on_tables import OnTables, agrees

T = TypeVar("T")
POINT = "depot-1"
SCHOOLS = ("sch-1", "sch-2")
PLAN = {
    "a": ("sch-1", ("first",)),
    "b": ("sch-2", ("first",)),
    "c": ("sch-1", ("first", "second")),
    "d": ("sch-2", ("second",)),
}
"""By order its school and the trips it is to ride on; from the first to the second over the collection point."""
ORDERS, TRIPS = st.sampled_from(sorted(PLAN)), st.sampled_from(("first", "second"))


@dataclass
class Order:
    """Where an order is: waiting, loaded, arrived or cancelled; `way` is what it rides on next, None is unpacked."""

    school: str
    way: tuple[str, ...]
    status: str = "waiting"
    packed_g: int | None = None
    recalled: bool = False


@dataclass
class Picture:
    """What happened, as somebody would note it by hand."""

    orders: dict[str, Order] = field(
        default_factory=lambda: {key: Order(school, way) for key, (school, way) in PLAN.items()}
    )
    trips: dict[str, str] = field(default_factory=lambda: {"first": "planned", "second": "planned"})
    told: int = 0

    def of(self, trip: str, *statuses: str) -> list[str]:
        """Return the orders of a trip that are in one of the statuses."""
        return [key for key, order in self.orders.items() if order.way[:1] == (trip,) and order.status in statuses]


class Trips(OnTables):
    """Two trips of a day and four orders, on tables; the model is a `Picture`."""

    def __init__(self, service: Service, runner: asyncio.Runner) -> None:
        super().__init__(service, runner)
        self.picture = Picture()
        self.do(self._begin)
        self._told_before = self.do(_told)

    @rule(order=ORDERS, grams=st.integers(0, 3))
    def pack(self, order: str, grams: int) -> None:
        """The cooperative packs something, or nothing; its first word stands."""
        share = {self.id_of(f"lot-{order}"): grams} if grams else {}
        event = a_dispatch(self.id_of(order), share, canteen_id=self.picture.orders[order].school)
        self.do(lambda uow: consignments.keep_dispatched(uow, [event]))
        if self.picture.orders[order].packed_g is None:
            self.picture.orders[order].packed_g = grams

    @rule(order=ORDERS)
    def cancel(self, order: str) -> None:
        """What waits can be called off, what is on board cannot."""
        event = a_cancellation(self.id_of(order))
        self.do(lambda uow: consignments.cancel(uow, event))
        if self.picture.orders[order].status == "waiting":
            self.picture.orders[order].status = "cancelled"

    @rule(order=ORDERS)
    def recall(self, order: str) -> None:
        """A lot is recalled: nothing of it is loaded from now on."""
        if not self.picture.orders[order].recalled:
            named = {"recall_id": self.id_of(f"recall-{order}"), "lot_id": self.id_of(f"lot-{order}")}
            row = {**named, "cooperative_id": "coop-1", "reason": "test", "raised_at": NOON, "closing_note": ""}
            self.do(lambda uow: uow.session.execute(insert(queries.recall), [row]))
        self.picture.orders[order].recalled = True

    @rule(trip=TRIPS, wanted=st.none() | st.lists(ORDERS, max_size=3))
    def load(self, trip: str, wanted: list[str] | None) -> None:
        """Before a trip leaves, what is packed and sound is loaded, also bit by bit."""
        riding = self.picture.of(trip, "waiting", "loaded", "cancelled", "arrived")
        bad = [each for each in wanted or () if each not in riding or self._is_bad(each)]
        with self.refused_if(self.picture.trips[trip] != "planned" or bool(bad)) as refused:
            named = None if wanted is None else [self.id_of(each) for each in wanted]
            aboard, _ = self.do(lambda uow: usecases.load(uow, self.id_of(trip), named))
        if refused:
            return
        for each in self.picture.of(trip, "waiting"):
            if (wanted is None or each in wanted) and self.picture.orders[each].packed_g and not self._is_bad(each):
                self.picture.orders[each].status = "loaded"
                self.picture.told += 1
        assert aboard == [self.id_of(each) for each in self.picture.of(trip, "loaded")]

    @rule(trip=TRIPS)
    def depart(self, trip: str) -> None:
        """It leaves once, with what is on board; the rest waits for others, also what was to change to it."""
        left_before = self.picture.trips[trip] != "planned"
        with self.refused_if(not left_before and not self.picture.of(trip, "loaded")) as refused:
            orders, _ = self.do(lambda uow: usecases.depart(uow, self.id_of(trip)))
        if refused:
            return
        assert orders == [self.id_of(each) for each in self.picture.of(trip, "loaded", "arrived")]
        if left_before:
            return
        self.picture.trips[trip] = "departed"
        self.picture.told += 1
        for order in self.picture.orders.values():
            if order.status in ("waiting", "cancelled") and order.way[:1] == (trip,):
                order.way = ()
            elif order.way[1:] == (trip,):
                order.way = order.way[:1]

    @rule(trip=TRIPS, school=st.sampled_from(SCHOOLS))
    def arrive(self, trip: str, school: str) -> None:
        """It reaches a school with what is on board for it, once; with the last of its load it is completed."""
        aboard = self.picture.of(trip, "loaded")
        brought = [each for each in aboard if self.picture.orders[each].school == school]
        before = [each for each in self.picture.of(trip, "arrived") if self.picture.orders[each].school == school]
        with self.refused_if(self.picture.trips[trip] == "planned" or not (brought or before)) as refused:
            orders, _, completed = self.do(lambda uow: usecases.arrive(uow, self.id_of(trip), school))
        if refused:
            return
        assert orders == [self.id_of(each) for each in brought or before]
        for each in brought:
            self.picture.orders[each].status = "arrived"
        self.picture.told += bool(brought)
        if brought and len(brought) == len(aboard):
            self.picture.trips[trip] = "completed"
        assert completed == (self.picture.trips[trip] == "completed")

    @rule(trip=TRIPS)
    def gather(self, trip: str) -> None:
        """At the collection point is set down what is to be there: it waits for the trip that takes it on, or any."""
        aboard = self.picture.of(trip, "loaded")
        down = [each for each in aboard if trip == "first" and PLAN[each][1][1:]]
        with self.refused_if(self.picture.trips[trip] == "planned" or not down) as refused:
            orders, _, completed = self.do(lambda uow: usecases.gather(uow, self.id_of(trip), POINT))
        if refused:
            return
        assert orders == [self.id_of(each) for each in down]
        assert completed == (len(down) == len(aboard))
        for each in down:
            order = self.picture.orders[each]
            order.status, order.way = "waiting", order.way[1:]
        if completed:
            self.picture.trips[trip] = "completed"
            self.picture.told += 1

    @invariant()
    def everything_is_where_it_was_put(self) -> None:
        """The tables say of each order and trip what the picture does, and everything was told once."""
        orders, trips = self.do(self._rows)
        for key, order in self.picture.orders.items():
            first, then = ([self.id_of(trip) for trip in order.way] + [None, None])[:2]
            row = orders[self.id_of(key)]
            assert (row.status, row.trip_id, row.onward_trip_id) == (order.status, first, then), key
        assert trips == {self.id_of(key): status for key, status in self.picture.trips.items()}
        assert self.do(_told) - self._told_before == self.picture.told

    @invariant()
    def nobody_waits_for_what_has_left(self) -> None:
        """What waits rides on a trip that is still to come, or on none and is planned anew."""
        for key in self.picture.orders:
            order = self.picture.orders[key]
            if order.status == "waiting" and order.way:
                assert self.picture.trips[order.way[0]] == "planned", key

    def _is_bad(self, order: str) -> bool:
        return self.picture.orders[order].recalled and bool(self.picture.orders[order].packed_g)

    async def _begin(self, uow: UnitOfWork) -> None:
        await consignments.keep_confirmed(
            uow, [a_confirmation(self.id_of(key), canteen_id=school) for key, (school, _) in PLAN.items()]
        )
        await queries.add_trips(uow, [self.planned_trip(trip) for trip in self.picture.trips])
        await queries.add_stops(uow, list(self._stops()))
        await queries.assign(uow, {self.id_of(key): [self.id_of(one) for one in way] for key, (_, way) in PLAN.items()})

    def _stops(self) -> Iterator[dict[str, Any]]:
        for trip in self.picture.trips:
            riding = {key: school for key, (school, way) in PLAN.items() if trip in way}
            changing = [key for key in riding if PLAN[key][1][0] == trip and PLAN[key][1][1:]]
            stops = [("canteen", school, [key for key in riding if riding[key] == school]) for school in SCHOOLS]
            for number, (kind, place, orders) in enumerate([("point", POINT, changing), *stops], start=1):
                if orders:
                    yield {
                        "trip_id": self.id_of(trip),
                        "sequence": number,
                        "kind": "delivery",
                        "place_kind": kind,
                        "place_id": place,
                        "planned_at": NOON,
                        "order_ids": [self.id_of(key) for key in orders],
                    }

    async def _rows(self, uow: UnitOfWork) -> tuple[dict[str, Any], dict[str, str]]:
        mine = queries.consignment.c.order_id.startswith(self.prefix)
        orders = (await uow.session.execute(select(queries.consignment).where(mine))).all()
        trips = (await uow.session.execute(select(queries.trip).where(queries.trip.c.plan_id == self.prefix))).all()
        return {row.order_id: row for row in orders}, {row.trip_id: row.status for row in trips}


async def _told(uow: UnitOfWork) -> int:
    return int(await uow.session.scalar(select(func.count()).select_from(outbox)) or 0)


def test_trips_agree_with_a_picture(tmp_path: Path) -> None:
    """Whatever happens to trips in what order, every order is where somebody put it, and is told of once."""
    agrees(Trips, tmp_path, 20)
