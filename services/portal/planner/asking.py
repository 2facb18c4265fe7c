"""What the planner asks nutrition, in as few rounds as the answers allow."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import Request

from services.portal.planner.views import Names
from services.portal.upstream import Away, Refused, Upstream

Told = Mapping[str, Any]
_STANDING = {"published", "amended", "served"}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a week's meals: the canteen, what it may cook, who is expected, the menu that is published."""

    canteen: Told
    library: list[Told]
    forecast: Told | None
    menus: list[Told]
    names: Names

    @property
    def served(self) -> list[str]:
        """The meals the canteen serves."""
        return list(self.canteen["meals"])

    @property
    def standing(self) -> Told | None:
        """The menu that stands for the week."""
        return next((menu for menu in self.menus if menu["status"] in _STANDING), None)


async def or_none(asked: Awaitable[Any]) -> Any:
    """Return an answer, None where nutrition refuses it: there is nothing to judge yet."""
    try:
        return await asked
    except Refused:
        return None


async def around(
    request: Request, services: Upstream, canteen_id: str, monday: str, **more: Awaitable[Any]
) -> tuple[Around, dict[str, Any]]:
    """Return what stands around a canteen's week, and what else was asked with it. Raises Refused, Away."""
    last = (date.fromisoformat(monday) + timedelta(days=6)).isoformat()
    told = await services.parts(
        canteen=services.get("nutrition", f"/canteens/{canteen_id}"),
        library=services.items("nutrition", "/dishes", {"canteen_id": canteen_id, "week_start": monday}),
        forecast=or_none(
            services.get("nutrition", f"/canteens/{canteen_id}/attendance-forecast", {"from": monday, "to": last})
        ),
        menus=services.items("nutrition", "/menus", {"canteen_id": canteen_id, "week_start": monday}),
        **more,
    )
    for needed in ("canteen", "library", "menus"):
        if isinstance(told[needed], Away):
            raise told[needed]
    forecast = None if isinstance(told["forecast"], Away) else told["forecast"]
    names = Names(request.state.language, told["library"])
    return Around(told["canteen"], told["library"], forecast, told["menus"], names), told


async def name_all(services: Upstream, names: Names, codes: set[str], canteen_id: str) -> None:
    """Let dishes that are not in the library any more have their names, too."""
    if codes - names.of.keys():
        query = {"canteen_id": canteen_id, "retired": True}
        for each in await services.items("nutrition", "/dishes", query):
            names.of.setdefault(each["dish_code"], each)


async def food_names(request: Request, services: Upstream, codes: set[str]) -> Names:
    """Return what foods are called; asked for only where some are named."""
    listed = await services.items("nutrition", "/foods") if codes else []
    return Names(request.state.language, listed, key="food_code")


def codes_of(meals: Sequence[Told]) -> set[str]:
    """Return the dishes of meals."""
    return {code for meal in meals for code in meal["dish_codes"]}


def own_canteens(request: Request) -> list[str]:
    """Return the canteens whoever asks works in."""
    return sorted(request.state.person.principal.canteens)
