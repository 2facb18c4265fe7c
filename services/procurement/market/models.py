"""The table of market suppliers."""

from datetime import date

from sqlmodel import Field

from services.procurement.tables import Table, table_of


class MarketSupplier(Table, table=True):
    """A supplier of a county with a licence to sell food, until a day."""

    __tablename__ = "market_supplier"

    supplier_id: str = Field(primary_key=True, max_length=64)
    county_code: str = Field(max_length=64, index=True)
    name_zh: str = Field(max_length=200)
    name_en: str = Field(max_length=200)
    licence_no: str = Field(max_length=64)
    licence_until: date


market_supplier = table_of(MarketSupplier)
