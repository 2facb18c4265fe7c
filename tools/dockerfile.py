"""What the images of the Dockerfile run: commands and environment of a stage, as far as we use Docker's words."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = ROOT / "Dockerfile"
JOBS = "jobs"
"""The stage of what runs `python -m services`, and its image."""
_LISTS = {"CMD", "ENTRYPOINT"}


@dataclass(slots=True)
class Stage:
    """What an image of a stage is told: `health` is what its engine asks to see whether it lives."""

    environment: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)


def stage(name: str, arguments: Mapping[str, str], text: str | None = None) -> Stage:
    """Return a stage with what it has of those it is made from. Raises ValueError where there is none of that name.

    `arguments` are those of the build, as `--build-arg` gives them.
    """
    stages: dict[str, Stage] = {}
    for word, rest in _instructions(DOCKERFILE.read_text() if text is None else text):
        if word == "FROM":
            before, _, called = rest.partition(" AS ")
            told = stages.get(before, Stage())
            stages[called] = here = Stage(dict(told.environment), told.entrypoint, told.command, told.health)
        elif word == "ENV":
            pairs = (pair.split("=", 1) for pair in shlex.split(_filled(rest, arguments)))
            here.environment |= {key: value for key, value in pairs}
        elif word in _LISTS:
            setattr(here, word.lower() if word == "ENTRYPOINT" else "command", json.loads(rest))
        elif word == "HEALTHCHECK":
            here.health = json.loads(rest.partition("CMD ")[2])
    if name not in stages:
        raise ValueError(f"the Dockerfile has no stage {name}")
    return stages[name]


def _instructions(text: str) -> list[tuple[str, str]]:
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", "", lines)
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines()) if word]


def _filled(text: str, arguments: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda found: arguments.get(found[1], ""), text)
