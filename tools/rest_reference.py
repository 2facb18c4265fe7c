"""The pages of docs/ about each service's REST API, made of its OpenAPI document: routes, roles, examples."""

import importlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI

from shared.auth.access import Access
from shared.auth.document import add_security
from shared.service import Definition

SERVICES = ("nutrition", "farmers", "procurement", "logistics", "identity")
_HEAD = """# {title}

Routes of `{service}`, below `/{service}` where all services share an address. Bodies and answers are JSON. A token goes
along as `Authorization: Bearer …` ([signing in](../identity.md)); whoever is bound to a county, school, cooperative or
trips sees and changes what is theirs. What is refused is answered as problem+json (RFC 9457): `rule` says why, `field`
where. `Idempotency-Key` makes a change happen once, `If-Match` only to the version that was read; lists are read page
by page (`limit`, `after`). The whole document, with every field: `/{service}/openapi.json`, to be tried at
`/{service}/docs`.
"""
_ALWAYS = frozenset({"system", "auditor"})
"""The system may do everything and the auditor read everything; they need not be named."""
_SHARED = frozenset({"if-match", "limit", "after"})
"""Headers and queries that mean the same everywhere."""
_LONGEST = 1_500


@cache
def page_of(service: str) -> str:
    """Return the page of a service."""
    definition: Definition = importlib.import_module(f"services.{service}.main").definition
    document = document_of(definition)
    parts = [_HEAD.format(title=definition.title, service=service)]
    for tag, routes in _by_tag(document).items():
        parts.append(f"## {tag.replace('-', ' ').capitalize()}\n")
        parts += [_route(document, *each, definition.access) for each in routes]
    return "\n".join(parts)


def document_of(definition: Definition) -> dict[str, Any]:
    """Return the OpenAPI document of a service's own routes; nothing of it is started."""
    app = FastAPI(title=definition.title, version="1", separate_input_output_schemas=False)
    for router in definition.routers:
        app.include_router(router)
    return add_security(app.openapi(), definition.access)


def _by_tag(document: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            found.setdefault(operation.get("tags", ["others"])[0], []).append((method, path))
    return found


def _route(document: Mapping[str, Any], method: str, path: str, access: Access) -> str:
    operation = document["paths"][path][method]
    rule = access.by_route[method.upper(), path]
    roles = sorted(set(rule.roles) - _ALWAYS)
    who = "open to all" if rule.open_to_all else f"for {', '.join(roles)}" if roles else "for auditors and programs"
    parts = [
        f"### {method.upper()} {path}\n",
        f"{_flat(operation.get('description', ''))}\n",
        f"*{who}*{_asked(operation)}\n",
    ]
    parts += list(_example(document, operation))
    parts += list(_answer(document, operation))
    return "\n".join(parts)


def _asked(operation: Mapping[str, Any]) -> str:
    """Return what may or must stand in the query and in headers."""
    named = [each for each in operation.get("parameters", []) if each["in"] in ("query", "header")]
    own = [f"`{each['name']}`" + ("" if each.get("required") else "?") for each in named if each["name"] not in _SHARED]
    return f" · asked by {', '.join(own)}" if own else ""


def _example(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        examples = body.get("examples") or _resolved(document, body["schema"]).get("examples")
        first = next(iter(examples.values()))["value"] if isinstance(examples, dict) else (examples or [None])[0]
        if first is None:
            yield f"Takes `{media}`.\n"
            continue
        text = json.dumps(first, ensure_ascii=False, indent=1)
        shown = text if len(text) <= _LONGEST else json.dumps(first, ensure_ascii=False)
        yield f"```json\n{shown}\n```\n"


def _answer(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if not status.startswith("2"):
            continue
        schemas = [body.get("schema", {}) for body in answer.get("content", {}).values()]
        names = [f"`{name}`" for schema in schemas for name in _resolved(document, schema).get("properties", {})]
        kinds = [f"`{media}`" for media in answer.get("content", {}) if media != "application/json"]
        told = ", ".join(names or kinds)
        yield f"Answers {status}{': ' + told if told else ''}.\n"


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that is referred to; of several the first that is an object."""
    for part in (schema, *schema.get("anyOf", ())):
        if "$ref" in part:
            whole: Mapping[str, Any] = document["components"]["schemas"][part["$ref"].rpartition("/")[2]]
            return whole
    return schema


def _flat(text: str) -> str:
    return " ".join(text.split())
