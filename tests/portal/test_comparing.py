"""A sourcing run as an official follows it: how far it is, stopped by a tap; a better answer looked at and taken."""

import asyncio
import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import expect

from shared.events.procurement import OrderPlaced
from shared.messaging.embedded import EmbeddedBus
from tests.api.procurement import facts
from tests.api.procurement.test_exact import let_one_decline, settled
from tests.people import official
from tests.portal.browser import checked
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty
from tests.portal.served import Loop, serving
from tests.world import World, settings_of

BOARD = f"/purchasing?week={facts.MONDAY}"
OFFICE = official(facts.COUNTY)
FOUND_S = 30


@pytest.fixture(scope="module")
def served(loop: Loop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedCounty]:
    """The portal beside procurement alone, which is all that its board asks but for names."""
    folder, names = tmp_path_factory.mktemp("buying"), ["procurement", "portal"]
    definitions = [importlib.import_module(f"services.{name}.main").definition for name in names]
    world = World(definitions, EmbeddedBus(folder / "bus.sqlite"), settings_of(names, folder))
    loop.run(world.__aenter__())
    try:
        with serving(loop, world.app("portal")) as address:
            yield ServedCounty(loop, world, None, address)  # type: ignore[arg-type]
    finally:
        loop.run(world.__aexit__())


async def _wanted(world: World) -> None:
    """A school wants cabbage, which a cooperative has."""
    await world.publish(
        facts.a_canteen("school-9"),
        facts.a_cooperative("coop-9"),
        facts.an_offer("offer-9", "coop-9", quantity_g=30_000),
        facts.a_menu({("cabbage", facts.MONDAY): 10_000}, "school-9", "menu-9"),
    )
    await world.settle(jobs=False)


@contextmanager
def come_so_far(served: ServedCounty, fraction: float) -> Iterator[None]:
    """Let the next run come so far, and no further before the block is left; then it has ended."""
    workers, go_on = served.world.workers, asyncio.Event()
    carry = workers.run

    async def slowly(function: Any, problem: Any, note: Any, unwanted: Any) -> Any:
        note(fraction)
        await go_on.wait()
        return await carry(function, problem, note, unwanted)

    workers.run = slowly  # type: ignore[assignment]
    settling = served.loop.begin(served.world.settle())
    try:
        yield
    finally:
        served.loop.call(go_on.set)
        settling.result(FOUND_S)
        workers.run = carry  # type: ignore[method-assign]


def test_a_run_is_watched_and_stopped(open_as: OpenAs, served: ServedCounty) -> None:
    """The page says by itself how far it is; stopped it ends, has ordered nothing, and can be started anew."""
    served.do(_wanted(served.world))
    page = open_as(OFFICE).page(BOARD)
    page.get_by_role("link", name="匹配供应商").first.click()
    page.get_by_role("button", name="现在匹配").click()
    run = page.locator("#run")
    expect(run.get_by_text("即将开始")).to_be_visible()
    with come_so_far(served, 0.6):
        expect(run.get_by_text("正在匹配供应商")).to_be_visible()
        expect(run.locator("progress")).to_have_js_property("value", 42)  # to find takes 70 of 100 of it
        checked(page, "buying-running")
        run.get_by_role("button", name="取消").dblclick()
        expect(run.locator("progress")).to_be_visible()
    expect(run.get_by_text("已停止。此前的订单有效，其余待下单。")).to_be_visible()
    checked(page, "buying-stopped")
    assert served.world.told_of(OrderPlaced) == []
    page.go_back()  # shows what was, and does nothing again
    expect(run).to_be_visible()
    page.goto(f"{served.address}{BOARD}")
    page.get_by_role("link", name="匹配供应商").first.click()
    page.get_by_role("button", name="现在匹配").click()
    served.settle()
    expect(run.get_by_text("完成：全部找到了供应商")).to_be_visible()
    assert [order.canteen_id for order in served.world.told_of(OrderPlaced)] == ["school-9"]


def test_a_better_answer_is_looked_at_and_taken(open_as: OpenAs, served: ServedCounty) -> None:
    """The board leads to it; what would change is readable at both sizes; one tap orders it, two do no more."""
    served.do(let_one_decline(served.world))
    served.do(settled(served.world))
    before = len(served.world.told_of(OrderPlaced))
    page = open_as(OFFICE).page(BOARD)
    page.locator('a[href^="/purchasing/runs/"]', has_text="重新测算").first.click()
    checked(page, "buying-better")
    page.locator("summary", has_text="变动").click()
    checked(page)
    desk = open_as(OFFICE, "desktop", "en")
    desk.forgive("422")
    late = desk.page(page.url.removeprefix(served.address))
    late.locator("summary", has_text="changes").click()
    checked(late, "buying-better")
    page.get_by_role("button", name="采用并发出订单").dblclick()
    expect(page.get_by_text("下单。")).to_be_visible()
    checked(page, "buying-taken")
    served.settle()
    placed = len(served.world.told_of(OrderPlaced)) - before
    assert placed > 0
    # The other official had the page open, and taps too.
    late.get_by_role("button", name="Take it and send the orders").click()
    expect(late.get_by_text("This was ordered")).to_be_visible()
    served.settle()
    assert len(served.world.told_of(OrderPlaced)) - before == placed
