"""What a run sheet's forms say."""

import re
from typing import Any

from services.portal.forms import Fields
from services.portal.languages import N_

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PLACE = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]{1,15})?),(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)")


def scans_of(fields: Fields) -> list[dict[str, str]]:
    """Return lots that were ticked (`lot` is `<order>/<lot>`), and the one whose label was read (`label`)."""
    ticked = [each.partition("/") for each in fields.several("lot")]
    scans = [{"order_id": order_id, "lot_id": lot_id} for order_id, _, lot_id in ticked if lot_id]
    label = fields.values.get("label", "").strip().lower()
    if label and not _ID.fullmatch(label):
        fields.faults["label"] = N_("This is no lot number. Read it from the label again.")
    elif label:
        scans.append({"lot_id": label})
    elif not scans:
        fields.faults["label"] = N_("Tick a lot, or write the number from its label.")
    return scans


def orders_of(fields: Fields) -> list[str]:
    """Return the orders of a stop."""
    found = [each for each in fields.values.get("orders", "").split(" ") if _ID.fullmatch(each)]
    if not found:
        fields.faults["orders"] = N_("Something in this form is not right.")
    return found[:500]


def arrival_of(fields: Fields) -> dict[str, str]:
    """Return the school or collection point that is reached."""
    kind = fields.one_of("kind", frozenset({"canteen", "point"}))
    return {"depot_id" if kind == "point" else "canteen_id": fields.text("place", longest=64)}


def breakdown_of(fields: Fields) -> dict[str, Any]:
    """Return why and where a vehicle stands: where the phone is, else near which stop."""
    reason = fields.text("reason")
    here = _PLACE.fullmatch(fields.values.get("here", "")) or _PLACE.fullmatch(fields.values.get("near", ""))
    if here is None:
        fields.faults["near"] = N_("Choose one of these.")
        return {}
    return {"lat": float(here[1]), "lon": float(here[2]), "reason": reason}
