"""Names, phones and account numbers: how they are written, and what is shown of them to those who need not know."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.auth.principal import Kind, Principal, Role, Tenants
from shared.fields import Name

_SEE_THEIR_PEOPLE = {Role.CLERK: Kind.COOPERATIVE, Role.OFFICIAL: Kind.COUNTY, Role.ADMINISTRATOR: Kind.COUNTY}

PersonName = Annotated[Name, StringConstraints(max_length=60)]


def _digits(text: str) -> str:
    """Leave out what only groups digits; a number that is too short or too long (ITU-T E.164) is no phone."""
    digits = text.replace(" ", "").replace("-", "")
    if not 7 <= len(digits.removeprefix("+")) <= 15:
        raise ValueError("a phone has 7 to 15 digits")
    return digits


Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,24}$"), AfterValidator(_digits)]


def masked_name(name: str) -> str:
    """Return the first character of a name; how many follow is not told either.

    >>> masked_name("李小花")
    '李**'
    """
    return f"{name[:1]}**"


def masked_number(number: str, shown: int = 4) -> str:
    """Return the last digits of a phone or an account; all of a short one is hidden.

    >>> masked_number("13800001234"), masked_number("1234")
    ('*******1234', '****')
    """
    hidden = len(number) - shown
    return "*" * len(number) if hidden < shown else "*" * hidden + number[-shown:]


def sees_people(principal: Principal | None, whose: Tenants) -> bool:
    """Whether somebody sees the name and phone of a household that is `whose`: its cooperative's clerks and its county.

    Others, those of the whole province too, see a mask and have it disclosed for a reason.
    """
    if principal is None:
        return False
    roles = principal.roles & _SEE_THEIR_PEOPLE.keys()
    return any(principal.own(_SEE_THEIR_PEOPLE[role]) & whose.ids(_SEE_THEIR_PEOPLE[role]) for role in roles)


def only_audits(principal: Principal | None) -> bool:
    """Whether somebody looks at what was done, and has nothing to do with the people themselves."""
    return principal is not None and principal.roles <= {Role.AUDITOR}
