"""Pictures in lists: where a browser gets one, and how large it is, so that nothing moves when it comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's address, and its width and height in pixels."""

    address: str
    wide: int
    high: int


def of_dish(dish: Mapping[str, Any], whose: Mapping[str, str]) -> Picture | None:
    """Return what a dish looks like for whoever asked `whose` library; None where nobody took a photo.

    Another photo has another address: browsers keep what they have seen.
    """
    photo = dish["photo"]
    if photo is None:
        return None
    query = urlencode({**whose, "of": photo["photo_id"]})
    return Picture(f"/dishes/{dish['dish_code']}/photo?{query}", photo["width_px"], photo["height_px"])
