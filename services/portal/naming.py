"""What foods, dishes and schools are called, for pages that have their codes."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.portal.upstream import Away, Refused, Upstream

_AT_ONCE = 200
Names = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Names in both languages (`zh`, `en`) by kind (`foods`, `dishes`, `canteens`; procurement's `suppliers`) and code."""


_NONE: Names = {"foods": {}, "dishes": {}, "canteens": {}}


async def names_or_away(
    services: Upstream, *, foods: Iterable[str] = (), dishes: Iterable[str] = (), canteens: Iterable[str] = ()
) -> Names | Away:
    """Return the names of what exists; Away where nobody answers. For no codes nobody is asked."""
    wanted = {"food": foods, "dish": dishes, "canteen": canteens}
    asked: dict[str, Any] = {kind: sorted(set(codes))[:_AT_ONCE] for kind, codes in wanted.items()}
    if not any(asked.values()):
        return _NONE
    try:
        told: Names = await services.get("nutrition", "/names", asked)
    except Away as away:
        return away
    except Refused:  # a code that can be none
        return _NONE
    return told


async def names_of(services: Upstream, **codes: Iterable[str]) -> Names:
    """Return names as `names_or_away` does; none where nobody answers, and codes are shown instead."""
    told = await names_or_away(services, **codes)
    return _NONE if isinstance(told, Away) else told


async def food_names(services: Upstream, codes: Iterable[str], language: str) -> dict[str, str]:
    """Return the names of foods by code in one language; none where nobody answers."""
    told = await names_of(services, foods=codes)
    return {code: name["zh" if language == "zh" else "en"] for code, name in told["foods"].items()}


def said_in(language: str, told: Mapping[str, Any]) -> str:
    """Return a service's sentence (`text_zh`, `text_en`) in a language, in English where it is said in no other."""
    return str(told.get(f"text_{language}") or told.get("text_en") or "")
