"""What forms of the inbox say: kilograms by line, kilograms by lot, a reason."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from services.portal import languages
from services.portal.forms import Fields
from services.portal.reasons import joined
from services.portal.rendering import page_of

_KG, _LOT = "kg.", "lot."
_MOST = 200


def lines_of(fields: Fields) -> list[dict[str, Any]]:
    """Return the grams that are accepted of each line (`kg.<line>`); nothing is nothing."""
    names = [name for name in fields.values if name.startswith(_KG)][:_MOST]
    return [{"line_id": name.removeprefix(_KG), "confirmed_g": _kg(fields, name)} for name in names]


def packed_of(fields: Fields) -> list[dict[str, Any]]:
    """Return the grams that were packed of each lot (`lot.<line>.<lot>`), by line."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for name in [name for name in fields.values if name.startswith(_LOT)][:_MOST]:
        line_id, _, lot_id = name.removeprefix(_LOT).partition(".")
        grams = _kg(fields, name)
        shares = lines.setdefault(line_id, [])
        if grams:
            shares.append({"lot_id": lot_id, "quantity_g": grams})
    return [{"line_id": line_id, "lots": shares} for line_id, shares in lines.items()]


def reason_of(request: Request, fields: Fields, known: Mapping[str, str], *, needed: bool = True) -> str | None:
    """Return the reason in the words of whoever gives it: one of those known, or what was written."""
    if not needed and not fields.values.get("reason") and not fields.values.get("told"):
        return None
    code = fields.one_of("reason", known)
    written = fields.text("told", needed=code == "other")
    said = languages.words(page_of(request).language).gettext(known.get(code, ""))
    return joined("" if code == "other" else said, written)


def _kg(fields: Fields, name: str) -> int:
    return fields.kg(name, least_g=0) if fields.values[name].strip() else 0
