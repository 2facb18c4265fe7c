"""Bodies and answers of the registry's routes."""

from pydantic import BaseModel, ConfigDict, Field

from shared.bulk import Refusal
from shared.fields import Code, Day, Headcount, Id
from shared.routing import Input


class ImportInput(Input):
    """What to fetch: the counts that hold on a day (today, if it is left out), of one county or all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2026-12-01", "county_code": "520628"}]})

    on: Day | None = None
    county_code: Code | None = None


class RegistryRow(Input):
    """A count as a registry gives it. Whatever else stands in a row is refused with it: it could be a name."""

    canteen_id: Id
    class_code: Code
    valid_from: Day
    pupils: Headcount


class RegistryImport(BaseModel):
    """What became of the registry's rows; `source` is null where no registry is set."""

    source: str | None
    on: Day
    fetched: int
    created: int
    changed: int
    unchanged: int
    refused: list[Refusal] = Field(
        description="by the row's place in the answer; nothing of the row itself is repeated"
    )
