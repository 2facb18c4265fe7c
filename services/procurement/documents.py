"""Documents people print and sign: headings, facts and tables as a PDF file, with Chinese text that renders anywhere.

The font travels with the document (only the characters it uses), so that a reader needs none of its own. The same
document is the same bytes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import Response


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, its width beside the others, and whether it holds numbers."""

    title: str
    width: int = 1
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under columns; `total` is the last row, set off. The columns' titles stand on every page."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    total: Sequence[str] | None = None

    def __post_init__(self) -> None:
        """Refuse a row that does not fit its columns: a figure in the wrong column is worse than no document."""
        for row in (*self.rows, *([self.total] if self.total is not None else [])):
            if len(row) != len(self.columns):
                raise ValueError(f"a row has {len(row)} cells under {len(self.columns)} columns: {row[:1]}")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document: a heading, its table, and remarks below."""

    heading: str
    table: Table | None = None
    remarks: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed: a title, facts ("name", "value"), sections, and what stands at the foot of every page."""

    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    foot: str = ""
    signatures: Sequence[str] = field(default=())
    wide: bool = True


async def pdf_answer(document: Document, name: str) -> Response:
    """Return the answer that carries a document as a PDF file called `name`, written outside the event loop."""
    return attachment(await asyncio.to_thread(_written, document), "application/pdf", name)


def attachment(data: bytes, media_type: str, name: str) -> Response:
    """Return the answer that carries a file called `name` (ASCII)."""
    return Response(data, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def _written(document: Document) -> bytes:
    # Here, because what writes PDF files takes longer to load than to write one, and most processes write none.
    from services.procurement.pdf import pdf

    return pdf(document)
