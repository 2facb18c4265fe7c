"""The answer of a list route."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.routing import Paging

T = TypeVar("T")


class Listed(BaseModel, Generic[T]):
    """One page: `next` is what to pass as `after`, null on the last page."""

    items: list[T]
    next: str | None


def listed(paging: Paging, items: Sequence[T], cursor: Callable[[T], str]) -> Listed[T]:
    """Return the page; it is the last when it is not full."""
    return Listed(items=list(items), next=cursor(items[-1]) if len(items) == paging.limit else None)
