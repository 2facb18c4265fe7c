"""Notes and reasons as long as they may be, without a place to break: where they are shown they break no page."""

import pytest
from playwright.sync_api import expect

from shared.auth.principal import Principal
from tests.api.portal.half_filled import in_the_evening, in_the_week_before, on_the_day
from tests.api.portal.test_long_texts import MANY, is_taken
from tests.people import canteen
from tests.portal.browser import SIZES, laid_out
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty

Shown = dict[str, tuple[Principal, str]]


@pytest.fixture(scope="module")
def shown(served: ServedCounty) -> Shown:
    """Where what people of the county wrote is shown: by what it is, to whom and on which page."""
    declined, _, _, _, change, _ = served.do(in_the_week_before(served.county))
    for half in (declined, change):
        served.do(is_taken(served.county, half))
    served.settle()
    served.do(on_the_day(served.county))
    receipt, _, _, alarm = served.do(in_the_evening(served.county))
    for half in (receipt, alarm):
        served.do(is_taken(served.county, half))
    served.settle()
    menu = served.do(served.county.world.client("nutrition").get("/menus", params={"canteen_id": "sch-1"})).json()
    return {
        "declined": (declined.who, declined.page),
        "menu": (canteen("sch-1"), f"/planner/menus/{menu['items'][0]['menu_id']}/changes"),
        "receipt": (receipt.who, receipt.page.removesuffix("/correct")),
        "alarm": (alarm.who, alarm.page),
    }


def test_the_longest_notes_and_reasons_break_no_page(open_as: OpenAs, served: ServedCounty, shown: Shown) -> None:
    """Of orders, menus, receipts and alarms, unfolded, on a phone and on a desk: nothing is cut or too wide."""
    for what, (who, path) in shown.items():
        page = open_as(who).page(path)
        expect(page.locator("main"), what).to_contain_text(MANY[:150])
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        for size in SIZES.values():
            page.set_viewport_size(size["viewport"])
            laid_out(page)
