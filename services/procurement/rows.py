"""Between values and rows: ids cut to what one statement may carry, values as mappings of columns."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

Key = TypeVar("Key", str, int)
MOST_PARAMETERS = 5_000


def in_order(ids: Iterable[Key], size: int = MOST_PARAMETERS) -> Iterator[Sequence[Key]]:
    """Yield the distinct ids in sorted pieces: whoever locks rows in this order waits in a queue, never in a circle."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def row_of(value: object, names: Iterable[str], **more: Any) -> dict[str, Any]:
    """Return these attributes of a value as a row, without the deep copies of `dataclasses.asdict`."""
    return {name: getattr(value, name) for name in names} | more
