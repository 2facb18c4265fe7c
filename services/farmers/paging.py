"""The cursor of a page."""

from collections.abc import Sequence

from shared.routing import Paging


def next_after(paging: Paging, ids: Sequence[str]) -> str | None:
    """Return the id the next page starts after, None when this page is not full and so the last."""
    return ids[-1] if len(ids) == paging.limit else None
