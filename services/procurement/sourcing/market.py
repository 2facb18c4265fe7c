"""Offers by food while lines are filled from them: what is left, who stops where, which offer is best for a line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from services.procurement.sourcing.against import Why
from services.procurement.sourcing.geography import Place, distance_m
from services.procurement.sourcing.problem import Piece, Problem, barrier, why_short


class Market:
    """Offers by food and day, and what is left of them while lines are filled."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._left = [offer.remaining_g for offer in problem.offers]
        self._of_food: dict[str, list[int]] = defaultdict(list)
        for index in sorted(range(len(problem.offers)), key=lambda i: problem.offers[i].price_fen_per_kg):
            if problem.offers[index].remaining_g > 0:
                self._of_food[problem.offers[index].food_code].append(index)
        self._distances: dict[tuple[Place, Place], int] = {}
        self._stops: set[tuple[str, date, str]] = set()

    def hard_to_fill_first(self) -> list[int]:
        """Return the lines' indices by how little is offered for what is needed of their food, then by day."""
        need: dict[str, int] = defaultdict(int)
        for line in self._problem.lines:
            need[line.food_code] += line.need_g
        cover = {
            food: sum(self._left[i] for i in self._of_food.get(food, ())) * 1000 // max(1, grams)
            for food, grams in need.items()
        }
        lines = self._problem.lines

        def order(index: int) -> tuple[int, str, date, str]:
            line = lines[index]
            return cover[line.food_code], line.food_code, line.delivery_day, line.demand_id

        return sorted(range(len(lines)), key=order)

    def schools_and_days(self) -> list[list[int]]:
        """Return the lines' indices grouped by school and delivery day, days in order."""
        groups: dict[tuple[date, str], list[int]] = defaultdict(list)
        for index, line in enumerate(self._problem.lines):
            groups[line.delivery_day, line.canteen_id].append(index)
        return [groups[key] for key in sorted(groups)]

    def fill_together(self, indices: Iterable[int]) -> list[Piece]:
        """Let cooperatives bring several whole lines of a school's day, the one first that saves most by it.

        A cooperative saves what its lines would cost from the best offer of each, less what they cost from it and less
        its stop. Lines on which nobody saves anything are left to :meth:`fill`.
        """
        waiting = set(indices)
        pieces: list[Piece] = []
        while basket := self._best_basket(waiting):
            for index, offer in basket:
                waiting.discard(index)
                if self._left[offer] < self._problem.lines[index].need_g:
                    # Another line of the same food was before it in this basket.
                    continue
                rank = list(self._ranked(index)).index(offer) + 1
                pieces.append(self._take(index, offer, self._problem.lines[index].need_g, rank))
        return pieces

    def _best_basket(self, waiting: Iterable[int]) -> list[tuple[int, int]]:
        baskets: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
        for index in sorted(waiting):
            bids = [(self._bid(index, offer), offer) for offer in self._whole(index)]
            alone = min((bid + self._stop_cost(index, offer) for bid, offer in bids), default=0)
            for bid, offer in sorted(bids, reverse=True):
                if bid < alone:
                    baskets[self._problem.offers[offer].cooperative_id][index] = (alone - bid, offer)
        best, gain = "", 0
        for cooperative, lines in sorted(baskets.items()):
            index, (_, offer) = next(iter(lines.items()))
            saved = sum(saving for saving, _ in lines.values()) - self._stop_cost(index, offer)
            if saved > gain:
                best, gain = cooperative, saved
        return [(index, offer) for index, (_, offer) in sorted(baskets[best].items())] if best else []

    def _whole(self, index: int) -> list[int]:
        """Return the offers of the line's own county that can bring all of it in a full lot."""
        line, offers = self._problem.lines[index], self._problem.offers
        return [
            offer
            for offer in self._open_to(index)
            if offers[offer].county_code == line.county_code
            and offers[offer].minimum_lot_g <= line.need_g <= self._left[offer]
        ]

    def _bid(self, index: int, offer: int) -> int:
        """Return what the line costs without a stop (fen/1000), less what reaching poor households may cost."""
        line, candidate = self._problem.lines[index], self._problem.offers[offer]
        favour = self._problem.terms.tolerance_permille * candidate.poor_share_permille
        return candidate.price_fen_per_kg * line.need_g * (1_000_000 - favour) // 1_000_000

    def _stop_cost(self, index: int, offer: int) -> int:
        """Return what another stop of the offer's cooperative at the line's school costs that day, in fen/1000."""
        line = self._problem.lines[index]
        stop = (line.canteen_id, line.delivery_day, self._problem.offers[offer].cooperative_id)
        return 0 if stop in self._stops else self._problem.terms.stop_cost_fen * 1000

    def fill(self, index: int) -> list[Piece]:
        """Take what the line needs, best offer first.

        Pieces below an offer's minimum lot are only taken for what no other offer can bring in a full lot.
        """
        need = self._problem.lines[index].need_g
        pieces: list[Piece] = []
        too_small: list[tuple[int, int]] = []
        for rank, offer in enumerate(self._ranked(index), start=1):
            quantity = min(need, self._left[offer])
            if not need:
                break
            if quantity < self._problem.offers[offer].minimum_lot_g:
                too_small.append((rank, offer))
                continue
            pieces.append(self._take(index, offer, quantity, rank))
            need -= quantity
        for rank, offer in too_small:
            quantity = min(need, self._left[offer])
            if quantity:
                pieces.append(self._take(index, offer, quantity, rank))
                need -= quantity
        return pieces

    def _take(self, index: int, offer: int, quantity_g: int, rank: int) -> Piece:
        line = self._problem.lines[index]
        self._stops.add((line.canteen_id, line.delivery_day, self._problem.offers[offer].cooperative_id))
        self._left[offer] -= quantity_g
        if not self._left[offer]:
            self._of_food[self._problem.offers[offer].food_code].remove(offer)
        return Piece(index, offer, quantity_g, rank, self._distance(index, offer))

    def _ranked(self, index: int) -> Iterator[int]:
        line, offers = self._problem.lines[index], self._problem.offers
        open_to_it = self._open_to(index)
        near = [offer for offer in open_to_it if offers[offer].county_code == line.county_code]
        far = [offer for offer in open_to_it if offers[offer].county_code != line.county_code]
        for group in (near, far):
            for band in self._bands(index, group):
                yield from sorted(band, key=lambda offer: self._preference(index, offer))

    def _open_to(self, index: int) -> list[int]:
        line = self._problem.lines[index]
        return [
            offer
            for offer in self._of_food.get(line.food_code, ())
            if barrier(self._problem, line, self._problem.offers[offer], self._distance(index, offer)) is None
        ]

    def _bands(self, index: int, group: Iterable[int]) -> Iterator[list[int]]:
        band: list[int] = []
        ceiling = 0
        for cost, offer in sorted((self._cost(index, offer), offer) for offer in group):
            if band and cost > ceiling:
                yield band
                band = []
            if not band:
                ceiling = cost * (1000 + self._problem.terms.tolerance_permille) // 1000
            band.append(offer)
        if band:
            yield band

    def _cost(self, index: int, offer: int) -> int:
        """Return what the whole line would cost from this offer, in thousandths of a fen."""
        price = self._problem.offers[offer].price_fen_per_kg
        return price * self._problem.lines[index].need_g + self._stop_cost(index, offer)

    def _preference(self, index: int, offer: int) -> tuple[int, int, int, str]:
        candidate = self._problem.offers[offer]
        return (
            -candidate.poor_share_permille,
            self._cost(index, offer),
            self._distance(index, offer) or 0,
            candidate.offer_id,
        )

    def _distance(self, index: int, offer: int) -> int | None:
        here, there = self._problem.lines[index].place, self._problem.offers[offer].place
        if here is None or there is None:
            return None
        known = self._distances.get((here, there))
        if known is None:
            known = self._distances[(here, there)] = distance_m(here, there)
        return known

    def why_short(self, index: int) -> Why:
        """Return which offers of the food there were and why none of them was left for the line."""
        line = self._problem.lines[index]
        offers = [n for n, offer in enumerate(self._problem.offers) if offer.food_code == line.food_code]
        return why_short(self._problem, line, [(n, self._distance(index, n)) for n in offers])
