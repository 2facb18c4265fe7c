"""What pages of purchasing ask for, and of whom."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Query, Request

from services.portal import naming
from services.portal.naming import Names
from services.portal.upstream import Away, Upstream
from shared.auth.principal import Role
from shared.fields import Code, Day, Id

Week = Annotated[Day | None, Query(description="a day of the week", examples=["2026-11-30"])]
County = Annotated[Code | None, Query(examples=["520628"])]
School = Annotated[Id | None, Query(examples=["school-520628-001"])]
COUNTY_ROLES = frozenset({Role.OFFICIAL, Role.ADMINISTRATOR, Role.NUTRITIONIST})
DECIDING = frozenset({Role.OFFICIAL, Role.ADMINISTRATOR})
_MOST_NAMES = 200


def decides(request: Request) -> bool:
    """Whether somebody buys for a county, and does not only read."""
    return bool(request.state.person.roles & DECIDING)


def window_of(monday: date) -> dict[str, str]:
    """Return the days of a week as services ask for them."""
    return {"first_day": str(monday), "last_day": str(monday + timedelta(days=6))}


async def names_of(services: Upstream, orders: Iterable[Mapping[str, Any]]) -> Names:
    """Return what schools, suppliers and foods of orders are called; without names their codes stand there."""
    wanted = list(orders)
    schools = sorted({order["canteen_id"] for order in wanted})[:_MOST_NAMES]
    suppliers = sorted({order["cooperative_id"] for order in wanted if "cooperative_id" in order})[:_MOST_NAMES]
    foods = {line["food_code"] for order in wanted for line in order["lines"]}
    if not wanted:
        return {"canteens": {}, "suppliers": {}, "foods": {}}
    told = await services.parts(
        partners=services.get("procurement", "/names", {"canteen_id": schools, "supplier_id": suppliers}),
        foods=naming.names_of(services, foods=foods),
    )
    partners: Any = {"canteens": {}, "suppliers": {}} if isinstance(told["partners"], Away) else told["partners"]
    return {"canteens": partners["canteens"], "suppliers": partners["suppliers"], "foods": told["foods"]["foods"]}
