"""Offers as a CSV file: a line is an offer, a column a field of OfferRow; a blank cell says nothing."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.farmers.offers.schemas import OfferRow
from services.farmers.offers.usecases import Proposal
from shared.bulk import Refusal, refusal_of, refuse
from shared.errors import Conflict
from shared.tabular import plain, read_table

MOST_ROWS = 5_000
COLUMNS = tuple(OfferRow.model_fields)
_WHOLE = frozenset({"quantity_g", "price_fen_per_kg", "shelf_life_days", "minimum_lot_g", "pack_size_g"})
_NUMBER = re.compile(r"-?[0-9]{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read: the good rows by line, what is wrong with the other lines."""

    rows: list[tuple[int, Proposal]]
    refused: list[Refusal]
    warned: list[Refusal]

    def of_cooperative(self, cooperative_id: str | None) -> "Sheet":
        """Return the sheet with the rows of other cooperatives refused; None takes all."""
        if cooperative_id is None:
            return self
        error = Conflict("another-cooperative", f"the file is {cooperative_id}'s", field="cooperative_id")
        others = [refuse(number, error) for number, row in self.rows if row.cooperative_id != cooperative_id]
        own = [(number, row) for number, row in self.rows if row.cooperative_id == cooperative_id]
        return Sheet(own, [*self.refused, *others], self.warned)


def read_sheet(data: bytes) -> Sheet:
    """Read a file of at most 5,000 offers. A column nobody knows is named and left out.

    Raises DomainError where the file as a whole cannot be meant: no header, a column twice, too long.
    """
    table = read_table(data, COLUMNS, "cooperative_id", MOST_ROWS)
    rows: list[tuple[int, Proposal]] = []
    refused = list(table.refused)
    for number, cells in table.rows:
        said = {name: _value(name, cell) for name, cell in cells.items() if cell}
        try:
            rows.append((number, OfferRow.model_validate(said).proposal()))
        except ValidationError as error:
            refused.append(refusal_of(number, error))
    return Sheet(rows, refused, table.warned)


def _value(field: str, cell: str) -> Any:
    """Return what a cell says, as JSON would; what is no number is left as text for OfferRow to refuse."""
    return int(cell) if field in _WHOLE and _NUMBER.fullmatch(cell) else plain(cell)
