"""Bodies of the month's report and of the lines behind its figures."""

from datetime import date
from typing import Any, Self

from pydantic import BaseModel, Field

from services.procurement.reports.domain import Reached, Sums, share
from services.procurement.rows import row_of
from shared.market import Reference, ReferenceRead


class Figures(BaseModel):
    """A month's figures, in fen and g, by delivery day; shares are 0–1 and null where there is nothing to share.

    `accepted_g` was weighed and accepted; `spend_fen` is what schools pay for it, out of the ledger, disputes that are
    open left out. Of it, `poor_households_fen` reached households that were poor on the harvest day, `from_county_fen`
    and `from_province_fen` cooperatives of the canteen's own county and province, `from_market_fen` the licensed market
    supplier. `households` earned anything, `gini` says how unevenly (0: all the same). `unmet_g` of `demand_g`, as
    bought, is what nobody has. `reference_fen` is what the foods of `compared_fen` would have cost at the reference
    prices of their days, `price_difference` how far the spend lies above it. `paid_fen` was paid to cooperatives, which
    hold `held_fen` of it for their households. `freight_fen` and `compensation_fen` (for orders called off late) come
    out of funds of their own and are in no other figure.
    """

    orders: int
    accepted_g: int
    spend_fen: int
    households_fen: int
    poor_households_fen: int
    poor_household_share: float | None
    from_county_fen: int
    from_county_share: float | None
    from_province_fen: int
    from_province_share: float | None
    from_market_fen: int
    from_market_share: float | None
    households: int
    poor_households: int
    gini: float | None
    demand_lines: int
    demand_g: int
    lines_unmet: int
    unmet_g: int
    unmet_share: float | None
    compared_fen: int
    reference_fen: int
    price_difference: float | None
    paid_fen: int
    held_fen: int
    disputed_fen: int
    freight_fen: int
    compensation_fen: int

    @classmethod
    def of(cls, sums: Sums, reached: Reached) -> Self:
        """Return the figures made of sums and of what households earned."""
        shares: dict[str, Any] = {
            f"{name}_share": share(getattr(sums, f"{name}_fen"), sums.spend_fen)
            for name in ("from_county", "from_province", "from_market")
        }
        own = [name for name in cls.model_fields if hasattr(sums, name)]
        return cls(
            **row_of(sums, own),
            **shares,
            poor_household_share=share(sums.poor_households_fen, sums.spend_fen),
            households=reached.households,
            poor_households=reached.poor_households,
            gini=reached.gini,
            unmet_share=share(sums.unmet_g, sums.demand_g),
            price_difference=share(sums.compared_fen - sums.reference_fen, sums.reference_fen),
        )


class CountyFigures(Figures):
    """A county's figures, and where they are opened."""

    county_code: str
    name_zh: str
    name_en: str
    opens: dict[str, str]


class Anchor(BaseModel):
    """The last link of a county's ledger chain when the report was made: nothing before it can be changed unseen."""

    county_code: str
    links: int
    hash: str


class MonthReport(BaseModel):
    """The statutory report of a month: its figures in all, and by county.

    `opens` says where the lines behind the figures are: order lines that sum to the spend, households to what they
    earned, demand lines to what is unmet. `ledger` are the chains it stands on.
    """

    month: str = Field(examples=["2026-11"])
    county_code: str | None
    made_on: date
    total: Figures
    opens: dict[str, str]
    counties: list[CountyFigures]
    ledger: list[Anchor]


class BoughtLine(BaseModel):
    """An order line that was paid for, with what the market cost on its day; `from_county`: the canteen's own."""

    line_id: str
    order_id: str
    county_code: str
    canteen_id: str
    cooperative_id: str
    delivery_day: date
    food_code: str
    accepted_g: int
    price_fen_per_kg: int
    amount_fen: int
    from_county: bool
    from_province: bool
    from_market: bool
    reference: ReferenceRead | None

    @classmethod
    def of(cls, row: Any, reference: Reference | None) -> Self:
        """Return the answer about a row."""
        own = [name for name in cls.model_fields if hasattr(row, name)]
        county = row.cooperative_county or ""
        return cls(
            **row_of(row, own),
            from_county=county == row.county_code,
            from_province=county[:2] == row.county_code[:2],
            reference=ReferenceRead.of(reference, row.price_fen_per_kg),
        )


class HouseholdEarned(BaseModel):
    """What a household earned in the month; its account's entries are under `/ledger/entries`."""

    account: str
    poor: bool
    accepted_g: int
    amount_fen: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(account=row.account, poor=bool(row.poor), accepted_g=row.accepted_g, amount_fen=row.amount_fen)


class UnmetLine(BaseModel):
    """A demand line of which nobody has something."""

    demand_id: str
    canteen_id: str
    county_code: str
    delivery_day: date
    food_code: str
    quantity_g: int
    unmet_g: int

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return the answer about a row."""
        return cls(**row._mapping)
