"""What every page loads does what pages rely on: records count once whatever the network does, forms are sent once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.portal.browser import Watched, checked, content_after_s, weighed
from tests.portal.conftest import windows_of
from tests.portal.photos import bitmap, size_of_jpeg
from tests.portal.served import Loop, serving
from tests.portal.toolkit import OTHER, TODAY, Gate, tiny_portal, toolkit_pages


@pytest.fixture
def gate() -> Gate:
    """What the server took, and what it does."""
    return Gate()


@pytest.fixture
def open_window(browser: Browser, loop: Loop, gate: Gate) -> Iterator[Any]:
    """Opens windows at a tiny portal."""
    with toolkit_pages(), serving(loop, tiny_portal(gate)) as address, windows_of(browser, address) as opener:
        yield opener


@pytest.fixture
def window(open_window: Any) -> Watched:
    """A phone."""
    opened: Watched = open_window()
    opened.forgive("Failed to load resource", "ERR_INCOMPLETE_CHUNKED_ENCODING")
    return opened


def kept(window: Watched, path: str = "/gate") -> Page:
    """Open a page and wait until the browser keeps it."""
    page = window.page()
    page.add_init_script(
        "navigator.serviceWorker?.addEventListener('message', (e) => (window.keptPages = e.data.pages))"
    )
    page.goto(window.address + path)
    page.wait_for_function("() => window.keptPages?.length")
    return page


def weigh(page: Page, kg: str) -> None:
    """Fill in a weight and save it."""
    page.get_by_label("公斤").fill(kg)
    page.get_by_role("button", name="保存").click()


def badge(page: Page) -> Any:
    """What says how much waits."""
    return page.locator("#outbox")


def test_records_made_without_a_network_arrive_once_each_and_in_order(window: Watched, gate: Gate) -> None:
    """Three are queued, the page loaded anew from the phone, the tab closed; with a network all three are there."""
    page = kept(window)
    window.context.set_offline(True)
    weigh(page, "1")
    expect(badge(page)).to_contain_text("等待发送：1")
    page.reload()
    expect(page.get_by_text("0 次称重")).to_be_visible()  # as it was seen last
    for number in (2, 3):  # a tap while the one before is being saved is a double tap
        weigh(page, str(number))
        expect(badge(page)).to_contain_text(f"等待发送：{number}")
    checked(page, "toolkit-waiting")
    page.close()
    assert gate.kg == []
    window.context.set_offline(False)
    page = window.page("/gate")
    expect(page.get_by_text("3 次称重")).to_be_visible()
    expect(badge(page)).to_be_hidden()
    assert gate.kg == ["1", "2", "3"]
    assert len(gate.taken) == 3


def test_a_lost_answer_is_asked_for_again_and_counts_once(window: Watched, gate: Gate) -> None:
    """The record was taken, the phone does not know: it sends the same key until it hears of it."""
    page = kept(window)
    gate.lose = 2
    weigh(page, "7")
    page.wait_for_function("() => document.getElementById('outbox').hidden === false")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_text("1 次称重")).to_be_visible(timeout=15_000)
    assert gate.kg == ["7"]
    assert len(gate.asked) == 3
    assert len(set(gate.asked)) == 1


def test_two_tabs_send_each_record_once(window: Watched, gate: Gate) -> None:
    """Whoever comes first drains; another tab shows the same and sends nothing twice."""
    first = kept(window)
    second = window.page("/gate")
    window.context.set_offline(True)
    for number in range(5):
        weigh(first, str(number + 1))
        expect(badge(first)).to_contain_text(f"等待发送：{number + 1}")
    expect(badge(second)).to_contain_text("等待发送：5")
    window.context.set_offline(False)
    for page in (first, second):
        expect(badge(page)).to_be_hidden()
    assert gate.kg == ["1", "2", "3", "4", "5"]
    assert len(gate.asked) == 5


def test_what_is_about_one_thing_is_saved_once_and_can_be_taken_back(window: Watched, gate: Gate) -> None:
    """A form with a name says that it is saved instead of asking again, also after a reload, and undoes it."""
    page = kept(window)
    window.context.set_offline(True)
    arrive = page.get_by_role("button", name="到达")
    arrive.dblclick()
    saved = page.locator("[data-saved-mark]")
    expect(saved).to_contain_text("已保存，等待发送")
    expect(arrive).to_be_hidden()
    expect(badge(page)).to_contain_text("等待发送：1")
    saved.get_by_role("button", name="撤销").click()
    expect(badge(page)).to_be_hidden()
    arrive.click()
    expect(saved).to_be_visible()
    page.reload()
    expect(saved).to_be_visible()
    expect(arrive).to_be_hidden()
    window.context.set_offline(False)
    expect(badge(page)).to_be_hidden()
    assert len(gate.taken) == 1


def test_what_is_refused_is_shown_with_the_reason_and_can_be_changed(window: Watched, gate: Gate) -> None:
    """Nothing that was typed is lost when the server says no: the list says why, and leads to the filled form."""
    page = kept(window)
    gate.refuse = True
    weigh(page, "9x")
    attention = page.locator("#outbox-attention")
    expect(attention).to_contain_text("请填写数字")
    expect(attention).to_contain_text("9x")
    checked(page, "toolkit-attention")
    page.emulate_media(color_scheme="dark")
    checked(page)
    gate.refuse = False
    weigh(page, "5")  # others are not held up
    expect(page.get_by_text("1 次称重")).to_be_visible()
    attention.get_by_role("link", name="修改").click()
    field = page.get_by_label("公斤")
    expect(field).to_have_value("9x")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    weigh(page, "9")
    expect(page.get_by_text("2 次称重")).to_be_visible()
    expect(attention).to_be_hidden()
    assert gate.kg == ["5", "9"]


def test_an_ended_session_keeps_records_until_its_person_is_back(window: Watched, gate: Gate) -> None:
    """401 is no reason to lose or to discard: it says so, and sends when somebody has signed in again."""
    page = kept(window)
    gate.signed_out = True
    weigh(page, "4")
    expect(badge(page)).to_contain_text("重新登录")
    expect(badge(page).get_by_role("link", name="登录")).to_be_visible()
    gate.signed_out = False
    page.reload()
    expect(page.get_by_text("1 次称重")).to_be_visible()
    assert gate.kg == ["4"]


def test_a_large_photo_is_made_small_and_follows_its_record(window: Watched, gate: Gate, tmp_path: Path) -> None:
    """Ten megabytes of a camera are at most 1,024 pixels of JPEG, in a request of their own after the record."""
    page = kept(window)
    page.get_by_label("公斤").fill("8")
    large = tmp_path / "photo.bmp"
    large.write_bytes(bitmap(2100, 1600))
    page.get_by_label("照片").set_input_files(large)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("1 次称重")).to_be_visible()
    page.wait_for_function("() => document.getElementById('outbox').hidden")
    (photo,) = gate.photos
    assert photo[:3] == b"\xff\xd8\xff"
    assert size_of_jpeg(photo) == (1024, 780)
    assert next(iter(gate.taken.values()))["kg"] == "8"
    page.get_by_label("公斤").fill("8")
    page.get_by_label("照片").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.get_by_role("button", name="保存").click()
    expect(page.locator("input:invalid")).to_have_count(1)
    assert gate.kg == ["8"]


def test_without_a_network_another_page_says_which_ones_are_here(window: Watched) -> None:
    """A page that was never seen is not on the phone: those that are there are named, until there is a network."""
    page = kept(window)
    window.context.set_offline(True)
    page.goto(window.address + "/swap")
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    checked(page, "offline")
    page.get_by_role("link", name="校门收货").first.click()
    expect(page.get_by_label("公斤")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="没有网络")).to_be_visible()
    window.context.set_offline(False)
    expect(page.get_by_role("heading", name="改菜单")).to_be_visible()


def test_kept_pages_of_one_name_are_told_apart_by_their_day(window: Watched) -> None:
    """Two deliveries of one cooperative are two links: each says of which day its page is."""
    page = kept(window)
    window.context.set_offline(True)
    page.goto(window.address + "/nowhere")
    links = page.locator("[data-kept-pages] a")
    expect(links).to_have_text([f"校门收货 · {TODAY}", f"校门收货 · {OTHER}"])


def test_a_form_that_swaps_is_sent_once_keeps_the_focus_and_says_what_changed(open_window: Any, gate: Gate) -> None:
    """A double tap is one request; a refused form (422) is shown again; the focus is where it was or at the fault."""
    window = open_window(size="desktop")
    window.forgive("422")
    page = window.page("/swap")
    page.get_by_label("菜名").fill("豆腐")
    page.get_by_role("button", name="保存").dblclick()
    expect(page.locator("#live")).to_have_text("已存 1 次")
    expect(page.get_by_role("button", name="保存")).to_be_focused()
    assert gate.swaps == 1
    page.get_by_label("菜名").fill("x")
    page.get_by_label("菜名").press("Enter")
    expect(page.locator(".error")).to_be_visible()
    expect(page.get_by_label("菜名")).to_be_focused()
    checked(page, "toolkit-swap")
    page.get_by_role("button", name="打开").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    checked(page, "toolkit-dialog")
    dialog.get_by_role("button", name="关闭").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="打开")).to_be_focused()


def test_the_tools_weigh_and_slow_down(open_window: Any) -> None:
    """An offline page's frame is light: at most 20 kB by gzip in six requests, its content there in two seconds."""
    window = open_window()
    weight = weighed(window.page(), f"{window.address}/gate")
    assert weight.requests <= 6, weight.bytes_of
    assert weight.total <= 20_000, weight.bytes_of
    assert content_after_s(open_window, "/gate") <= 2.0
