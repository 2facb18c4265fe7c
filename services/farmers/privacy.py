"""Names of people: how they are written, and what is shown of them to those who need not know (`shared.phones`)."""

from typing import Annotated

from pydantic import StringConstraints

from shared.auth.principal import Kind, Principal, Role, Tenants
from shared.fields import Name

_SEE_THEIR_PEOPLE = {Role.CLERK: Kind.COOPERATIVE, Role.OFFICIAL: Kind.COUNTY, Role.ADMINISTRATOR: Kind.COUNTY}

PersonName = Annotated[Name, StringConstraints(max_length=60)]


def masked_name(name: str) -> str:
    """Return the first character of a name; how many follow is not told either.

    >>> masked_name("李小花")
    '李**'
    """
    return f"{name[:1]}**"


def sees_people(principal: Principal | None, whose: Tenants) -> bool:
    """Whether somebody sees the name and phone of a household that is `whose`: its cooperative's clerks and its county.

    Others, those of the whole province too, see a mask and have it disclosed for a reason.
    """
    if principal is None:
        return False
    roles = principal.roles & _SEE_THEIR_PEOPLE.keys()
    return any(principal.own(_SEE_THEIR_PEOPLE[role]) & whose.ids(_SEE_THEIR_PEOPLE[role]) for role in roles)
