"""What foods are called, for pages that have their codes."""

from collections.abc import Iterable

from services.portal.upstream import Away, Refused, Upstream

_AT_ONCE = 200


async def food_names(services: Upstream, codes: Iterable[str], language: str) -> dict[str, str]:
    """Return the names of foods by code; where nobody answers none, and the code is shown instead."""
    asked = sorted(set(codes))[:_AT_ONCE]
    if not asked:
        return {}
    try:
        told = await services.get("nutrition", "/names", {"food": asked})
    except (Away, Refused):
        return {}
    return {code: name["zh" if language == "zh" else "en"] for code, name in told["foods"].items()}
