"""Whose the things of procurement are, and how much of a county's things somebody is shown (decision 43)."""

from shared.auth.principal import EVERYWHERE, Kind, Principal, Role

OFFICIALS = {Role.OFFICIAL, Role.ADMINISTRATOR}
"""Who buys, decides and pays for a county."""


def decides_for(principal: Principal | None, county_code: str) -> bool:
    """Whether somebody is an official of a county; nobody in particular is the system itself."""
    if principal is None or Role.SYSTEM in principal.roles:
        return True
    return bool(principal.roles & OFFICIALS) and bool({county_code, EVERYWHERE} & principal.counties)


def shown_to(principal: Principal | None, county_code: str, kind: Kind) -> frozenset[str] | None:
    """Return which tenants of a kind somebody is shown of a county's things; None: all, as the county itself is."""
    bounds = None if principal is None else principal.bounds(set(Role))
    if principal is None or bounds is None:
        return None
    if Kind.COUNTY in bounds and county_code in principal.own(Kind.COUNTY):
        return None
    return principal.own(kind) if kind in bounds else frozenset()


def paid_by(principal: Principal | None) -> frozenset[str] | None:
    """Return the counties whose debts somebody pays; None: every county's, as the system and the province do."""
    bounds = None if principal is None else principal.bounds({*OFFICIALS, Role.SYSTEM})
    return None if principal is None or bounds is None else principal.counties
