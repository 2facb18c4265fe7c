"""Which parts of pages are swapped, and where a browser looks at what each swap leaves."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[3]
TEMPLATES = ROOT / "services" / "portal" / "templates"
SWAPS: dict[str, tuple[str, ...]] = {
    "board/acts.html into_trip": ("board-loaded", "board-departed", "board-dealt-with"),
    "board/picked.html hx-get": ("board-live",),
    "board/planned.html ui.progress": ("board-planned",),
    "board/province.html ui.progress": ("board-province",),
    "board/row.html hx-get": ("board-trip-planned",),
    "dishes/library.html hx-get": ("dishes-found",),
    "planner/board.html hx-post": ("planner-all-the-same", "planner-undone"),
    "planner/parts.html hx-get": ("planner-another-day", "planner-meal", "planner-found"),
    "planner/parts.html hx-post": ("planner-lifted", "planner-meal-filled"),
    "planner/plan.html ui.progress": ("planner-suggested",),
    "purchasing/board.html hx-get": ("buying-food",),
    "purchasing/run.html ui.progress": ("buying-done",),
}
"""Under which name a test checks a page, by axe and the rules of layout, after each swap of a template."""
THE_MACRO = "parts/blocks.html"
"""Its swap is that of each who calls ui.progress."""


def test_a_browser_looks_at_the_page_after_every_swap() -> None:
    """Each swap of a template has a `checked(page, "<name>")` of its own in a test of pages."""
    swaps = Counter(
        f"{file.relative_to(TEMPLATES)} {swap}"
        for file in TEMPLATES.rglob("*.html")
        if file != TEMPLATES / THE_MACRO
        for swap in re.findall(
            r"(hx-get|hx-post|hx-put|hx-patch|hx-delete|into_trip|ui\.progress)[=(]", file.read_text()
        )
    )
    assert swaps == {swap: len(names) for swap, names in SWAPS.items()}
    tests = "".join(file.read_text() for file in (ROOT / "tests" / "portal").glob("test_*.py"))
    looked_at = set(re.findall(r'checked\(\w+, "([a-z-]+)"\)', tests))
    assert {name for names in SWAPS.values() for name in names} <= looked_at
