"""The week planner in a browser: a cook on a phone plans and publishes, the nutritionist changes it at a desk."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import builders as b
from tests.people import canteen, nutritionist
from tests.portal.browser import checked
from tests.portal.conftest import OpenAs
from tests.portal.county import ServedCounty

COOK = canteen("sch-1")
NEXT, AFTER, LATER = "2026-12-07", "2026-12-14", "2026-12-21"
KITCHEN: list[tuple[str, str, str, str, dict[str, int]]] = [
    ("S01", "米饭", "Steamed rice", "staple", {"rice": 110}),
    ("M01", "青椒炒肉", "Pork with green peppers", "mixed", {"pork": 45, "pepper": 80}),
    ("M02", "番茄炒蛋", "Eggs with tomatoes", "mixed", {"egg": 50, "tomato": 100}),
    ("V01", "清炒莲花白", "Stir-fried cabbage", "vegetable", {"cabbage": 120}),
    ("V02", "麻婆豆腐", "Mapo tofu", "mixed", {"tofu": 120, "pork": 15}),
    ("T01", "番茄蛋花汤", "Tomato and egg soup", "soup", {"tomato": 40, "egg": 15}),
    ("V03", "胡萝卜丝", "Shredded carrots", "vegetable", {"carrot": 120}),
    ("D01", "纯牛奶", "Milk", "dairy", {"milk": 200}),
]
FOODS: dict[str, dict[str, Any]] = {
    "rice": {"food_group": "cereal", "energy_kcal": 350, "protein_g": 7, "calcium_mg": 13, "iron_mg": 2.3},
    "pork": {"food_group": "meat", "energy_kcal": 300, "protein_g": 16, "calcium_mg": 6, "iron_mg": 1.5},
    "pepper": {"energy_kcal": 20, "protein_g": 1, "calcium_mg": 14, "vitamin_c_mg": 72},
    "egg": {"food_group": "egg", "energy_kcal": 143, "protein_g": 13, "calcium_mg": 56, "allergens": ["egg"]},
    "tomato": {"energy_kcal": 18, "protein_g": 1, "calcium_mg": 10, "vitamin_c_mg": 14},
    "cabbage": {"energy_kcal": 25, "protein_g": 1.3, "calcium_mg": 40, "vitamin_c_mg": 36},
    "carrot": {"energy_kcal": 37, "protein_g": 1, "calcium_mg": 32, "vitamin_a_ug_rae": 344, "vitamin_c_mg": 13},
    "tofu": {"food_group": "soy", "energy_kcal": 80, "protein_g": 8, "calcium_mg": 130, "allergens": ["soy"]},
    "milk": {"food_group": "dairy", "energy_kcal": 60, "protein_g": 3, "calcium_mg": 104, "allergens": ["milk"]},
}


@pytest.fixture(scope="module")
def kitchen(served: ServedCounty) -> ServedCounty:
    """The county's school with a small library of dishes."""
    foods = [b.a_food(code, reference_price_fen_per_kg=900) | more for code, more in FOODS.items()]
    dishes = [
        b.a_dish(code, **parts) | {"name_zh": zh, "name_en": en, "category": category}
        for code, zh, en, category, parts in KITCHEN
    ]
    served.do(served.county.put("nutrition", "/foods", *foods))
    served.do(served.county.put("nutrition", "/dishes", *dishes))
    return served


def add(page: Page, *names: str) -> None:
    """Add dishes in the open dialog, one tap each."""
    for name in names:
        page.get_by_role("button", name=f"添加 {name}", exact=True).click()
        expect(page.locator("#meal-now")).to_contain_text(name)


def test_a_week_on_a_phone(open_as: OpenAs, kitchen: ServedCounty) -> None:
    """From nothing to a published menu by taps: each change is kept with its totals, and one is taken back."""
    window = open_as(COOK)
    page = window.page("/planner")
    checked(page, "planner-empty")
    page.get_by_role("button", name="从空白开始").click()
    checked(page, "planner-draft-new")
    page.locator("a#open-2026-11-30-lunch").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    checked(page, "planner-meal")
    add(page, "米饭", "青椒炒肉", "清炒莲花白")
    expect(page.locator("#meal-now")).to_contain_text("当天")
    checked(page, "planner-meal-filled")
    dialog.get_by_label("菜名或食材").fill("fq")
    expect(dialog.locator("#found li")).to_have_count(2)
    checked(page, "planner-found")
    dialog.get_by_role("button", name="完成").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#plan")).to_contain_text("最缺")
    checked(page, "planner-draft")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("section.shown")).not_to_contain_text("清炒莲花白")
    checked(page, "planner-undone")
    page.get_by_role("link", name="周二").click()
    expect(page.locator("section.shown h2")).to_contain_text("12月1日")
    checked(page, "planner-another-day")
    page.get_by_role("link", name="检查并发布").click()
    checked(page, "planner-publish")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已发布")
    checked(page, "planner-menu")
    page.get_by_role("button", name="撤回").first.click()
    checked(page, "planner-take-back")
    window = open_as(nutritionist(b.COUNTY), "desktop", "en")
    desk = window.page("/planner")
    checked(desk, "planner-schools")
    desk.get_by_role("link", name="Primary School 1").click()
    checked(desk, "planner-menu")
    desk.get_by_role("button", name="Change this menu").click()
    expect(desk.locator("#plan")).to_contain_text("stands for this week")
    checked(desk, "planner-draft")
    desk.locator(".lift button").first.click()
    expect(desk.locator("#undo")).to_be_visible()
    checked(desk, "planner-lifted")
    desk.locator("a#open-2026-12-02-lunch").click()
    expect(desk.get_by_role("dialog")).to_be_visible()
    checked(desk, "planner-meal")
    desk.get_by_role("button", name="Finished").click()
    desk.get_by_role("link", name="Check the change").click()
    checked(desk, "planner-publish")
    desk.get_by_label("Reason for the change").fill("more milk")
    desk.get_by_role("button", name="Put into force").click()
    desk.get_by_role("link", name="What changed").click()
    checked(desk, "planner-changes")
    desk.goto(desk.url.split("/planner")[0] + "/planner/schools/sch-1/menus")
    checked(desk, "planner-weeks")


def test_two_windows_on_one_menu(open_as: OpenAs, kitchen: ServedCounty) -> None:
    """The second sees what the first changed, what it had typed is not lost, and one tap makes its change, too."""
    window = open_as(COOK)
    window.forgive("409")
    first = window.page(f"/planner/schools/sch-1?week={NEXT}")
    first.get_by_role("button", name="从空白开始").click()
    first.locator(f"a#open-{NEXT}-lunch").click()
    second = window.page(first.url.removeprefix(window.address))
    second.locator(f"a#open-{NEXT}-lunch").click()
    second.locator("summary", has_text="就餐人数和份量").click()
    second.get_by_label("9-11 岁").fill("88")
    add(first, "米饭", "番茄炒蛋")
    second.get_by_role("button", name="保存人数").click()
    told = second.locator("[role=alert]", has_text="仍然按我的修改")
    expect(told).to_contain_text("加了 米饭、番茄炒蛋")
    expect(second.get_by_role("dialog")).to_be_hidden()
    checked(second, "planner-two-windows")
    shown = second.locator("section.shown")
    expect(shown).to_contain_text("番茄炒蛋")
    expect(shown).not_to_contain_text("88 人")
    second.get_by_role("button", name="仍然按我的修改").dblclick()
    expect(shown).to_contain_text("88 人")
    expect(shown).to_contain_text("番茄炒蛋")
    expect(told).to_have_count(0)
    checked(second, "planner-all-the-same")
    # The first one's change on top of the second's; and both after leaving and coming back.
    first.get_by_role("button", name="添加 清炒莲花白", exact=True).click()
    expect(first.locator("#plan [role=alert]")).to_contain_text("就餐人数有变")
    first.goto(f"{window.address}/")
    first.go_back()
    expect(first.locator("section.shown")).to_contain_text("88 人")
    expect(first.locator("section.shown")).not_to_contain_text("清炒莲花白")


def test_a_kitchen_whose_service_is_slow(open_as: OpenAs, kitchen: ServedCounty) -> None:
    """While an answer takes its time another tap does nothing; the change is made once, and the totals follow."""
    page = open_as(COOK).page(f"/planner/schools/sch-1?week={AFTER}")
    page.get_by_role("button", name="从空白开始").click()
    page.locator(f"a#open-{AFTER}-lunch").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    with kitchen.slow("nutrition", 0.4):
        page.get_by_role("button", name="添加 麻婆豆腐", exact=True).dblclick()
        page.get_by_role("button", name="添加 麻婆豆腐", exact=True).click()
        expect(page.locator("#meal-now")).to_contain_text("麻婆豆腐")
    assert len(posted) == 1, posted
    assert page.locator("#meal-now li").count() == 1


def test_a_week_is_suggested(open_as: OpenAs, kitchen: ServedCounty) -> None:
    """How far it is follows by itself, and so does what is suggested; it is read before it is taken."""
    lunches = {"scope": "province", "meal": "lunch", "places": [{"slot": "main", "categories": ["mixed"]}]}
    kitchen.do(kitchen.county.put("nutrition", "/meal-patterns", lunches))
    page = open_as(COOK).page(f"/planner/schools/sch-1?week={LATER}")
    page.get_by_role("button", name="推荐一周").click()
    expect(page.locator("#plan-state progress")).to_be_visible()
    checked(page, "planner-suggesting")
    kitchen.settle()
    expect(page.get_by_role("heading", name="最佳")).to_be_visible()
    checked(page, "planner-suggested")
