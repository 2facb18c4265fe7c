"""Bodies and answers of the routes of groups of canteens."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from shared.fields import Code, Id, Name
from shared.routing import Input

EXAMPLE: dict[str, JsonValue] = {
    "group_id": "grp-520628-north",
    "county_code": "520628",
    "name_zh": "北片村小（虚构）",
    "name_en": "Village schools of the north (fictional)",
    "canteen_ids": ["sch-520628-0001"],
}


class GroupRow(Input):
    """A group with all of its canteens, which lie in its county; an empty list keeps the group without any."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    group_id: Id
    county_code: Code
    name_zh: Name
    name_en: Name
    canteen_ids: list[Id] = Field(max_length=1000)

    @field_validator("canteen_ids")
    @classmethod
    def _each_once(cls, canteen_ids: list[str]) -> list[str]:
        if len(set(canteen_ids)) < len(canteen_ids):
            raise ValueError("a canteen is named once")
        return sorted(canteen_ids)


class GroupRead(BaseModel):
    """A group with its canteens; one that moved to another county is no member any more."""

    group_id: str
    county_code: str
    name_zh: str
    name_en: str
    canteen_ids: list[str]
    version: int
