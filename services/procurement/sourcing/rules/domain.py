"""The rules a county buys by, and which of them contradict each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from services.procurement.sourcing.problem import Terms
from shared.errors import Conflict, DomainError

PERMILLE = 1000
EVERYWHERE = ""
"""The county code of the rules that hold where a county has set none."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a county asks of sourcing from a day on, until its next rules; `valid_from` None: since ever.

    `reach_m` is how far away an offer of another county may be as the crow flies, `stop_cost_fen` what a cooperative's
    stop at a school weighs and `freight_fen_per_tonne_km` its freight; both steer and are booked nowhere.
    `handling_g_per_day` is what a cooperative can deliver in a day, `household_cap_fen` what each of its households may
    earn from schools between two days. `priority_permille` says by priority group what a fen to its poor ones counts,
    `floor_permille` what it counts while a cooperative's households have earned less than `household_floor_fen` each in
    the season. `suppliers_per_week` is how many cooperatives a school's week has at most, `whole_packs` whether lines
    are split where packs end, `class_reach_m` how far food of a temperature class may travel, own county or not,
    `school_budgets` whether a school's orders of a week may cost no more than its menu said there is to spend.
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
    handling_g_per_day: int | None = None
    household_cap_fen: int | None = None
    season_from: date | None = None
    season_until: date | None = None
    priority_permille: Mapping[str, int] = field(default_factory=dict)
    household_floor_fen: int | None = None
    floor_permille: int = 1500
    suppliers_per_week: int | None = None
    whole_packs: bool = False
    class_reach_m: Mapping[str, int] = field(default_factory=dict)
    school_budgets: bool = False
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
            handling_g_per_day=self.handling_g_per_day,
            suppliers_per_week=self.suppliers_per_week,
            whole_packs=self.whole_packs,
        )

    def priority_of(self, group: str | None, households: int | None, earned_fen: int) -> int:
        """Return what a fen to a cooperative's poor households counts, in 1/1000; `earned_fen` is what all earned."""
        plain = self.priority_permille.get(group or "", PERMILLE)
        if self.household_floor_fen is None or not households or earned_fen >= self.household_floor_fen * households:
            return plain
        return plain * self.floor_permille // PERMILLE


def check(rules: Rules, today: date) -> None:
    """Refuse rules that contradict each other, or would change what has happened.

    Raises DomainError `target-allows-less`, `target-without-premium`, `cap-without-season`, `floor-above-cap`,
    `season-ends-before-it-begins`, Conflict `rules-in-the-past`.
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
    _check_season(rules)
    if rules.valid_from is None or rules.valid_from < today:
        raise Conflict("rules-in-the-past", f"runs of days before {today} went by other rules", field="valid_from")


def _check_season(rules: Rules) -> None:
    cap, floor = rules.household_cap_fen, rules.household_floor_fen
    unlimited = cap is None and floor is None
    if unlimited != (rules.season_from is None) or unlimited != (rules.season_until is None):
        raise DomainError(
            "cap-without-season",
            "what a household may or should earn needs the days from and until",
            field="household_cap_fen" if floor is None else "household_floor_fen",
        )
    if cap is not None and floor is not None and floor > cap:
        raise DomainError(
            "floor-above-cap", f"a household should earn {floor} fen and may earn {cap}", field="household_floor_fen"
        )
    if rules.season_from and rules.season_until and rules.season_until < rules.season_from:
        raise DomainError("season-ends-before-it-begins", f"{rules.season_until} is too early", field="season_until")
