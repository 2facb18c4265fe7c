"""A registry's extract as a CSV file: a line is a row of `EntryRow`, a blank cell says nothing."""

from dataclasses import dataclass

from pydantic import ValidationError

from services.farmers.registry.domain import Entry
from services.farmers.registry.schemas import EntryRow
from shared.bulk import Refusal, refusal_of
from shared.tabular import Table, plain, read_table

MOST_ROWS = 5_000
COLUMNS = tuple(EntryRow.model_fields)
KEYS = ("household_id", "registry_no")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read: the good rows by line, what is wrong with the others."""

    rows: list[tuple[int, Entry]]
    refused: list[Refusal]
    warned: list[Refusal]


def read_sheet(data: bytes) -> Sheet:
    """Read a file of at most 5,000 rows; it names households by id or by registry number.

    Raises DomainError where the file as a whole cannot be meant.
    """
    first_line = data[:4096].splitlines()[:1]
    key = KEYS[1] if first_line and KEYS[0].encode() not in first_line[0] else KEYS[0]
    return read_rows(read_table(data, COLUMNS, key, MOST_ROWS))


def read_rows(table: Table) -> Sheet:
    """Read the rows of a table."""
    rows: list[tuple[int, Entry]] = []
    refused = list(table.refused)
    for number, cells in table.rows:
        try:
            said = {name: plain(cell) for name, cell in cells.items() if cell}
            rows.append((number, EntryRow.model_validate(said).entry()))
        except ValidationError as error:
            refused.append(refusal_of(number, error))
    return Sheet(rows, refused, table.warned)
