"""The rules a county buys by, and which of them contradict each other."""

from dataclasses import dataclass
from datetime import date, datetime

from services.procurement.sourcing.problem import Terms
from shared.errors import Conflict, DomainError

EVERYWHERE = ""
"""The county code of the rules that hold where a county has set none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a county asks of sourcing from a day on, until its next rules; `valid_from` None: since ever.

    `reach_m` is how far away an offer of another county may be as the crow flies, `stop_cost_fen` what a cooperative's
    stop at a school weighs and `freight_fen_per_tonne_km` its freight; both steer and are booked nowhere.
    """

    county_code: str
    valid_from: date | None
    tolerance_permille: int
    share_target_permille: int
    target_tolerance_permille: int
    most_premium_permille: int
    reach_m: int
    stop_cost_fen: int
    freight_fen_per_tonne_km: int
    source: str
    set_at: datetime | None = None

    @property
    def terms(self) -> Terms:
        """What the optimiser is asked."""
        return Terms(
            tolerance_permille=self.tolerance_permille,
            share_target_permille=self.share_target_permille,
            target_tolerance_permille=self.target_tolerance_permille,
            most_premium_permille=self.most_premium_permille,
            reach_m=self.reach_m,
            stop_cost_fen=self.stop_cost_fen,
            freight_fen_per_tonne_km=self.freight_fen_per_tonne_km,
        )


def check(rules: Rules, today: date) -> None:
    """Refuse rules that contradict each other, or would change what has happened.

    Raises DomainError `target-allows-less`, `target-without-premium`, Conflict `rules-in-the-past`.
    """
    if rules.target_tolerance_permille < rules.tolerance_permille:
        raise DomainError(
            "target-allows-less",
            f"below the share target {rules.target_tolerance_permille} ‰ more may be spent, above it"
            f" {rules.tolerance_permille} ‰: what a missed target allows must not be less",
            field="target_tolerance_permille",
        )
    if rules.share_target_permille and not rules.most_premium_permille:
        raise DomainError(
            "target-without-premium",
            f"a share of {rules.share_target_permille} ‰ is asked for, and nothing may be paid for it",
            field="most_premium_permille",
        )
    if rules.valid_from is None or rules.valid_from < today:
        raise Conflict("rules-in-the-past", f"runs of days before {today} went by other rules", field="valid_from")
