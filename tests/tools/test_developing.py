"""What a newcomer's editor, container and hooks are told is there."""

import configparser
import json
import re
from typing import Any

import yaml

from tools.alone import ROOT
from tools.env import OLDEST, TOO_NEW

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) | {"env-dev", "env-all"}


def test_the_container_for_developing_has_a_python_of_ours() -> None:
    """Its image has a Python that the locks were made for; what it does first, and its interpreter, exist."""
    told: dict[str, Any] = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    found = re.search(r"python:(\d+)\.(\d+)-", told["image"])
    assert found
    assert OLDEST <= (int(found[1]), int(found[2])) < TOO_NEW
    command, target = told["postCreateCommand"].split()
    assert command == "make"
    assert target in TARGETS
    settings = told["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"] == "${containerWorkspaceFolder}/.venv/bin/python"
    assert {str(port) for port in told["forwardPorts"]} == told["portsAttributes"].keys()


def test_hooks_run_what_is_installed() -> None:
    """Before a commit the tools of our own lock are run, nothing is fetched, and they are those of `make check`."""
    (repo,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    makefile = (ROOT / "Makefile").read_text()
    assert repo["repo"] == "local"
    for hook in repo["hooks"]:
        assert hook["language"] == "system"
        program, *arguments = hook["entry"].split()
        assert (ROOT / program).exists(), hook["id"]
        if arguments[0] == "-m":
            assert (ROOT / f"{arguments[1].replace('.', '/')}.py").is_file()
        assert f"{program.replace('.venv/bin', '$(BIN)')} {' '.join(arguments[:-1])}".strip() in makefile, hook["id"]


def test_editors_are_told_what_the_checks_want() -> None:
    """One kind of line end, a last line that ends, tabs where make wants them."""
    told = configparser.ConfigParser()
    told.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    assert told["top"]["root"] == "true"
    assert (told["*"]["end_of_line"], told["*"]["insert_final_newline"], told["*"]["charset"]) == (
        "lf",
        "true",
        "utf-8",
    )
    assert told["Makefile"]["indent_style"] == "tab"


def test_who_reports_is_asked_for_what_is_needed() -> None:
    """Each form for issues has a name, says what it is for, and has text to fill in."""
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.md"))
    assert len(forms) > 1
    for form in forms:
        _, head, body = form.read_text().split("---\n", 2)
        assert yaml.safe_load(head).keys() >= {"name", "about"}
        assert len(body.splitlines()) > 3


def test_three_commands_are_enough() -> None:
    """What CONTRIBUTING tells a newcomer to type is there."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    told = set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)) | set(re.findall(r"`make ([a-z-]+)", text))
    assert {"demo", "test", "check", "coverage", "mutants"} <= told <= TARGETS
