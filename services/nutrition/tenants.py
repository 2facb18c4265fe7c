"""Whose the things of nutrition are, and who plans for whom (decision 43)."""

from collections.abc import Collection

from shared.auth.principal import Kind, Principal, Role, signed_by

COUNTY = {Role.NUTRITIONIST, Role.ADMINISTRATOR}
"""Who looks after all canteens of a county."""
PLANNERS = {Role.CANTEEN, *COUNTY}
"""Who plans meals: the staff of a canteen for it, the county for all of its canteens."""


def planned_by(principal: Principal | None, county_code: str, canteen_ids: Collection[str]) -> list[str]:
    """Return those of a county's canteens whom whoever asks plans for: the county all, the staff of a canteen it."""
    bounds = None if principal is None else principal.bounds({*PLANNERS, Role.SYSTEM})
    if principal is None or bounds is None:
        return list(canteen_ids)
    if Kind.COUNTY in bounds and county_code in principal.own(Kind.COUNTY):
        return list(canteen_ids)
    return [each for each in canteen_ids if Kind.CANTEEN in bounds and each in principal.own(Kind.CANTEEN)]


def approver(principal: Principal | None, said: str | None) -> str | None:
    """Return who of the county approves by asking, None where whoever asks is not of it; a machine names somebody."""
    if principal is None or principal.roles & {*COUNTY, Role.SYSTEM}:
        return signed_by(principal, said)
    return None
