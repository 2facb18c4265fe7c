"""A remark: of which kind, about which page, for whose eyes."""

from collections.abc import Mapping
from enum import StrEnum

from services.portal.urls import parts_of
from shared.auth.principal import EVERYWHERE, Principal, Role


class Kind(StrEnum):
    """What a remark says."""

    WRONG = "wrong"
    BETTER = "better"
    GOOD = "good"


LONGEST = 500


def page_in(said: str | None) -> str:
    """Return the path of the page a remark is about: without its query, which may name people's things."""
    path = parts_of(said).path
    return path[:200] if path.startswith("/") and not path.startswith("//") else "/"


def meal_in(page: str) -> str | None:
    """Return the meal whose public page a remark is about; None where it is about another."""
    rest = page.removeprefix("/t/")
    return None if rest == page or not rest or "/" in rest else rest


def role_of(principal: Principal | None) -> str:
    """Return as what somebody speaks: the first of the roles they have; everybody else is `visitor`."""
    if principal is None:
        return "visitor"
    return next((str(role) for role in Role if role in principal.roles), "visitor")


def county_of(principal: Principal | None, told: Mapping[str, str] | None = None) -> str | None:
    """Return the county of who speaks: what a service told of their school or village, else their only one."""
    if told is not None:
        return told.get("county_code")
    return None if principal is None else principal.only_county


def may_see(principal: Principal) -> frozenset[str] | None:
    """Return the counties whose remarks somebody reads; None: all, and those of no county, too."""
    if EVERYWHERE in principal.counties or Role.AUDITOR in principal.roles or Role.SYSTEM in principal.roles:
        return None
    return principal.counties
