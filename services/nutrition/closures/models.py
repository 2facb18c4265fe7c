"""The table of closures."""

from datetime import date

from sqlmodel import Field

from services.nutrition.closures.domain import ClosureKind
from services.nutrition.tables import Table, one_of


class Closure(Table, table=True):
    """A school day on which a canteen serves only the meals set here."""

    __tablename__ = "closure"
    __table_args__ = (one_of("kind", ClosureKind),)

    canteen_id: str = Field(primary_key=True, max_length=64, foreign_key="canteen.canteen_id")
    day: date = Field(primary_key=True)
    kind: str = Field(max_length=16)
    breakfast: bool
    lunch: bool
    dinner: bool
    note: str = Field(max_length=500)
    version: int
    digest: str = Field(max_length=64)
