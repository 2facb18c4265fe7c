"""Telephone numbers: how they are written, and what is shown of them to those who need not know."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints


def _digits(text: str) -> str:
    """Leave out what only groups digits; a number that is too short or too long (ITU-T E.164) is no phone."""
    digits = text.replace(" ", "").replace("-", "")
    if not 7 <= len(digits.removeprefix("+")) <= 15:
        raise ValueError("a phone has 7 to 15 digits")
    return digits


Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,24}$"), AfterValidator(_digits)]


def masked_number(number: str, shown: int = 4) -> str:
    """Return the last digits of a phone or an account; all of a short one is hidden.

    >>> masked_number("13800001234"), masked_number("1234")
    ('*******1234', '****')
    """
    hidden = len(number) - shown
    return "*" * len(number) if hidden < shown else "*" * hidden + number[-shown:]
