"""What the dashboard shows: pure functions from answers to what a template needs. Shares are permille."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.portal.languages import N_
from services.portal.terms import NUTRIENTS, is_unknown
from shared.weeks import monday_of

SHAPES: Mapping[str, str] = {"ok": "●", "warn": "▲", "bad": "■", "": "○"}
"""What a tone looks like to whoever sees no colour, as in `static_src/styles/parts.css`."""
PUNCTUAL, COOL, STANDARD = 950, 980, 800
"""Permille from which a share is good: in time, cold, meeting the standard (assumptions of this project)."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole: `permille` is None where there is nothing to share, `tone` says how good it is."""

    part: int
    whole: int
    permille: int | None
    tone: str


def share(part: int, whole: int, good: int, *, fair: int | None = None) -> Share:
    """Return a share; it is good from `good` permille on, fair from `fair` on (three quarters of good)."""
    if whole <= 0:
        return Share(part, whole, None, "")
    permille = round(part * 1000 / whole)
    enough = good * 3 // 4 if fair is None else fair
    return Share(part, whole, permille, "ok" if permille >= good else "warn" if permille >= enough else "bad")


def of_poor(total: Mapping[str, Any], rules: Mapping[str, Any] | None) -> tuple[Share, int | None]:
    """Return what of the spend reached poor households, and the county's target in permille, None where none is set."""
    target = None if rules is None else rules.get("share_target_permille")
    return share(total["poor_households_fen"], total["spend_fen"], target or 0), target


def deliveries(report: Mapping[str, Any]) -> tuple[Share, Share]:
    """Return what came in time, and what of the cooled deliveries stayed cold."""
    counted = {
        name: sum(county[name] for county in report["counties"]) for name in ("deliveries", "late", "cooled", "warm")
    }
    in_time = share(counted["deliveries"] - counted["late"], counted["deliveries"], PUNCTUAL)
    return in_time, share(counted["cooled"] - counted["warm"], counted["cooled"], COOL)


def standards(menus: Sequence[Mapping[str, Any]]) -> Share:
    """Return how many schools' menus lack no nutrient, of those whose most lacking one is known.

    A school that took its menu back in the midst of the week and published another has two: the last one counts.
    """
    of_school = {menu["canteen_id"]: menu for menu in menus}
    lacks = [lack_of(menu) for menu in of_school.values() if menu.get("unjudged") is None]
    known = [lack for lack in lacks if lack is None or lack.permille is not None]
    return share(sum(lack is None for lack in known), len(known), STANDARD)


@dataclass(frozen=True, slots=True)
class Lack:
    """The nutrient that a menu lacks most (msgid), by how much of what is asked; None: nobody knows how much it has.

    `unknown_permille` of what is eaten nobody knows what it has of it.
    """

    nutrient: str
    permille: int | None
    unknown_permille: int


def lack_of(menu: Mapping[str, Any]) -> Lack | None:
    """Return what a menu lacks most; None where it lacks nothing."""
    found = menu["lacking"]
    if found is None:
        return None
    name = NUTRIENTS.get(found["key"], found["key"])
    return Lack(name, None if is_unknown(found) else found["miss_permille"], found["unknown_permille"])


@dataclass(frozen=True, slots=True)
class School:
    """A school of a county's week: its name, its menu judged in short (None: it published none), what that lacks."""

    canteen_id: str
    name: str
    pupils: int
    menu: Mapping[str, Any] | None
    lack: Lack | None = None

    @property
    def state(self) -> tuple[str, str]:
        """How its menu stands: tone and word (msgid)."""
        if self.menu is None:
            return "bad", N_("None published")
        if self.menu.get("unjudged") is not None:
            return "", N_("Nobody knows")
        if self.lack is None:
            return "ok", N_("Meets the standard")
        return ("", N_("Nobody knows")) if self.lack.permille is None else ("warn", N_("Lacks something"))


def schools(canteens: Iterable[Mapping[str, Any]], menus: Iterable[Mapping[str, Any]], language: str) -> list[School]:
    """Return a county's schools, those without a menu first, then by what they lack most."""
    judged = {menu["canteen_id"]: menu for menu in menus}
    return sorted((_school(one, judged.get(one["canteen_id"]), language) for one in canteens), key=_urgency)


def _school(canteen: Mapping[str, Any], menu: Mapping[str, Any] | None, language: str) -> School:
    return School(
        canteen_id=canteen["canteen_id"],
        name=canteen[f"name_{language}"] or canteen["name_zh"],
        pupils=canteen["pupils"],
        menu=menu,
        lack=None if menu is None else lack_of(menu),
    )


def _urgency(school: School) -> tuple[int, int, str]:
    if school.menu is None:
        return (0, 0, school.name)
    lacking = school.menu["lacking"]
    return (1, -(0 if lacking is None else lacking["miss_permille"]), school.name)


def spent_where(counties: Sequence[Mapping[str, Any]]) -> list[list[int]]:
    """Return for each county its spend in fen: from the county, elsewhere in the province, the market, the rest."""
    rows = []
    for one in counties:
        near, province, market = one["from_county_fen"], one["from_province_fen"], one["from_market_fen"]
        elsewhere = max(0, province - near)
        rows.append([near, elsewhere, market, max(0, one["spend_fen"] - near - elsewhere - market)])
    return rows


FIGURES: tuple[tuple[str, str, str], ...] = (
    ("spend_fen", N_("Spend on food"), "yuan"),
    ("accepted_g", N_("Weighed and accepted"), "kg"),
    ("orders", N_("Orders settled"), "number"),
    ("poor_households_fen", N_("To poor households"), "yuan"),
    ("poor_household_share", N_("their share of the spend"), "share"),
    ("from_county_fen", N_("From cooperatives of the county"), "yuan"),
    ("from_county_share", N_("its share of the spend"), "share"),
    ("from_province_fen", N_("From cooperatives of the province"), "yuan"),
    ("from_market_fen", N_("From the licensed market supplier"), "yuan"),
    ("households", N_("Households that earned"), "number"),
    ("poor_households", N_("of them poor"), "number"),
    ("demand_g", N_("Demand"), "kg"),
    ("unmet_g", N_("Demand that nobody could meet"), "kg"),
    ("price_difference", N_("Paid above reference prices"), "share"),
    ("paid_fen", N_("Paid to cooperatives"), "yuan"),
    ("held_fen", N_("Held by cooperatives for households"), "yuan"),
    ("disputed_fen", N_("Held back in disputes"), "yuan"),
    ("freight_fen", N_("Freight, out of its own fund"), "yuan"),
    ("compensation_fen", N_("Compensation for calling off late, out of the operating fund"), "yuan"),
)
"""The figures of the statutory month report, each with its name and how it is written."""


def month_of(asked: str | None, today: date) -> str:
    """Return the month asked for, else that of today: `2026-11`."""
    return asked or f"{today:%Y-%m}"


def beside(month: str) -> tuple[str, str]:
    """Return the months before and after one."""
    first = date.fromisoformat(f"{month}-01")
    return f"{first - timedelta(days=1):%Y-%m}", f"{first + timedelta(days=31):%Y-%m}"


def days_of(month: str) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def weeks_of(month: str, today: date) -> list[date]:
    """Return the Mondays of a month's weeks, the last one first; of the present month those that have begun."""
    first, last = days_of(month)
    day = today if first <= today <= last else last
    monday = monday_of(day)
    return [
        monday - timedelta(weeks=back)
        for back in range(6)
        if monday - timedelta(weeks=back) + timedelta(days=4) >= first
    ]
