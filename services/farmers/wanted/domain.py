"""What is still wanted, as it is told to cooperatives: once a week, beside what was told the week before."""

from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 26
"""Weeks a publication looks ahead."""
KEPT = timedelta(weeks=12)
"""How long publications stay."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a week still wants of a food, g; `change_g` since the publication before, None where that said nothing.

    `mu_hundredths` is to be sown in `sowing_week` for what no area sown earlier brings.
    """

    food_code: str
    week_start: date
    wanted_g: int
    change_g: int | None
    advice: str
    sowing_week: date | None
    mu_hundredths: int
