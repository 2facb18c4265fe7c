"""A day in the school kitchens: cooking, 48-hour samples, the leader's plate, leftovers, and what the eaters say.

Told again after an interruption, everything is said in the same words, and nothing happens twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

import httpx

from services.demo import people
from services.demo.calls import Crew, body_of, items
from services.demo.menus import GUIZHOU, Menus, School

SERVED_COLD = ("fruit", "dairy")
FRIDGE = "sample-fridge-1"
_TIMES: Mapping[str, time] = {"breakfast": time(7, 15), "lunch": time(11, 50), "dinner": time(12, 20)}
"""When meals are handed out; what a day is told of is told at half past twelve, so dinner is early."""


@dataclass
class Kitchens:
    """The kitchens of some counties' schools in the week of `menus`."""

    counties: Sequence[str]
    schools: Sequence[School]
    menus: Menus
    nutrition: httpx.AsyncClient
    crew: Crew
    _pupils: dict[str, int] = field(default_factory=dict)
    _cold: set[str] = field(default_factory=set)

    async def serve(self, day: date) -> None:
        """Each school cooks and serves what its menu says, to nearly everybody, and writes down what it has to."""
        await self._learn()
        await self.crew.every(self.schools, lambda school: self._serve_day(school, day))

    async def hear(self, day: date, number: int) -> None:
        """Pupils of some schools vote on lunch; on the second school day one reports a problem, closed on the next."""
        voting = [school for school in self.schools if people.dice("votes", school.canteen_id, day) < 250]
        await self.crew.every(voting, lambda school: self._vote(school, day))
        if number == 1:
            await self._report(self.schools[0], day)
        if number > 1:
            await self._close_problems()

    async def discard(self) -> None:
        """Samples whose 48 hours are over leave the fridges, unless somebody may have to test them."""
        await self.crew.every(self.counties, self._discard)

    async def _discard(self, county_code: str) -> None:
        wanted = {"county_code": county_code, "limit": "1000"}
        while ready := body_of(await self.nutrition.get("/samples/due", params=wanted))["discardable"]["items"]:
            ready.sort(key=lambda sample: (sample["canteen_id"], sample["sample_id"]))
            for canteen_id, samples in groupby(ready, key=lambda sample: str(sample["canteen_id"])):
                ids = [sample["sample_id"] for sample in samples][:200]
                body = {"sample_ids": ids, "discarded_by": _cook(canteen_id)}
                body_of(await self.nutrition.post("/samples/discards", json=body))

    async def _learn(self) -> None:
        """Ask once what does not change during the week: how many pupils there are, which dishes are served cold."""
        if not self._pupils:
            self._pupils = {c["canteen_id"]: c["pupils"] async for c in items(self.nutrition, "/canteens")}
            for county_code in self.counties:
                dishes = items(self.nutrition, "/dishes", county_code=county_code)
                self._cold |= {dish["dish_code"] async for dish in dishes if dish["category"] in SERVED_COLD}

    async def _serve_day(self, school: School, day: date) -> None:
        for meal, dishes in (await self.menus.served(school)).get(day.isoformat(), {}).items():
            meal_id = await self._cook(school, day, meal, dishes)
            await self._keep_samples(school, day, meal, dishes)
            await self._eat_along(school, day, meal)
            await self._weigh_leftovers(school, day, meal, meal_id)

    async def _cook(self, school: School, day: date, meal: str, dishes: Sequence[str]) -> str:
        """Serve a meal to those who came, at the temperatures measured in the pots; returns its id."""
        absent = people.dice("absent", school.canteen_id, day) % 40
        hot = [dish for dish in dishes if dish not in self._cold]
        served = {
            **_meal(school, day, meal),
            "headcount": max(1, self._pupils[school.canteen_id] * (1000 - absent) // 1000),
            "cooked_by": [_cook(school.canteen_id)],
            "temperatures": [people.measured(school.canteen_id, day, meal, dish) | _at(day, meal) for dish in hot],
        }
        return str(body_of(await self.nutrition.post("/meals", json=served))["meal_id"])

    async def _keep_samples(self, school: School, day: date, meal: str, dishes: Sequence[str]) -> None:
        samples = {
            **_meal(school, day, meal),
            **people.fridge(school.canteen_id, day),
            "place": FRIDGE,
            "taken_by": _cook(school.canteen_id),
            "taken_at": _instant(day, meal),
            "samples": [{"dish_code": dish, "quantity_g": 130} for dish in dishes],
        }
        body_of(await self.nutrition.post("/samples", json=samples))

    async def _eat_along(self, school: School, day: date, meal: str) -> None:
        """A leader of the school eats the meal and writes down what it was like."""
        found = people.verdict(school.canteen_id, day, meal)
        entry = {**_meal(school, day, meal), **found, "person": f"{school.canteen_id}-head"}
        body_of(await self.nutrition.post("/meal-logs", json=entry | {"ate_at": _instant(day, meal)}))

    async def _weigh_leftovers(self, school: School, day: date, meal: str, meal_id: str) -> None:
        left_g = self._pupils[school.canteen_id] * (5 + people.dice("leftover", school.canteen_id, day, meal) % 26)
        weighed = {"leftovers": [{"fate": "destroyed", "quantity_g": left_g}], "weighed_by": _cook(school.canteen_id)}
        body_of(await self.nutrition.put(f"/meals/{meal_id}/leftovers", json=weighed))

    async def _vote(self, school: School, day: date) -> None:
        """A few pupils give lunch points."""
        dishes = (await self.menus.served(school)).get(day.isoformat(), {}).get("lunch", [])
        meals = [meal async for meal in items(self.nutrition, "/meals", canteen_id=school.canteen_id, day=f"{day}")]
        for meal_id in (meal["meal_id"] for meal in meals if meal["meal"] == "lunch"):
            for voter in range(3):
                token = f"pupil-{school.canteen_id}-{voter}"
                votes = [{"dish_code": dish, "points": people.points(token, dish, day)} for dish in dishes]
                body = {"voter": token, "role": "pupil", "votes": votes}
                body_of(await self.nutrition.post(f"/meals/{meal_id}/votes", json=body))

    async def _report(self, school: School, day: date) -> None:
        meals = (await self.menus.served(school)).get(day.isoformat(), {})
        if [known async for known in items(self.nutrition, "/problems", canteen_id=school.canteen_id)] or not meals:
            return
        meal = "lunch" if "lunch" in meals else next(iter(meals))
        said = {"kind": "foreign_body", "said": "a husk between the teeth", "people_affected": 1}
        body_of(await self.nutrition.post("/problems", json=_meal(school, day, meal) | said))

    async def _close_problems(self) -> None:
        """Counties answer and close what was reported: from then on the samples of the meal may go."""
        open_ones = items(self.nutrition, "/problems")
        for problem in [one async for one in open_ones if one["state"] != "closed"]:
            route = f"/problems/{problem['problem_id']}"
            answer = {"answer": "the rice was sieved too coarsely; the kitchen has a finer sieve now"}
            body_of(await self.nutrition.post(f"{route}/answer", json=answer | {"answered_by": "county-nutritionist"}))
            outcome = {"outcome": "the samples were looked through and are clean"}
            body_of(await self.nutrition.post(f"{route}/close", json=outcome | {"closed_by": "county-nutritionist"}))


def _meal(school: School, day: date, meal: str) -> dict[str, Any]:
    return {"canteen_id": school.canteen_id, "day": day.isoformat(), "meal": meal}


def _cook(canteen_id: str) -> str:
    return f"{canteen_id}-cook"


def _instant(day: date, meal: str) -> str:
    return datetime.combine(day, _TIMES[meal], GUIZHOU).isoformat()


def _at(day: date, meal: str) -> dict[str, str]:
    """Return when a pot is measured: ten minutes before it is handed out."""
    at = datetime.combine(day, _TIMES[meal], GUIZHOU) - timedelta(minutes=10)
    return {"measured_at": at.isoformat()}


async def figures(nutrition: httpx.AsyncClient) -> dict[str, float]:
    """Return how the week was served: counts, g left over, and the mean of the points pupils gave (1 to 5)."""
    samples = [sample["state"] async for sample in items(nutrition, "/samples")]
    problems = [problem["state"] async for problem in items(nutrition, "/problems")]
    logs = [log async for log in items(nutrition, "/meal-logs")]
    measured, left_g = list[dict[str, Any]](), 0
    votes = points = 0.0
    async for listed in items(nutrition, "/meals"):
        meal = body_of(await nutrition.get(f"/meals/{listed['meal_id']}"))
        measured += meal["temperatures"]
        left_g += sum(row["quantity_g"] for row in meal["leftovers"] or [])
        if listed["meal"] == "lunch":
            said = body_of(await nutrition.get(f"/meals/{listed['meal_id']}/feedback"))["dishes"]
            votes += sum(dish["ratings"] for dish in said)
            points += sum(dish["ratings"] * (dish["mean_points"] or 0) for dish in said)
    return {
        "temperatures_measured": len(measured),
        "temperatures_not_hot": sum(one["warning"] is not None for one in measured),
        "samples_kept": len(samples),
        "samples_discarded": samples.count("discarded"),
        "meals_logged": len(logs),
        "leftovers_g": left_g,
        "votes": int(votes),
        "mean_points": round(points / votes, 2) if votes else 0.0,
        "problems_reported": len(problems),
        "problems_closed": problems.count("closed"),
    }
