"""What a service's OpenAPI document says of its guard: the bearer token, who may call, what is refused."""

from typing import Any

from shared.auth.access import Access

SCHEME = "bearer"
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {name: {"type": "string"} for name in ("type", "title", "rule", "detail", "field")}
    | {"status": {"type": "integer"}},
    "required": ["type", "title", "status", "rule", "detail"],
}

_REFUSALS = {
    "401": "No token, or one that is not taken",
    "403": "The role or the tenant is not allowed",
    "422": "The form is wrong, or a rule is broken: `rule` says which, `field` where",
    "default": "Refused, `rule` says why; or a failure",
}


def add_security(document: dict[str, Any], access: Access) -> dict[str, Any]:
    """Add the token, the roles (`x-roles`) and the refusals to each route that is not open to all.

    Whatever is refused, also by its form, is answered as problem+json: FastAPI's own idea of 422 is not ours.
    """
    components = document.setdefault("components", {})
    components.setdefault("securitySchemes", {})[SCHEME] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    components.setdefault("schemas", {}).setdefault("Problem", _PROBLEM)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for (method, path), rule in access.by_route.items():
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is None or rule.open_to_all:
            continue
        operation["security"] = [{SCHEME: []}]
        operation["x-roles"] = sorted(rule.roles)
        if "HTTPValidationError" in str(operation["responses"].get("422")):
            del operation["responses"]["422"]
        for status, said in _REFUSALS.items():
            operation["responses"].setdefault(status, {"description": said, "content": content})
    return document
