"""Bodies and answers of the routes of menu templates."""

from pydantic import BaseModel, ConfigDict, Field

from services.nutrition.drafts.schemas import DraftName
from services.nutrition.weekly.schemas import SLOTS_EXAMPLE, SlotInput, SlotRead
from shared.fields import Id, Instant
from shared.routing import Input


class TemplateEdit(Input):
    """What a template says: the whole of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "winter, soup daily", "meals": SLOTS_EXAMPLE}]})

    name: DraftName = ""
    meals: list[SlotInput] = Field(min_length=1, max_length=21)


class TemplateInput(TemplateEdit):
    """A week for a group of canteens, with dishes of the province and of the group's county."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"group_id": "grp-520628-north", "meals": SLOTS_EXAMPLE, "name": "winter"}]}
    )

    group_id: Id


class TemplateRead(BaseModel):
    """A template with its meals."""

    template_id: str
    group_id: str
    version: int
    name: str
    meals: list[SlotRead]
    created_at: Instant
    changed_at: Instant
