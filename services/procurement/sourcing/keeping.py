"""What an allocation has to keep at the end, exactly: rooms of days and seasons, money and suppliers of a school, lots
and packs.

Flows and moves come near; here grams are taken off until every limit holds, then lines that are short get what others
may still bring, pieces below a minimum lot go to offers that take them in full, and splits to where packs end. Each
step leaves less unmet, or as much and fewer such pieces, so it ends. Loops go over lines that are touched, not all.
"""

from collections import defaultdict

import numpy as np

from services.procurement.sourcing.arcs import Arcs
from services.procurement.sourcing.columns import Columns, Flags, Integers
from services.procurement.sourcing.days import NO_LIMIT, Days, rows_used
from services.procurement.sourcing.flows import Flow, Most, Weights, flow_within

WEEK = 7
_DAY, _SEASON, _PRICE = range(3)


def keep(
    columns: Columns, arcs: Arcs, days: Days, heavy: Integers, weights: Weights, found: Flow, *, by_flows: bool = True
) -> Flow:
    """Return a flow that keeps all rules; what others cannot bring within them is unmet.

    `heavy` is what a gram weighs on each arc: what is cheaper is taken first, what is dearer given up first.
    """
    keeper = _Keeper(columns, arcs, days, heavy, weights, found)
    if days.with_budgets:
        keeper.buy_cheaper()
    keeper.shed_rows()
    keeper.shed_suppliers()
    if by_flows:
        keeper.share_out_short()
    while keeper.mend_lots() + keeper.fill() + keeper.mend_packs():
        pass
    return Flow(keeper.grams, keeper.unmet)


def week_numbers(columns: Columns) -> tuple[Integers, dict[int, set[int]]]:
    """Return by line the number of its school's week, and by such numbers the cooperatives whose orders stand."""
    school, cooperative, day = columns.standing.T
    weeks = (np.concatenate([columns.day, day]) - 1) // WEEK
    numbers = np.concatenate([columns.school, school]) * (int(weeks.max(initial=0)) + 1) + weeks
    standing: dict[int, set[int]] = defaultdict(set)
    for number, name in zip(numbers[columns.lines :].tolist(), cooperative.tolist(), strict=True):
        standing[number].add(name)
    return numbers[: columns.lines], standing


class _Keeper:
    def __init__(
        self, columns: Columns, arcs: Arcs, days: Days, heavy: Integers, weights: Weights, found: Flow
    ) -> None:
        self._columns, self._arcs, self._days, self._heavy, self._weights = columns, arcs, days, heavy, weights
        self.grams, self.unmet = found.grams.copy(), found.unmet_g.copy()
        given = np.bincount(days.offer, weights=self.grams, minlength=columns.offers)
        self._left = columns.left_g - given.astype(np.int64)
        self._room = days.room - rows_used(days, self.grams)
        self._budget = days.budget[days.line]
        self._lot = columns.lot_g[days.offer]
        self._pack = columns.pack_g[days.offer] if len(columns.pack_g) else np.zeros(len(days.offer), np.int64)
        self._cooperative = columns.cooperative[days.offer]
        self._most = columns.terms.suppliers_per_week
        self._week, standing = week_numbers(columns)
        self._served: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        if self._most is not None:
            self._count_suppliers(standing)

    def _count_suppliers(self, standing: dict[int, set[int]]) -> None:
        """Note the grams of each supplier of a school's week; one whose orders stand is never given up."""
        for week, names in standing.items():
            self._served[week] |= dict.fromkeys(names, NO_LIMIT)
        for arc in np.flatnonzero(self.grams).tolist():
            week = int(self._week[self._days.line[arc]])
            self._served[week][int(self._cooperative[arc])] += int(self.grams[arc])

    def _put(self, arc: int, amount: int) -> None:
        """Put `amount` grams more on an arc (negative: take them off)."""
        days, line = self._days, int(self._days.line[arc])
        self.grams[arc] += amount
        self._left[days.offer[arc]] -= amount
        self._room[days.rows[_DAY, arc]] -= amount
        self._room[days.rows[_SEASON, arc]] -= amount * days.rows[_PRICE, arc]
        self._room[self._budget[arc]] -= amount * days.rows[_PRICE, arc]
        self.unmet[line] -= amount
        if self._most is not None:
            self._note_supplier(arc, amount)

    def _put_all(self, arcs: Integers, amounts: Integers) -> None:
        """Put grams more on many arcs at once."""
        days = self._days
        day, season, price = days.rows[:, arcs]
        self.grams[arcs] += amounts
        np.subtract.at(self._left, days.offer[arcs], amounts)
        np.subtract.at(self._room, day, amounts)
        np.subtract.at(self._room, season, amounts * price)
        np.subtract.at(self._room, self._budget[arcs], amounts * price)
        np.subtract.at(self.unmet, days.line[arcs], amounts)
        if self._most is not None:
            for arc, amount in zip(arcs.tolist(), amounts.tolist(), strict=True):
                self._note_supplier(arc, amount)

    def _note_supplier(self, arc: int, amount: int) -> None:
        served = self._served[int(self._week[self._days.line[arc]])]
        cooperative = int(self._cooperative[arc])
        served[cooperative] += amount
        if not served[cooperative]:
            del served[cooperative]

    def _can(self, line: int, *, whatever_it_costs: bool = False) -> tuple[Integers, Integers]:
        """Return a line's arcs, and what may still be put on each; `whatever_it_costs` the school."""
        days = self._days
        arcs = np.arange(days.start[line], days.stop[line])
        day, season, price = days.rows[:, arcs]
        can = np.minimum(self._left[days.offer[arcs]], self._room[day])
        can = np.maximum(0, np.minimum(can, self._room[season] // price))
        if not whatever_it_costs:
            can = np.minimum(can, max(0, int(self._room[days.budget[line]])) // price)
        if self._most is not None:
            served = self._served[int(self._week[line])]
            if len(served) >= self._most:
                can[~np.isin(self._cooperative[arcs], list(served))] = 0
        return arcs, can

    def buy_cheaper(self) -> None:
        """Let schools that would spend more than they have buy from cheaper offers, the dearest pieces first."""
        price = self._days.rows[_PRICE]
        over = np.flatnonzero((self._room[self._budget] < 0) & (self.grams > 0))
        for arc in over[np.argsort(-price[over], kind="stable")].tolist():
            others, can = self._can(int(self._days.line[arc]), whatever_it_costs=True)
            order = np.argsort(price[others], kind="stable")
            for other, most in zip(others[order].tolist(), can[order].tolist(), strict=True):
                lacks, saves = -int(self._room[self._budget[arc]]), int(price[arc] - price[other])
                amount = min(int(self.grams[arc]), most, -(-lacks // saves)) if saves > 0 else 0
                if amount > 0:
                    self._move(arc, other, amount)

    def shed_rows(self) -> None:
        """Take grams off rows that hold more than they can, where they weigh most first."""
        day, season, fen = self._days.rows
        for rows, price in ((day, np.ones_like(fen)), (season, fen), (self._budget, fen)):
            over = np.flatnonzero((self._room[rows] < 0) & (self.grams > 0))
            for arc in over[np.argsort(-self._heavy[over], kind="stable")].tolist():
                lacks = -int(self._room[rows[arc]])
                if lacks > 0:
                    self._put(arc, -min(int(self.grams[arc]), -(-lacks // int(price[arc]))))

    def shed_suppliers(self) -> None:
        """Take off what cooperatives bring to a school's week that has too many, those that bring least first."""
        if self._most is None:
            return
        extra = set()
        for week, served in self._served.items():
            ranked = sorted(served, key=lambda each, grams=served: (-grams[each], each))  # type: ignore[misc]
            extra |= {(week, each) for each in ranked[self._most :] if served[each] < NO_LIMIT}
        if extra:
            for arc in np.flatnonzero(self.grams).tolist():
                if (int(self._week[self._days.line[arc]]), int(self._cooperative[arc])) in extra:
                    self._put(arc, -int(self.grams[arc]))

    def share_out_short(self) -> None:
        """Share foods out anew that somebody is short of; where that is not enough, full cooperatives give others up.

        A cooperative whose season is full may be the only one that has something left of a food: then others bring
        what it brings of other foods, as far as they can.
        """
        columns, days = self._columns, self._days
        short = np.unique(columns.food[self.unmet > 0]).tolist()
        for food in short:
            self._share_out(food, self._heavy)
        every, missing, moved = np.unique(columns.food).tolist(), int(self.unmet.sum()), False
        while missing:
            wanted = (self.unmet[days.line] > 0) & (self._left[days.offer] > 0)
            wanted &= self._room[self._budget] >= days.rows[_PRICE]
            full = np.isin(self._cooperative, np.unique(self._cooperative[wanted]))
            if not full.any():
                break
            elsewhere = self._heavy + np.where(full, self._weights.of_unmet[days.line] // 2, 0)
            for food in every:
                self._share_out(food, elsewhere)
            for food in short:
                self._share_out(food, self._heavy)
            moved, before, missing = True, missing, int(self.unmet.sum())
            if missing >= before:
                break
        for food in every if moved else ():
            self._share_out(food, self._heavy)

    def _share_out(self, food: int, heavy: Integers) -> None:
        """Share a food out anew within what its cooperatives have room for, as cheaply as `heavy` says."""
        columns, arcs = self._columns, self._arcs
        mine = slice(int(arcs.first[food]), int(arcs.first[food + 1]))
        if mine.stop == mine.start:
            return
        offers, first, number = np.unique(arcs.offer[mine], return_index=True, return_inverse=True)
        day, season, price = self._days.rows[:, mine]
        # Offers of one cooperative share its room.
        alike = np.bincount(self._cooperative[mine][first], minlength=self._cooperative.max(initial=0) + 1)
        alike = alike[self._cooperative[mine]]
        now, left = self.grams[mine], self._left[arcs.offer[mine]]
        given = np.bincount(number, weights=now).astype(np.int64)
        _, delivery = np.unique(number * len(self._room) + day, return_inverse=True)
        on_day = np.bincount(delivery, weights=now).astype(np.int64)[delivery]
        most = np.minimum(left, self._room[season] // price // alike)
        of_offer = np.zeros(len(self._left), np.int64)
        of_offer[offers] = given + most[first]
        of_arc = np.where(self._may_serve(mine), self._payable(mine), now)
        within = Most(of_arc, on_day + np.minimum(left, self._room[day] // alike), of_offer)
        found = flow_within(columns, arcs, mine, heavy[mine], self._weights.of_unmet, within)
        self._put_all(mine.start + np.flatnonzero(found != now), (found - now)[found != now])

    def _payable(self, mine: slice) -> Integers:
        """Return what lines may get over arcs, each its part of what their school's week has left."""
        need, budget = self._columns.need_g[self._arcs.line[mine]], self._budget[mine]
        if not self._days.with_budgets:
            return need
        _, number, alike = np.unique(budget, return_inverse=True, return_counts=True)
        more = np.maximum(0, self._room[budget]) // self._days.rows[_PRICE, mine] // alike[number]
        payable: Integers = np.minimum(need, self.grams[mine] + more)
        return payable

    def _may_serve(self, mine: slice) -> Flags:
        """Return which arcs are those of cooperatives that serve the school's week already, where that is limited."""
        lines, names = self._days.line[mine].tolist(), self._cooperative[mine].tolist()
        if self._most is None:
            return np.ones(len(lines), np.bool_)
        served = [name in self._served[int(self._week[line])] for line, name in zip(lines, names, strict=True)]
        return np.array(served, np.bool_)

    def fill(self) -> bool:
        """Let lines that are short have what may still be brought, the cheapest first; whether anybody got anything."""
        done = False
        for line in np.flatnonzero(self.unmet > 0).tolist():
            while self.unmet[line] > 0:
                arcs, can = self._can(line)
                if not can.any():
                    break
                best = int(np.argmin(np.where(can > 0, self._heavy[arcs], NO_LIMIT)))
                self._put(int(arcs[best]), min(int(can[best]), int(self.unmet[line])))
                done = True
        return done

    def mend_lots(self) -> bool:
        """Give pieces below their offer's minimum lot to others that take them in full; whether any was given."""
        done = False
        for arc in np.flatnonzero((self.grams > 0) & (self.grams < self._lot)).tolist():
            amount = int(self.grams[arc])
            if 0 < amount < self._lot[arc]:
                arcs, can = self._can(int(self._days.line[arc]))
                fits = (can >= amount) & (self.grams[arcs] + amount >= self._lot[arcs]) & (arcs != arc)
                if fits.any():
                    done = self._move(arc, int(arcs[np.argmin(np.where(fits, self._heavy[arcs], NO_LIMIT))]), amount)
        return done

    def mend_packs(self) -> bool:
        """Move what is over whole packs to a line's other pieces, loose ones or of broken packs; whether any was."""
        done = False
        broken = (self.grams > 0) & (self._pack > 0) & (self.grams % np.maximum(self._pack, 1) > 0)
        for arc in np.flatnonzero(broken).tolist():
            over = int(self.grams[arc] % self._pack[arc])
            rest = int(self.grams[arc]) - over
            if not over or 0 < rest < self._lot[arc]:
                continue
            arcs, can = self._can(int(self._days.line[arc]))
            pack = np.maximum(self._pack[arcs], 1)
            takes = (self._pack[arcs] == 0) | (self.grams[arcs] % pack > 0)
            fits = (can >= over) & (self.grams[arcs] > 0) & takes & (arcs != arc)
            if fits.any():
                done = self._move(arc, int(arcs[np.argmin(np.where(fits, self._heavy[arcs], NO_LIMIT))]), over)
        return done

    def _move(self, arc: int, other: int, amount: int) -> bool:
        self._put(other, amount)
        self._put(arc, -amount)
        return True
