"""Answers about loads."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel

from services.farmers.loads.domain import Load, LoadStatus, RowError
from shared.fields import Id
from shared.tabular import SheetProblem


class LoadRead(BaseModel):
    """How far a file has come, and what became of its rows so far.

    A row that is refused in one part is taken in the others. `errors` are all refused parts, and columns nobody knows.
    """

    load_id: Id
    status: LoadStatus
    read_rows: int
    households_created: int
    households_changed: int
    people_created: int
    people_changed: int
    statuses_created: int
    refused_rows: int
    errors: int
    error: str | None
    started_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, load: Load) -> Self:
        """Return what is shown of a load."""
        own = {name: getattr(load, name) for name in Load.__slots__ if name != "counts"}
        return cls(**own, **{name: getattr(load.counts, name) for name in load.counts.__slots__})


class LoadedRead(LoadRead):
    """What became of a file, with its first hundred errors; `/errors` has all of them."""

    first_errors: list[SheetProblem]

    @classmethod
    def with_errors(cls, load: Load, errors: list[RowError]) -> Self:
        """Return what is shown of a load that was just sent."""
        shown = [SheetProblem(row=one.row, field=one.field, rule=one.rule, detail=one.detail) for one in errors]
        return cls(**LoadRead.of(load).model_dump(), first_errors=shown)


class Loads(BaseModel):
    """The newest hundred loads, newest first."""

    items: list[LoadRead]
