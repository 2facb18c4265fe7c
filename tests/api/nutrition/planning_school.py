"""One school that asks the planner, and what it can cook."""

from typing import Any

from tests import builders as b
from tests.api.nutrition.school import School
from tests.world import ok

MAINS = ("egg", "pork", "cabbage", "tofu", "chicken", "carrot", "potato")
PLACES = [
    {"slot": "staple", "categories": ["staple"]},
    {"slot": "main", "categories": ["mixed"]},
    {"slot": "milk", "categories": ["dairy"], "optional": True},
]


class Planning(School):
    """sch-1 with two staples, seven mains and milk, which is dear and holds the only calcium."""

    async def set_up(self, **canteen: Any) -> "Planning":
        """Register foods, dishes, the pattern of a lunch and the canteen."""
        foods = [b.a_food(code, food_group="vegetable") for code in MAINS]
        foods += [b.a_food(code, food_group="cereal", energy_kcal=350, protein_g=8) for code in ("rice", "noodles")]
        foods += [b.a_food("milk", food_group="dairy", calcium_mg=104, reference_price_fen_per_kg=1000, farmed=False)]
        foods += [b.a_food("green_beans", canteen_ban=True)]
        await self.put("/foods", *foods)
        dishes = [b.a_dish(f"m-{code}", **{code: 80}) for code in MAINS]
        dishes += [b.a_dish(f"s-{code}", **{code: 100}) | {"category": "staple"} for code in ("rice", "noodles")]
        dishes += [b.a_dish("d-milk", milk=200) | {"category": "dairy"}, b.a_dish("m-beans", green_beans=80)]
        await self.put("/dishes", *dishes)
        await self.put("/meal-patterns", {"scope": "province", "meal": "lunch", "places": PLACES})
        await self.put("/canteens", b.a_canteen(**canteen))
        return self

    async def ask(self, **wishes: Any) -> str:
        """Ask for sch-1's week; returns the plan's id."""
        body = {"canteen_id": "sch-1", "week_start": b.MONDAY} | wishes
        answer = await self.http.post("/menu-plans", json=body)
        assert answer.status_code == 202, answer.text
        plan_id: str = answer.json()["plans"][0]["plan_id"]
        assert answer.headers["location"] == f"/menu-plans/{plan_id}"
        return plan_id

    async def plan(self, **wishes: Any) -> dict[str, Any]:
        """Ask for sch-1's week and wait for the answer."""
        plan_id = await self.ask(**wishes)
        await self.world.settle()
        return await self.read(plan_id)

    async def read(self, plan_id: str) -> dict[str, Any]:
        """Read a plan."""
        plan: dict[str, Any] = await ok(await self.http.get(f"/menu-plans/{plan_id}"))
        return plan


def a_pin(dish: str, day: str = b.WEEK[0], meal: str = "lunch") -> dict[str, str]:
    """A dish pinned to a meal."""
    return {"day": day, "meal": meal, "dish_code": dish}


def dishes_of(plan: dict[str, Any], menu: int = 0) -> dict[tuple[str, str], str]:
    """The dish of each (day, place) of a plan's lunches."""
    days = plan["answer"]["menus"][menu]["days"]
    return {
        (day["day"], dish["slot"]): dish["dish_code"]
        for day in days
        for meal in day["meals"]
        for dish in meal["dishes"]
    }
