"""The week's menus: the county's nutritionist asks the planner for all canteens, each takes the best of its plan.

Where no menu is possible by the planner's rules, the canteen's staff fall back on their weekly template.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta, timezone
from typing import Any

import httpx

from services.demo.calls import Crew, Unexpected, body_of, items
from shared.clock import ManualClock

GUIZHOU = timezone(timedelta(hours=8))
AT_MOST = 1000
"""Canteens of one request to the planner."""
WISHES = {
    "only_offered": True,
    "planned_on_permille": 950,
    "alternatives": 0,
    "weights": {"cost": 5.0, "poor": 4.0, "local": 0.5, "rating": 0.2},
}
"""The county buys from its villages what they offer, and holds a fen saved, or one that reaches the poor, dear."""
DEAD_AFTER = timedelta(seconds=61)
"""A run whose process was killed is taken over after a minute."""
Template = Mapping[int, Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class School:
    """A canteen of a county, and the weekly template its staff fall back on: weekday (1–5) → meal → dishes."""

    canteen_id: str
    county_code: str
    meals: tuple[str, ...]
    template: Template


@dataclass
class Menus:
    """What the canteens of some counties serve in one week."""

    counties: Sequence[str]
    monday: date
    schools: Sequence[School]
    nutrition: httpx.AsyncClient
    clock: ManualClock
    settle: Callable[[], Awaitable[None]]
    crew: Crew
    _served: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)

    @property
    def _week(self) -> dict[str, str]:
        return {"week_start": self.monday.isoformat()}

    async def served(self, school: School) -> dict[str, dict[str, list[str]]]:
        """Return day → meal → dishes of the school's published menu; it is looked up until there is one."""
        if school.canteen_id not in self._served:
            found = items(self.nutrition, "/menus", canteen_id=school.canteen_id, **self._week)
            days: dict[str, dict[str, list[str]]] = {}
            for menu in [menu async for menu in found if menu["status"] != "withdrawn"]:
                for meal in menu["days"]:
                    days.setdefault(meal["day"], {})[meal["meal"]] = [one["dish_code"] for one in meal["dishes"]]
            if not days:
                return {}
            self._served[school.canteen_id] = days
        return self._served[school.canteen_id]

    async def plan(self) -> None:
        """Ask the planner for every canteen that has no plan yet, and wait for the answers."""
        planned = {plan["canteen_id"] async for plan in items(self.nutrition, "/menu-plans", **self._week)}
        for county_code in self.counties:
            own = [school.canteen_id for school in self.schools if school.county_code == county_code]
            asked = [canteen_id for canteen_id in own if canteen_id not in planned]
            for start in range(0, len(asked), AT_MOST):
                batch = {"canteen_ids": asked[start : start + AT_MOST], **WISHES, **self._week}
                body_of(await self.nutrition.post("/menu-plans/batch", json=batch))
        await self.settle()
        while [plan async for plan in items(self.nutrition, "/menu-plans", status="waiting", **self._week)]:
            self.clock.advance(DEAD_AFTER)
            await self.settle()

    async def publish(self) -> None:
        """Each school's staff take their plan, have the draft checked, and publish it once all are checked.

        Where no menu is possible by the planner's rules they publish their template.
        """
        plans = {plan["canteen_id"]: plan async for plan in items(self.nutrition, "/menu-plans", **self._week)}
        planned = {school_id for school_id, plan in plans.items() if plan["status"] == "planned"}
        await self.crew.every([plans[school_id] for school_id in sorted(planned)], self._take)
        holidays = await self.holidays()
        await self.crew.every(await self._drafts("draft"), self._check)
        await self.crew.every(await self._drafts("checked"), self._publish)
        by_hand = [school for school in self.schools if school.canteen_id not in planned]
        for school in by_hand:
            if not await self.served(school):
                menu = {"canteen_id": school.canteen_id, "days": self.template(school, holidays[school.county_code])}
                body_of(await self.nutrition.post("/menus", json=menu | self._week))
        await self.settle()
        if empty := [school.canteen_id for school in self.schools if not await self.served(school)]:
            raise Unexpected(f"no menu for {empty[:3]}")

    async def _take(self, plan: dict[str, Any]) -> None:
        if plan["taken"] is None:
            body_of(await self.nutrition.post(f"/menu-plans/{plan['plan_id']}/take", json={}))

    async def _check(self, draft: dict[str, Any]) -> None:
        checked = body_of(await self.nutrition.post(f"/menu-drafts/{draft['draft_id']}/check"))
        if checked["objections"]:
            raise Unexpected(f"draft of {draft['canteen_id']}: {checked['objections'][:3]}")

    async def _drafts(self, status: str) -> list[dict[str, Any]]:
        return [draft async for draft in items(self.nutrition, "/menu-drafts", status=status, **self._week)]

    async def _publish(self, draft: dict[str, Any]) -> None:
        body_of(await self.nutrition.post(f"/menu-drafts/{draft['draft_id']}/publish"))

    async def holidays(self) -> dict[str, set[str]]:
        """Return the days that each county's calendar keeps free."""
        return {
            county_code: {item["day"] async for item in items(self.nutrition, "/holidays", county_code=county_code)}
            for county_code in self.counties
        }

    def template(self, school: School, holidays: Set[str]) -> list[dict[str, Any]]:
        """Return the meals of a school's template; holidays are left out."""
        days = [self.monday + timedelta(days=offset) for offset in range(5)]
        return [
            {"day": day.isoformat(), "meal": meal, "dish_codes": dishes}
            for day in days
            if day.isoformat() not in holidays
            for meal, dishes in school.template[day.isoweekday()].items()
            if meal in school.meals
        ]
