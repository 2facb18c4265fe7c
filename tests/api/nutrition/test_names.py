"""What foods, dishes and canteens are called is told to everybody."""

from tests import builders as b
from tests.conftest import WorldOf
from tests.world import ok, refused


async def test_names_are_for_everybody(world_of: WorldOf) -> None:
    """Without a token: the names of foods, dishes and canteens by their codes; codes that nobody knows are left out."""
    world = await world_of("nutrition")
    client = world.client("nutrition")
    await ok(
        await client.put("/foods", json={"rows": [b.a_food(code) for code in ("rice", "cabbage", "pork", "salt")]})
    )
    await ok(await client.put("/dishes", json={"rows": [b.a_dish()]}))
    await ok(await client.put("/canteens", json={"rows": [b.a_canteen(1)]}))
    nobody = world.client("nutrition", as_=None)
    told = await ok(await nobody.get("/names", params={"food": ["rice", "gold"], "dish": [b.a_dish()["dish_code"]]}))
    assert list(told["foods"]) == ["rice"]
    assert told["dishes"][b.a_dish()["dish_code"]] == {"zh": b.a_dish()["name_zh"], "en": b.a_dish()["name_en"]}
    told = await ok(await nobody.get("/names", params={"canteen": ["sch-1", "sch-9"]}))
    assert list(told["canteens"]) == ["sch-1"]
    assert await ok(await nobody.get("/names")) == {"foods": {}, "dishes": {}, "canteens": {}}
    refused(await nobody.get("/names", params={"food": ["x"] * 201}), 422, "invalid-input")
