"""What somebody would note by hand of lots, orders and meals, and of which lot is recalled: the model of recalls."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

MADE: Mapping[str, Mapping[str, int]] = {
    "root": {},
    "clean": {},
    "mixed": {"clean": 400, "root": 600},
    "piece": {"mixed": 300},
    "again": {"piece": 100, "root": 50},
}
"""By lot what it is made of, in g; older lots first."""
ORDERS: Mapping[str, tuple[str, tuple[Mapping[str, int], ...]]] = {
    "a": ("sch-1", ({"root": 10},)),
    "b": ("sch-2", ({"clean": 10, "mixed": 10}, {"clean": 20})),
    "c": ("sch-1", ({"again": 10, "piece": 10}, {"piece": 10})),
}
"""By order its school and what is packed for each line: of all lots of a line as much."""
MEALS: Mapping[str, str] = {"lunch": "sch-1", "supper": "sch-2"}
SCHOOLS = ("sch-1", "sch-2")


class Reached(NamedTuple):
    """What of some lots a school got and ate: orders, g packed and accepted, meals, people, g served."""

    orders: int
    dispatched_g: int
    accepted_g: int
    meals: int
    headcount: int
    served_g: int


@dataclass
class Order:
    """Where an order is, and how much of each lot of a line was accepted (g), as `signed` at first and as it stands."""

    school: str
    lines: tuple[Mapping[str, int], ...]
    status: str = "waiting"
    packed: bool = False
    signed: tuple[int, ...] | None = None
    accepted: tuple[int, ...] = (0, 0)
    loaded_g: int | None = None

    def of(self, lots: Collection[str]) -> tuple[int, int] | None:
        """Return the grams packed and accepted of some lots, None when nothing is packed of them."""
        if not self.packed:
            return None
        mine = [
            (grams, taken)
            for line, taken in zip(self.lines, self.accepted, strict=False)
            for lot, grams in line.items()
            if lot in lots
        ]
        return (sum(grams for grams, _ in mine), sum(taken for _, taken in mine)) if mine else None


@dataclass
class Served:
    """The highest version of a meal and what it was cooked from: lots, or nobody knows, and grams."""

    version: int
    used: list[tuple[str | None, int]]

    @property
    def headcount(self) -> int:
        """Return how many people ate."""
        return 10 * self.version

    def of(self, lots: Collection[str]) -> int:
        """Return the grams cooked of some lots."""
        return sum(grams for lot, grams in self.used if lot in lots)


@dataclass
class Picture:
    """Which lots have come, which are recalled (and with what words), and where orders and meals are."""

    known: set[str] = field(default_factory=set)
    recalled: set[str] = field(default_factory=set)
    orders: dict[str, Order] = field(default_factory=lambda: {key: Order(*told) for key, told in ORDERS.items()})
    meals: dict[str, Served] = field(default_factory=dict)
    heard: dict[tuple[str, str], int] = field(default_factory=dict)
    closed: dict[str, tuple[str, str]] = field(default_factory=dict)

    def come(self, lots: Collection[str]) -> None:
        """Lots come, in whatever order; what is made of a recalled one is recalled."""
        self.known |= set(lots)
        self._follow()

    def recall(self, lot: str) -> None:
        """A lot that is there is recalled, and all that was made of it."""
        self.recalled.add(lot)
        self._follow()

    def _follow(self) -> None:
        for lot in MADE:
            if lot in self.known and any(parent in self.recalled for parent in MADE[lot]):
                self.recalled.add(lot)

    def made_of(self, lot: str) -> list[str]:
        """Return the lots that are there and were made of one, by id."""
        return sorted(each for each in self.known if lot in MADE[each])

    def spread(self, lot: str) -> set[str]:
        """Return a lot and all that was made of it, however often."""
        reached = {lot}
        for each in MADE:
            if each in self.known and reached & set(MADE[each]):
                reached.add(each)
        return reached

    def bad_lines(self, order: str) -> list[bool]:
        """Return for each line of an order whether a lot in it is recalled: nobody can tell a line's lots apart."""
        return [not self.recalled.isdisjoint(line) for line in self.orders[order].lines]

    def reached(self, lots: Collection[str]) -> dict[str, Reached]:
        """Return by school what of some lots it got or ate; what was called off reached nobody."""
        return {school: Reached(*sums) for school in SCHOOLS if any(sums := list(self._sums(school, lots)))}

    def _sums(self, school: str, lots: Collection[str]) -> Iterator[int]:
        sent = [one for one in self.orders.values() if one.school == school and one.status != "cancelled"]
        packed = [grams for one in sent if (grams := one.of(lots))]
        yield from (len(packed), sum(grams for grams, _ in packed), sum(taken for _, taken in packed))
        here = [one for meal, one in self.meals.items() if MEALS[meal] == school and one.of(lots)]
        yield from (len(here), sum(one.headcount for one in here), sum(one.of(lots) for one in here))
