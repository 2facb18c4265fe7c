"""Write the pages of docs/ that are made from the code, so that they cannot tell anything else.

python -m tools.references          write them: settings, events, REST
python -m tools.references check    fail when one is not the code's
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from services.nutrition.registry.settings import RegistrySettings
from shared.events import Spec, all_specs
from shared.events.__main__ import listeners
from shared.messaging.bus import SERVICES
from shared.settings import Settings
from tools import rest_reference

DOCS = Path(__file__).resolve().parent.parent / "docs"
_MADE = "<!-- Made by `python -m tools.references`; do not edit. -->\n\n"
_SETTINGS = """# Settings

Every process reads the environment. The defaults run everything in one process under `var/`. What is marked * is
secret: rather a file of that name in small letters (`cloud_kafka_password` …) in the folder that `CLOUD_SECRETS` names;
the environment has the last word. Lists are JSON.

| variable | default | meaning |
|---|---|---|
| `CLOUD_SECRETS` | none | the folder of secrets, a file for each |
"""
_EVENTS = """# Events

What services tell each other, as CloudEvents on Kafka, in order by key. Readers pass over fields they do not know; what
was published is never removed, renamed or given another meaning. Samples and JSON Schemas are in `shared/events/`; for
tools there is `docs/api/asyncapi.json`.
"""


def settings_page() -> str:
    """Return the table of all settings with their defaults, bounds and meanings."""
    rows = [*_rows(Settings, "CLOUD_"), *_rows(RegistrySettings, "CLOUD_COUNTS_REGISTRY_")]
    return _MADE + _SETTINGS + "\n".join(rows) + "\n"


def _rows(settings: type[BaseSettings], prefix: str) -> Iterator[str]:
    for name, field in settings.model_fields.items():
        secret = " *" if SecretStr in (field.annotation, *get_args(field.annotation)) else ""
        if not field.description:
            raise ValueError(f"{settings.__name__}.{name} has no description")
        yield f"| `{prefix}{name.upper()}`{secret} | {_default(field)} | {_cell(field.description)}{_bounds(field)} |"


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:,}" if value >= 10_000 else f"{value:g}"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value}`"


def _bounds(field: FieldInfo) -> str:
    """Return which values there are, where that is not any."""
    choices = [each for each in get_args(field.annotation) if isinstance(each, str)]
    if choices:
        return f": {', '.join(f'`{each}`' for each in choices)}"
    low = next((bound.ge for bound in field.metadata if hasattr(bound, "ge")), None)
    high = next((bound.le for bound in field.metadata if hasattr(bound, "le")), None)
    return "" if low is None or high is None else f" ({low:,}–{high:,})"


def events_page() -> str:
    """Return every event by the service that tells it: topic, key, who hears it, fields."""
    heard = {model: [name for name, types in listeners().items() if model in types] for model in _models()}
    parts = [_MADE + _EVENTS]
    for service in SERVICES:
        parts.append(f"## {service}\n")
        parts += [_event(spec, heard[spec.model]) for spec in all_specs() if spec.service == service]
    return "\n".join(parts)


def _models() -> list[type[BaseModel]]:
    return [spec.model for spec in all_specs()]


def _event(spec: Spec, heard: list[str]) -> str:
    schema = spec.model.model_json_schema()
    parts = schema.get("$defs", {})
    place = f"topic `{spec.topic}` · key `{spec.key_field}` · type `{spec.type}`"
    tables = [_fields(schema, parts)]
    for name, part in parts.items():
        if "properties" in part:
            tables.append(f"*{name}*: {_paragraph(part.get('description'))}\n\n{_fields(part, parts)}")
    about = _paragraph(spec.model.__doc__)
    return f"### {spec.name}\n\n{about}\n\n{place} · heard by {', '.join(heard) or 'nobody'}\n\n" + "\n".join(tables)


def _fields(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    needed = schema.get("required", [])
    rows = []
    for name, each in schema["properties"].items():
        absent = "" if name in needed else ", may be absent"
        rows.append(f"| `{name}` | {_type(each, parts)}{absent} | {_cell(each.get('description', ''))} |")
    return "\n".join(["| field | is | |", "|---|---|---|", *rows, ""])


def _type(schema: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    """Return a JSON schema in words; a part has a table of its own, a list of values is written out."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _type(parts[name], parts) if "enum" in parts[name] else f"*{name}*"
    if "anyOf" in schema:
        return " or ".join(_type(each, parts) for each in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'], parts)}" if "items" in schema else "list"
    if schema.get("type") == "object":
        held = schema.get("additionalProperties")
        return f"map to {_type(held, parts)}" if isinstance(held, dict) else "object"
    return _plain(schema)


def _plain(schema: Mapping[str, Any]) -> str:
    kind = {"date-time": "instant", "date": "date"}.get(schema.get("format", ""), str(schema.get("type", "anything")))
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        return f"{kind} > {schema['exclusiveMinimum']:,}" + ("" if high is None else f", ≤ {high:,}")
    if low is None:
        return kind
    return f"{kind} ≥ {low:,}" if high is None else f"{kind} {low:,} to {high:,}"


def _paragraph(text: str | None) -> str:
    return re.sub(r"\s*\n\s*", " ", (text or "").strip())


def _cell(text: str) -> str:
    return _paragraph(text).replace("|", "\\|")


def _rest_page(service: str) -> str:
    return _MADE + rest_reference.page_of(service)


PAGES: dict[str, Callable[[], str]] = {
    "reference/settings.md": settings_page,
    "reference/events.md": events_page,
} | {f"reference/rest-{service}.md": partial(_rest_page, service) for service in rest_reference.SERVICES}


def _written(name: str) -> str | None:
    path = DOCS / name
    return path.read_text() if path.exists() else None


def main(arguments: list[str]) -> None:
    """Write the pages, or name those that are not the code's."""
    stale = {name: page() for name, page in PAGES.items()}
    stale = {
        name: text for name, text in stale.items() if not (DOCS / name).exists() or (DOCS / name).read_text() != text
    }
    if arguments == ["check"]:
        sys.exit(f"run: python -m tools.references ({', '.join(stale)})" if stale else None)
    for name, text in stale.items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
