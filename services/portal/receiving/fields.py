"""What the gate's form says."""

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from unicodedata import normalize

from services.portal.forms import Fields
from services.portal.languages import N_
from services.portal.reasons import REFUSED, joined
from services.portal.receiving.views import GOES, VERDICTS

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_CELSIUS = re.compile(r"-?[0-9]{1,2}(\.[0-9]{0,2})?")
_MOST_LINES = 200
_MINUS = str.maketrans("−–—,。", "---..")
Say = Callable[[str], str]


def receipt_of(fields: Fields, order_id: str, canteen_id: str, say: Say) -> dict[str, Any]:
    """Return a receipt as logistics takes it; `say` puts a reason into the words of who writes it."""
    inspection = fields.text("inspection", needed=False)
    numbers = _numbers(fields)
    if not numbers:
        fields.faults["signer-1"] = N_("Something in this form is not right.")
    names = [fields.text(f"signer-{place}", longest=50) for place in (1, 2)]
    return {
        "order_id": order_id,
        "signers": _signers(fields, names, canteen_id),
        "signer_names": names,
        "lines": [_line(fields, number, say) for number in numbers],
        "inspection": inspection,
        "captured_at": _captured(fields),
    }


def names_of(fields: Fields) -> dict[str, str]:
    """Return the fields of the form by those of logistics."""
    pages = {"received_g": "received", "accepted_g": "accepted", "reason": "reason", "refused": "goes"}
    named = {"signers": "signer-2", "signer_names": "signer-2", "captured_at": "signer-2", "lines": "signer-1"}
    for place, number in enumerate(_numbers(fields)):
        for theirs, ours in (pages | {"temperature_c": "celsius"}).items():
            named[f"lines.{place}.{theirs}"] = f"{ours}-{number}"
    return named


def _numbers(fields: Fields) -> list[int]:
    return [number for number in range(_MOST_LINES) if f"line-{number}" in fields.values]


def signer_id(canteen_id: str, name: str) -> str:
    """Return what a signer is called in receipts: events carry no names of people."""
    plain = " ".join(normalize("NFKC", name).lower().split())
    return "signer-" + hashlib.sha256(f"{canteen_id} {plain}".encode()).hexdigest()[:24]


def _signers(fields: Fields, names: Sequence[str], canteen_id: str) -> list[str]:
    found = [signer_id(canteen_id, name) for name in names]
    if all(names) and found[0] == found[1]:
        fields.faults["signer-2"] = N_("Two different people sign.")
    return found


def _line(fields: Fields, number: int, say: Say) -> dict[str, Any]:
    verdict = fields.one_of(f"verdict-{number}", VERDICTS)
    received_g = fields.kg(f"received-{number}", least_g=0)
    if verdict == "part":
        accepted_g = fields.kg(f"accepted-{number}", least_g=0)
    else:
        accepted_g = 0 if verdict == "none" else received_g
    reason = _reason(fields, number, say)
    if verdict in ("part", "none") and not reason:
        fields.faults[f"reason-{number}"] = N_("Say why it is not all accepted.")
    goes = fields.values.get(f"goes-{number}", "returned")
    return {
        "line_id": fields.values[f"line-{number}"],
        "received_g": received_g,
        "accepted_g": accepted_g,
        "reason": reason,
        "temperature_c": _celsius(fields, f"celsius-{number}"),
        "certificate_seen": True if fields.values.get("certificates") == "yes" else None,
        "refused": goes if goes in GOES and accepted_g < received_g else None,
    }


def _reason(fields: Fields, number: int, say: Say) -> str:
    chosen = fields.values.get(f"reason-{number}", "")
    note = fields.text(f"note-{number}", longest=200, needed=False)
    words = say(REFUSED[chosen]) if chosen in REFUSED and not (chosen == "other" and note) else ""
    return joined(words, note)


def _celsius(fields: Fields, name: str) -> float | None:
    said = normalize("NFKC", fields.values.get(name, "").strip()).translate(_MINUS).removesuffix("°C").strip()
    if not said:
        return None
    if not _CELSIUS.fullmatch(said) or not -60 <= float(said) <= 80:
        fields.faults[name] = N_("Write degrees, as 4 or -18.5.")
        return None
    return float(said)


def _captured(fields: Fields) -> str | None:
    """Return when it was signed by the phone's clock, where the phone kept it."""
    try:
        captured = datetime.fromisoformat(fields.values.get("_at", ""))
    except ValueError:
        return None
    return captured.isoformat() if captured.tzinfo is not None else None
