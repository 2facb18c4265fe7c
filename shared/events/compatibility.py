"""Whether a changed JSON Schema still lets new readers read old events and old readers read new ones.

Both matter: topics and outboxes hold events of the old kind when a new reader starts, and services are replaced one
after the other, so that an old reader meets events of the new kind. What only one of the two survives is a new version.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
_WORDS_ONLY = {"title", "description", "examples", "$defs", "$schema", "$id", "$comment", "deprecated"}
_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_NEW_READERS = "new readers could not read old events"
_OLD_READERS = "old readers could not read new events"


def resolved(schema: Schema) -> dict[str, Any]:
    """Return the schema with every `#/$defs/…` reference replaced by what it refers to."""
    definitions = schema.get("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, Mapping):
            if "$ref" in node:
                name = str(node["$ref"]).removeprefix("#/$defs/")
                return {**resolve(definitions[name]), **{k: resolve(v) for k, v in node.items() if k != "$ref"}}
            return {key: resolve(value) for key, value in node.items() if key != "$defs"}
        return [resolve(value) for value in node] if isinstance(node, list) else node

    return dict(resolve(schema))


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Return why readers of one schema could not read events of the other; empty when they can, both ways."""
    return list(_compare(resolved(old), resolved(new), ""))


def _compare(old: Any, new: Any, where: str) -> Iterator[str]:
    yield from _compare_fields(old, new, where)
    for keyword in sorted((set(old) | set(new)) - _WORDS_ONLY - {"properties", "required"}):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        if keyword in {"items", "additionalProperties"} and isinstance(before, dict) and isinstance(after, dict):
            yield from _compare(before, after, f"{where}[]")
        elif keyword in {"prefixItems", "anyOf", "oneOf", "allOf"} and _same_length(before, after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from _compare(one, other, f"{where}[{number}]")
        else:
            yield f"{where or 'the event'}: {_said(keyword, before, after)}: {_who(keyword, before, after)}"


def _compare_fields(old: Schema, new: Schema, where: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed_before, needed_after = set(old.get("required", ())), set(new.get("required", ()))
    for name in sorted(set(before) - set(after)):
        yield f"{_at(where, name)}: removed or renamed: {_OLD_READERS}"
    for name in sorted((needed_after - needed_before) & set(after)):
        kind = "made required" if name in before else "added as a required field"
        yield f"{_at(where, name)}: {kind}: {_NEW_READERS}"
    for name in sorted((needed_before - needed_after) & set(after)):
        yield f"{_at(where, name)}: no longer required: {_OLD_READERS}"
    for name in sorted(set(before) & set(after)):
        yield from _compare(before[name], after[name], _at(where, name))


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _same_length(before: Any, after: Any) -> bool:
    return isinstance(before, list) and isinstance(after, list) and len(before) == len(after)


def _said(keyword: str, before: Any, after: Any) -> str:
    if before is None:
        return f"{keyword} {after!r} added"
    return f"{keyword} {before!r} removed" if after is None else f"{keyword} {before!r} became {after!r}"


def _who(keyword: str, before: Any, after: Any) -> str:
    """Return which readers lose: a narrower rule refuses old events, a wider one surprises old readers."""
    if keyword == "enum" and before is not None and after is not None:
        losers = [_NEW_READERS] if set(map(repr, before)) - set(map(repr, after)) else []
        losers += [_OLD_READERS] if set(map(repr, after)) - set(map(repr, before)) else []
        return " and ".join(losers) or "its order changed"
    if keyword in _LOWER | _UPPER:
        if before is None or after is None:
            return _NEW_READERS if before is None else _OLD_READERS
        return _NEW_READERS if (after > before) == (keyword in _LOWER) else _OLD_READERS
    if keyword == "default":
        return "events without the field would say something else"
    return "readers of the two would not agree"
