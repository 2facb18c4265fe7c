"""Settling a county's week: every canteen gets one whole menu, its draft chosen by whoever buys, else its best."""

from collections.abc import Mapping
from typing import Any

from services.nutrition.drafts import usecases as menu_drafts
from services.nutrition.drafts.domain import Content, Origin
from services.nutrition.menus import usecases as menus
from services.nutrition.rounds import queries
from services.nutrition.rounds.answering import Answering, InHand
from services.nutrition.rounds.domain import Draft, Prices, Status, chosen_draft, outcome_of
from services.nutrition.rounds.drafting import wishes_of
from services.nutrition.rounds.reading import read_quotes
from services.nutrition.rounds.usecases import ended
from shared.errors import DomainError
from shared.workers import Cancelled

CHUNK = 50
"""Canteens whose drafts are read at once."""
ALONE = 0
"""The round of drafts made at offers and reference prices: it comes before any that prices were told for."""


class Settling:
    """A claimed plan in this replica's hands whose prices are final, or will not come."""

    def __init__(self, hand: InHand) -> None:
        self._service = hand.service
        self._plan = hand.plan
        self._progress = hand.progress
        self._answering = Answering(hand)

    async def settle(self) -> None:
        """Make one draft of each canteen its menu, and tell that the week is planned."""
        without = await self._draft_the_missing()
        chosen, fen_per_kg = await self._prices()
        async with self._service.begin(read_only=True) as uow:
            waiting = await queries.canteens_of(uow.session, self._plan.planning_id, open_only=True)
        self._progress.done, self._progress.of = 0, len(waiting) + 1
        for start in range(0, len(waiting), CHUNK):
            some = waiting[start : start + CHUNK]
            async with self._service.begin(read_only=True) as uow:
                drafts = await queries.drafts_of(uow.session, self._plan.planning_id, some)
            for canteen_id in some:
                draft = chosen_draft(drafts.get(canteen_id, ()), chosen.get(canteen_id), fen_per_kg)
                values: dict[str, Any] = {"reason": without.get(canteen_id, "no menu was found")}
                if draft is not None:
                    values = await self._menu(draft)
                await self._became(canteen_id, values)
                self._progress.done += 1
        await self._end()

    async def _draft_the_missing(self) -> dict[str, str]:
        """Draft the canteens that have no draft yet: at the last prices that came, else at offers and the market."""
        plan, without = self._plan, dict[str, str]()
        for number, prices in ((plan.round, Prices.MARGINAL), (ALONE, Prices.QUOTED)):
            if number == ALONE and prices is Prices.MARGINAL:
                continue
            async with self._service.begin(read_only=True) as uow:
                missing = await queries.without_draft(uow.session, plan.planning_id)
            if missing:
                without = await self._answering.draft(number, prices, missing)
        return without

    async def _prices(self) -> tuple[Mapping[str, str], dict[str, int]]:
        """Return the draft chosen by canteen, and the prices the others are chosen at."""
        plan = self._plan
        prices = Prices.MARGINAL if plan.round else Prices.QUOTED
        async with self._service.begin(read_only=True) as uow:
            quotes, _ = await read_quotes(uow, plan, plan.round, prices)
            told = await queries.prices_of(uow.session, plan.planning_id, plan.round)
        chosen = told.chosen if told and plan.final else {}
        return chosen, {code: quote.price_fen_per_kg for code, quote in quotes.items()}

    async def _menu(self, draft: Draft) -> dict[str, Any]:
        """Make a draft the canteen's menu; return what became of it. What stands against it is said, not raised."""
        plan, wishes = self._plan, wishes_of(draft.meals)
        try:
            async with self._service.begin() as uow:
                if not await queries.holds(uow.session, plan, uow.now):
                    raise Cancelled
                became: dict[str, Any] = {"draft_id": draft.draft_id}
                if plan.publish:
                    menu, _ = await menus.publish_menu(uow, draft.canteen_id, plan.week_start, wishes)
                    became["menu_id"] = menu.menu_id
                else:
                    content = Content(f"planned with the county's farms, round {draft.round}", tuple(wishes))
                    made = await menu_drafts.create_draft(
                        uow, draft.canteen_id, plan.week_start, content, origin=Origin.PLAN, source_id=plan.planning_id
                    )
                    became["menu_draft_id"] = made.draft_id
                await queries.became(uow.session, plan.planning_id, draft.canteen_id, **became)
        except DomainError as error:
            return {"draft_id": draft.draft_id, "reason": error.detail[:500]}
        return {}

    async def _became(self, canteen_id: str, values: Mapping[str, Any]) -> None:
        """Write down why a canteen has no menu, if there is anything to write."""
        if not values:
            return
        async with self._service.begin() as uow:
            if not await queries.holds(uow.session, self._plan, uow.now):
                raise Cancelled
            await queries.became(uow.session, self._plan.planning_id, canteen_id, **values)

    async def _end(self) -> None:
        plan = self._plan
        async with self._service.begin() as uow:
            made = await queries.menus_of(uow.session, plan.planning_id)
            values = {"outcome": outcome_of(plan), "menus": made, "progress_permille": 1000}
            done = await queries.end(uow.session, plan.planning_id, Status.DONE, uow.now, plan, **values)
            if done is None:
                raise Cancelled
            await queries.forget_drafts(uow.session, plan.planning_id)
            uow.emit(ended(done))
