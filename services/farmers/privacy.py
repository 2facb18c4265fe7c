"""Who sees the people of households; others see a mask (`shared.names`, `shared.phones`)."""

from shared.auth.principal import Kind, Principal, Role, Tenants

_SEE_THEIR_PEOPLE = {Role.CLERK: Kind.COOPERATIVE, Role.OFFICIAL: Kind.COUNTY, Role.ADMINISTRATOR: Kind.COUNTY}


def sees_people(principal: Principal | None, whose: Tenants) -> bool:
    """Whether somebody sees the name and phone of a household that is `whose`: its cooperative's clerks and its county.

    Others, those of the whole province too, see a mask and have it disclosed for a reason.
    """
    if principal is None:
        return False
    roles = principal.roles & _SEE_THEIR_PEOPLE.keys()
    return any(principal.own(_SEE_THEIR_PEOPLE[role]) & whose.ids(_SEE_THEIR_PEOPLE[role]) for role in roles)
