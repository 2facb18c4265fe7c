"""Pages of docs/ lead where they say, and tell of the pages that the portal has."""

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

from services.portal.slices import entries
from shared.auth.access import Rule
from shared.auth.principal import Role
from shared.settings import Settings
from tools import references, rest_reference
from tools.alone import ROOT

DOCS = ROOT / "docs"
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")


def test_links_lead_to_files() -> None:
    """A link in a page, or in the README, leads to something that is there."""
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    dead = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in pages
        for link in LINK.findall(page.read_text())
        if not (page.parent / link).exists()
    ]
    assert len(pages) > 50
    assert dead == []


def test_the_page_of_roles_tells_of_every_page_a_role_is_offered() -> None:
    """Whoever reads what they do finds each page that the portal offers them, by its name and address."""
    sections = dict(
        re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", (DOCS / "roles.md").read_text(), re.MULTILINE | re.DOTALL)
    )
    # Administrators have the pages of officials, and the page says so.
    sections["Administrator"] += sections["Official"]
    offered = [(entry, role) for entry in entries() for role in entry.roles]
    missing = [
        (role.value, entry.path)
        for entry, role in offered
        if f"**{entry.name}** `{entry.path}`" not in sections[role.value.capitalize()]
    ]
    assert Role.CANTEEN in {role for _, role in offered}
    assert missing == []


def files_named(text: str) -> dict[str, bool]:
    """Return the tests that a text names in code, and whether each is there; a bare name is in the folder before."""
    found, folder = {}, ROOT
    for name in re.findall(r"`([\w/.*]*test_\w+\.py)`", text):
        path = ROOT / name if "/" in name else folder / name
        folder = path.parent
        found[str(path.relative_to(ROOT))] = bool(list(ROOT.glob(str(path.relative_to(ROOT)))))
    return found


def test_every_risk_is_shown_by_tests_that_are_there() -> None:
    """Each of OWASP's ten risks has tests, every test that the page of security names exists, and it is two pages."""
    page = (DOCS / "security.md").read_text()
    rows = dict(re.findall(r"^\| (API\d+) (.*)$", page, re.MULTILINE))
    assert list(rows) == [f"API{number}" for number in range(1, 11)]
    assert [risk for risk, row in rows.items() if not files_named(row)] == []
    assert [name for part in (*rows.values(), page) for name, there in files_named(part).items() if not there] == []
    assert len(page.split()) < 1_200, "600 words fill a page"


def test_a_test_that_is_not_there_is_found() -> None:
    """A bare name is looked for beside the one before it, and a pattern must match something."""
    text = "`tests/tools/test_docs.py`, `test_nothing.py`; `tests/api/*/test_access.py`, `tests/api/*/test_nothing.py`"
    assert list(files_named(text).values()) == [True, False, True, False]


def test_every_setting_is_in_its_page_with_its_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting without a description cannot be added."""
    page = references.settings_page()
    assert all(f"| `CLOUD_{name.upper()}`" in page for name in Settings.model_fields)
    monkeypatch.setattr(Settings.model_fields["kafka_user"], "description", None)
    with pytest.raises(ValueError, match="kafka_user"):
        references.settings_page()


@pytest.mark.parametrize("service", rest_reference.SERVICES)
def test_every_route_is_in_its_page_with_its_roles(service: str) -> None:
    """Whoever writes a program finds each route, who may call it, and what to send."""
    page = rest_reference.page_of(service)
    access = importlib.import_module(f"services.{service}.main").definition.access
    for rule in access.rules:
        (_, found) = page.split(f"\n### {rule}\n", 1)
        about = found.split("\n### ")[0]
        assert "open to all" in about if rule.open_to_all else all(role in about for role in _named(rule))


def _named(rule: Rule) -> set[str]:
    return {role.value for role in rule.roles} - {"system", "auditor"}


def test_a_page_that_is_not_the_codes_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`check` passes what `write` wrote, and nothing else."""
    monkeypatch.setattr(references, "DOCS", tmp_path)
    with pytest.raises(SystemExit, match="settings"):
        references.main(["check"])
    references.main([])
    with pytest.raises(SystemExit) as ended:
        references.main(["check"])
    assert ended.value.code is None


def test_commands_that_pages_name_exist() -> None:
    """A newcomer copies commands: each target of make, and each module, is there."""
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]
    said = "\n".join(page.read_text() for page in pages if page.name != "CHANGELOG.md")
    targets = set(re.findall(r"^([a-z-]+(?: [a-z-]+)*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = {target for names in targets for target in names.split()}
    assert set(re.findall(r"`make ([a-z-]+)", said)) - made == set()
    modules = set(re.findall(r"python -m ((?:tools|shared|services)[\w.]*)", said))
    assert "tools.new_secrets" in modules
    assert {name for name in modules if not importlib.util.find_spec(name)} == set()
