"""What lists answer: a page of items and where the next one starts."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel

from shared.routing import Paging

T = TypeVar("T")
R = TypeVar("R")


class Items(BaseModel, Generic[T]):
    """A page: `next` is the id to pass as `after` for the following one, None on the last."""

    items: list[T]
    next: str | None = None


def cut(paging: Paging, found: Sequence[R], id_of: Callable[[R], str]) -> tuple[Sequence[R], str | None]:
    """Cut what was found (one more than asked for, if there is more) to the page, and return where the next starts."""
    if len(found) <= paging.limit:
        return found, None
    return found[: paging.limit], id_of(found[paging.limit - 1])
