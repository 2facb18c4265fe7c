"""Request bodies about memberships."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from shared.fields import Day, Id
from shared.routing import Input


class MoveIn(Input):
    """The cooperative a household belongs to from a day on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cooperative_id": "coop-520628-002", "from_day": "2026-11-30"}]}
    )

    cooperative_id: Id
    from_day: Day


class DepartureIn(Input):
    """The last day a household belongs to its cooperative."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until_day": "2026-11-30"}]})

    until_day: Day


class MembershipRead(BaseModel):
    """A membership; both days are included, an open end lasts. `1900-01-01` is since ever: nobody said when."""

    model_config = ConfigDict(from_attributes=True)

    cooperative_id: Id
    from_day: date
    until_day: date | None
