"""The body of the week's report."""

from datetime import date

from pydantic import BaseModel


class WeekReport(BaseModel):
    """A county's week by delivery day, or every county's.

    Grams as bought: `demand_g` + `surplus_g` = `allocated_g` + `unmet_g` + what still waits. `menus` counts those that
    were not withdrawn.
    `packed_short_g` is what cooperatives had confirmed and did not pack; what of it nobody else had is in `unmet_g`.
    `lost_g` was packed and did not come: its lot was recalled, or nothing could bring it.
    `orders_confirmed` were taken by their cooperative at least in part and not called off since. `lines_short` counts
    order lines of which the cooperative's answer left something out (all of a declined line), and demand lines that
    end with something nobody has. `received_g` and `accepted_g` are weighed at the gate; `market_g`
    of what was accepted, for `market_fen`, came from the licensed market supplier. `spend_fen` is what schools
    pay; `poor_household_fen` of it reached households that were poor on the harvest day, `poor_household_share` is
    that share (0–1), `households_paid` counts households with money of this week. `ledger_sum_fen` is 0, always.
    """

    county_code: str | None
    week_start: date
    menus: int
    demand_lines: int
    demand_g: int
    allocated_g: int
    unmet_g: int
    surplus_g: int
    orders_placed: int
    orders_confirmed: int
    lines_short: int
    packed_short_g: int
    lost_g: int
    received_g: int
    accepted_g: int
    market_g: int
    market_fen: int
    spend_fen: int
    poor_household_fen: int
    poor_household_share: float
    households_paid: int
    ledger_sum_fen: int
