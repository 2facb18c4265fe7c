"""Bulk upserts (`PUT /things {"rows": […]}`): good rows are taken, bad ones named; said twice, nothing changes."""

from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from shared.errors import DomainError
from shared.routing import Input

M = TypeVar("M", bound=BaseModel)


class Rows(Input):
    """Up to 1,000 rows; each is validated by itself."""

    rows: list[dict[str, Any]] = Field(max_length=1000)


class Refusal(BaseModel):
    """Why the row with this index (from 0) was not taken."""

    index: int
    field: str
    rule: str
    detail: str


class Imported(BaseModel):
    """What became of the rows."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refusal] = []


def parse(model: type[M], rows: Rows) -> tuple[list[tuple[int, M]], list[Refusal]]:
    """Validate each row; return the good ones with their index, and the refusals."""
    good: list[tuple[int, M]] = []
    refused: list[Refusal] = []
    for index, row in enumerate(rows.rows):
        try:
            good.append((index, model.model_validate(row)))
        except ValidationError as error:
            refused.append(refusal_of(index, error))
    return good, refused


def refusal_of(index: int, error: ValidationError) -> Refusal:
    """Return the refusal of a row that is no such row: the first thing wrong with it."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return Refusal(index=index, field=where, rule=first["type"], detail=first["msg"])


def refuse(index: int, error: DomainError) -> Refusal:
    """Return the refusal of a row that broke a rule of the field."""
    return Refusal(index=index, field=error.field or "", rule=error.rule, detail=error.detail)
