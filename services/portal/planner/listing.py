"""Lists: the schools somebody plans for, and the weeks of one school."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from services.portal.planner.views import ORIGINS, STATES, Names
from services.portal.upstream import Away, Upstream

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class School:
    """A school as it is chosen: how far the week that is planned now has got there."""

    canteen_id: str
    name: str
    pupils: int
    status: str | None

    @property
    def state(self) -> tuple[str, str] | None:
        """Tone and word; None where there is no menu yet."""
        return None if self.status is None else STATES[self.status]


@dataclass(frozen=True, slots=True)
class Listed:
    """A menu or a draft in the list of weeks."""

    where: str
    tone: str
    word: str
    meals: int
    name: str
    origin: str
    changed_at: str
    menu_id: str | None = None


def all_there(told: Mapping[str, Any]) -> None:
    """Raise Away where a part is missing that a page cannot do without."""
    for part in told.values():
        if isinstance(part, Away):
            raise part


async def schools(
    services: Upstream, request: Request, own: Sequence[str], counties: Sequence[str], monday: str
) -> list[School]:
    """Return somebody's own schools or those of counties, without a menu of that week first. Raises Refused, Away."""
    if own:
        told = await services.parts(
            **{each: services.get("nutrition", f"/canteens/{each}") for each in own},
        )
        all_there(told)
        return _schools(request, told.values(), [])
    asked = {}
    for number, county in enumerate(counties):
        query = {"county_code": county}
        asked[f"canteens_{number}"] = services.items("nutrition", "/canteens", query)
        asked[f"menus_{number}"] = services.items("nutrition", "/menus", query | {"week_start": monday})
    told = await services.parts(**asked)
    all_there(told)
    listed = [each for name, part in told.items() if name.startswith("canteens") for each in part]
    menus = [each for name, part in told.items() if name.startswith("menus") for each in part]
    return _schools(request, listed, menus)


def _schools(request: Request, listed: Iterable[Told], menus: Iterable[Told]) -> list[School]:
    names = Names(request.state.language)
    status = {menu["canteen_id"]: menu["status"] for menu in menus}
    found = [
        School(each["canteen_id"], names.own(each), each.get("pupils", 0), status.get(each["canteen_id"]))
        for each in listed
    ]
    return sorted(found, key=lambda school: (school.status is not None, school.name))


def named_like(found: Iterable[School], q: str) -> list[School]:
    """Return the schools with a text in their name."""
    wanted = q.strip().casefold()
    return [school for school in found if wanted in school.name.casefold()]


def weeks_of(menus: Iterable[Told], drafts: Iterable[Told]) -> list[tuple[str, list[Listed]]]:
    """Return what there is of each week, the newest week first; a draft that was published is its menu."""
    weeks: dict[str, list[Listed]] = {}
    for menu in menus:
        tone, word = STATES[menu["status"]]
        where = f"/planner/menus/{menu['menu_id']}"
        listed = Listed(where, tone, word, len(menu["days"]), "", "", menu["published_at"], menu["menu_id"])
        weeks.setdefault(menu["week_start"], []).append(listed)
    for draft in drafts:
        if draft["status"] != "published":
            tone, word = STATES[draft["status"]]
            where, origin = f"/planner/drafts/{draft['draft_id']}", ORIGINS[draft["origin"]]
            listed = Listed(where, tone, word, len(draft["days"]), draft["name"], origin, draft["changed_at"])
            weeks.setdefault(draft["week_start"], []).append(listed)
    return sorted(weeks.items(), reverse=True)
