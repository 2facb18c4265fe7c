"""Telephone numbers: how they are written, and what is shown of them to those who need not know."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_WRITTEN = r"^\+?[0-9][0-9 -]{5,24}$"


def _digits(text: str) -> str:
    """Leave out what only groups digits; a number that is too short or too long (ITU-T E.164) is no phone."""
    digits = text.replace(" ", "").replace("-", "")
    if not 7 <= len(digits.removeprefix("+")) <= 15:
        raise ValueError("a phone has 7 to 15 digits")
    return digits


Phone = Annotated[str, StringConstraints(pattern=_WRITTEN), AfterValidator(_digits)]


def is_number(text: str) -> bool:
    """Whether a text is taken as a phone.

    >>> is_number("+86 100 0000 0005"), is_number("12-34"), is_number("1234567\\n")
    (True, False, False)
    """
    try:
        return re.fullmatch(_WRITTEN, text) is not None and bool(_digits(text))
    except ValueError:
        return False


def masked_number(number: str, shown: int = 4) -> str:
    """Return the last digits of a phone or an account; all of a short one is hidden.

    >>> masked_number("13800001234"), masked_number("1234")
    ('*******1234', '****')
    """
    hidden = len(number) - shown
    return "*" * len(number) if hidden < shown else "*" * hidden + number[-shown:]
