"""The routes of a service as its document describes them, with examples of what to ask."""

from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True)
class Route:
    """A route as its service's document describes it."""

    method: str
    path: str
    parameters: list[dict[str, Any]]
    media: str | None
    examples: list[Json]
    summary: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes_of(document: dict[str, Any], *, streams: bool = False) -> list[Route]:
    """Return every route, those that change something first: reading afterwards meets what they left."""
    routes = [
        Route(
            method.upper(),
            path,
            operation.get("parameters", []),
            next(iter(operation["requestBody"]["content"])) if "requestBody" in operation else None,
            _examples(document, operation.get("requestBody", {})),
            operation.get("summary", ""),
        )
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        # A stream has no end to wait for.
        if streams or "text/event-stream" not in operation["responses"].get("200", {}).get("content", {})
    ]
    return sorted(routes, key=lambda route: route.method == "GET")


def _examples(document: dict[str, Any], body: dict[str, Any]) -> list[Json]:
    if not body:
        return []
    (media,) = body["content"].values()
    schema = media["schema"]
    for part in (schema, *schema.get("anyOf", ())):
        if "$ref" in part:
            schema = document["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]] | schema
    if found := media.get("examples") or schema.get("examples"):
        whole: list[Json] = found
        return whole
    properties = schema.get("properties", {})
    parts = {name: part["examples"][0] for name, part in properties.items() if "examples" in part}
    return [parts] if parts and set(schema.get("required", [])) <= set(parts) else []
