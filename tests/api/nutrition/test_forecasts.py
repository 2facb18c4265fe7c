"""What a county's canteens will need, told to whoever guides planting."""

from datetime import date, timedelta

from shared.events.nutrition import DemandForecast
from tests import builders as b
from tests.api.nutrition.school import School
from tests.api.nutrition.test_cycles import GROUP, TWO_WEEKS, a_cycle, three_schools
from tests.conftest import WorldOf
from tests.world import ok, refused

NEXT = date.fromisoformat(b.MONDAY)


def _by_week(events: list[DemandForecast]) -> dict[date, dict[str, tuple[int, int]]]:
    return {
        event.week_start: {line.food_code: (line.from_cycles_g, line.from_menus_g) for line in event.lines}
        for event in events
    }


async def test_a_cycle_saved_is_forecast_for_a_term(world_of: WorldOf) -> None:
    """Twenty weeks from next Monday on are told once; nothing is told again while nothing changed."""
    school = await School(await world_of("nutrition")).set_up()
    cycle = await a_cycle(school, weeks=TWO_WEEKS[:1])
    await school.world.settle()
    told = school.world.told_of(DemandForecast)
    assert [event.week_start for event in told] == [NEXT + timedelta(days=7 * n) for n in range(20)]
    assert {(event.county_code, event.version, event.canteens, event.cycle_ids) for event in told} == {
        (b.COUNTY, 1, 1, (cycle["cycle_id"],))
    }
    assert _by_week(told)[NEXT] == {
        "cabbage": (14_000, 0),
        "pork": (2_000, 0),
        "rice": (15_000, 0),
        "salt": (100, 0),
    }
    await school.world.settle()
    assert len(school.world.told_of(DemandForecast)) == 20


async def test_a_changed_cycle_is_told_with_a_higher_version(world_of: WorldOf) -> None:
    """Weeks that need something else are told again; a cycle thrown away leaves empty weeks behind."""
    school = await School(await world_of("nutrition")).set_up()
    cycle = await a_cycle(school, weeks=TWO_WEEKS[:1])
    await school.world.settle()
    route, edit = f"/cycles/{cycle['cycle_id']}", {"starts_on": b.MONDAY, "weeks": TWO_WEEKS[:1]}
    await ok(await school.http.put(route, json=edit | {"ends_on": "2026-12-13"}))
    await school.world.settle()
    again = school.world.told_of(DemandForecast)[20:]
    assert [event.week_start for event in again] == [NEXT + timedelta(days=7 * n) for n in range(2, 20)]
    assert {(event.version, event.lines, event.canteens) for event in again} == {(2, (), 0)}
    assert (await school.http.delete(route)).status_code == 204
    await school.world.settle()
    last = school.world.told_of(DemandForecast)[38:]
    assert [(event.week_start, event.version, event.lines) for event in last] == [
        (NEXT, 2, ()),
        (NEXT + timedelta(days=7), 2, ()),
    ]


async def test_a_published_menu_takes_the_place_of_the_cycle(world_of: WorldOf) -> None:
    """Once a week's menu stands its grams are told, not the cycle's; every week the forecast moves on by itself."""
    school = await School(await world_of("nutrition")).set_up()
    await three_schools(school)
    await a_cycle(school, canteen_id=None, group_id="g-1", weeks=TWO_WEEKS[:1])
    await school.world.settle()
    await school.publish(
        b.a_menu()
        | {"week_start": "2026-12-07", "days": [{"day": "2026-12-07", "meal": "lunch", "dish_codes": ["d02"]}]}
    )
    await school.world.settle()
    assert len(school.world.told_of(DemandForecast)) == 20
    school.go_to(b.MONDAY, 1)
    await school.world.settle()
    told = school.world.told_of(DemandForecast)[20:]
    assert [(event.week_start, event.version) for event in told] == [
        (NEXT + timedelta(days=7), 2),
        (NEXT + timedelta(days=140), 1),
    ]
    assert _by_week(told)[NEXT + timedelta(days=7)]["rice"] == (40 * 150, 100 * 50)
    assert told[0].canteens == 2


async def test_what_was_told_can_be_read(world_of: WorldOf) -> None:
    """The weeks of a county, in order, as they were told last; a group that loses a school needs less."""
    school = await School(await world_of("nutrition")).set_up()
    await three_schools(school)
    await a_cycle(school, canteen_id=None, group_id="g-1", weeks=TWO_WEEKS[:1])
    await school.world.settle()
    await school.put("/canteen-groups", GROUP | {"canteen_ids": ["sch-2"]})
    await school.world.settle()
    page = await ok(await school.http.get("/demand-forecasts", params={"county_code": b.COUNTY, "limit": 2}))
    assert [(week["week_start"], week["version"], week["canteens"]) for week in page["items"]] == [
        ("2026-11-30", 2, 1),
        ("2026-12-07", 2, 1),
    ]
    rice = {"food_code": "rice", "from_cycles_g": 40 * 150, "from_menus_g": 0}
    assert rice in page["items"][0]["lines"]
    rest = await ok(await school.http.get("/demand-forecasts", params={"county_code": b.COUNTY, "after": page["next"]}))
    assert len(rest["items"]) == 18
    refused(await school.http.get("/demand-forecasts"), 422, "invalid-input")
    refused(await school.http.get("/demand-forecasts", params={"county_code": "1", "after": "x"}), 422, "cursor")
