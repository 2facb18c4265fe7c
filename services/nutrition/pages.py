"""The answer of a list route."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.errors import DomainError
from shared.routing import Paging

T = TypeVar("T")


class Listed(BaseModel, Generic[T]):
    """One page: `next` is what to pass as `after`, null on the last page."""

    items: list[T]
    next: str | None


def listed(paging: Paging, items: Sequence[T], cursor: Callable[[T], str]) -> Listed[T]:
    """Return the page; it is the last when it is not full."""
    return Listed(items=list(items), next=cursor(items[-1]) if len(items) == paging.limit else None)


def version_after(paging: Paging) -> int:
    """Return the version a page of versions comes after, 0 for the first page. Raises DomainError."""
    if paging.after is None:
        return 0
    if not (paging.after.isascii() and paging.after.isdigit()) or len(paging.after) > 9:
        raise DomainError("cursor", "pass what the last page called next", field="after")
    return int(paging.after)


def day_of(paging: Paging) -> date | None:
    """Return the day a page comes after, where days are the cursor."""
    try:
        return date.fromisoformat(paging.after) if paging.after is not None else None
    except ValueError as error:
        raise DomainError("cursor", "after is the day `next` named", field="after") from error
