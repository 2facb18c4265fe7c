"""A buyer that plays procurement's part in planning a county's week over the bus (its reckoning: benchmarks/buying)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.buying import Buyer, Column, Composed, Supply
from shared.events.farmers import OfferPublished
from shared.events.nutrition import CountyPlanRequested, DemandDrafted
from shared.events.procurement import DraftChosen, MarginalPrice, MarginalPricesPublished
from tests.world import World

PREMIUM = 0.5
"""Fen of higher price worth paying for each fen that reaches poor households."""


def supplies_of(offers: Iterable[OfferPublished], request: CountyPlanRequested) -> list[Supply]:
    """Return what can be bought: the county's offers, and every food that has a market price."""
    found = [
        Supply(one.food_code, one.price_fen_per_kg, one.poor_share_permille / 1000, one.quantity_g / 1000)
        for one in offers
    ]
    market = {food.food_code: food.reference_price_fen_per_kg for food in request.foods}
    return found + [Supply(code, price, 0.0, np.inf) for code, price in market.items() if price is not None]


@dataclass
class Procurement:
    """Tells prices, listens to drafts, and in the end chooses one for each canteen."""

    world: World
    offers: Sequence[OfferPublished]
    rounds: int = 6
    good_gap: float = 0.005
    told: list[MarginalPricesPublished] = field(default_factory=list)
    final: Composed | None = None

    async def play(self) -> Buyer:
        """Play until the week is settled; returns the buyer as it then stands."""
        request = self.world.told_of(CountyPlanRequested)[-1]
        buyer = Buyer(supplies_of(self.offers, request), PREMIUM)
        for number in range(1, self.rounds + 1):
            await self.tell(request, number, buyer)
            drafts = [one for one in self.world.told_of(DemandDrafted) if one.round == number]
            assert sorted(draft.canteen_id for draft in drafts) == sorted(request.canteen_ids)
            buyer.take([Column.of(draft) for draft in sorted(drafts, key=lambda draft: draft.canteen_id)])
            if buyer.gap <= self.good_gap:
                break
        self.final, chosen = buyer.whole()
        await self.tell(request, len(self.told) + 1, buyer, chosen)
        return buyer

    async def tell(
        self, request: CountyPlanRequested, number: int, buyer: Buyer, chosen: Sequence[Column] | None = None
    ) -> None:
        """Tell a round's prices and let everything happen that follows from them."""
        event = MarginalPricesPublished(
            planning_id=request.planning_id,
            county_code=request.county_code,
            week_start=request.week_start,
            round=number,
            final=chosen is not None,
            gap_permille=round(1000 * buyer.gap) if np.isfinite(buyer.gap) else None,
            prices=tuple(
                MarginalPrice(
                    food_code=code, price_fen_per_kg=price, poor_permille=0, local_permille=0, available_g=None
                )
                for code, price in sorted(buyer.prices.items())
            ),
            chosen=tuple(DraftChosen(canteen_id=one.canteen_id, draft_id=one.draft_id) for one in chosen or ()),
            published_at=self.world.clock.now(),
        )
        self.told.append(event)
        await self.world.publish(event)
        await self.world.settle()
