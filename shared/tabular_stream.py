"""CSV files of any length, read as they come: a chunk of rows at a time, in memory that does not grow with the file."""

from collections.abc import AsyncIterable, AsyncIterator, Collection, Sequence

from shared.bulk import Refusal
from shared.tabular import LINE_END, LONGEST_LINE, MARK, Table, encoding_of, header_of, read_lines

_MOST_BYTES = 4 * LONGEST_LINE
"""What a line of the longest can have in bytes, and a little more than can be meant."""


async def stream_table(
    stream: AsyncIterable[bytes], columns: Collection[str], keys: Sequence[str], rows: int
) -> AsyncIterator[Table]:
    """Yield a file's rows, up to `rows` at a time, numbered as in the file (the header is row 1).

    The header names one of `keys`. The encoding is that of most lines of the first chunk that is not plain ASCII.
    Raises DomainError where the file as a whole cannot be meant: no header with a key in it, a column twice.
    """
    header: list[str] | None = None
    encoding: str | None = None
    number = 2
    async for lines in _chunks(stream, rows):
        encoding = encoding or encoding_of(lines)
        warned: list[Refusal] = []
        if header is None:
            header = header_of(lines[0], encoding, keys)
            strange = [name for name in header if name and name not in columns]
            warned = [Refusal(index=1, field=name[:64], rule="unknown-column", detail="left out") for name in strange]
            lines = lines[1:]
        yield read_lines(lines, number, header, columns, encoding, warned)
        number += len(lines)
    if header is None:
        header_of(b"", None, keys)


async def _chunks(stream: AsyncIterable[bytes], rows: int) -> AsyncIterator[list[bytes]]:
    """Yield a file's lines, up to `rows` (and the header) at a time; of an endless line only the beginning is kept."""
    lines: list[bytes] = []
    rest = b""
    first = True
    async for data in stream:
        rest += data
        if first and len(rest) < len(MARK):
            continue
        if first:
            rest, first = rest.removeprefix(MARK), False
        # A carriage return at the end may be half of a line end.
        held = rest[-1:] if rest.endswith(b"\r") else b""
        *whole, rest = LINE_END.split(rest[: len(rest) - len(held)])
        rest = rest[:_MOST_BYTES] + held
        lines += whole
        while len(lines) > rows:
            yield lines[: rows + 1]
            lines = lines[rows + 1 :]
    lines += [line for line in LINE_END.split(rest.removeprefix(MARK) if first else rest) if line]
    if lines:
        yield lines
