"""Request bodies and answers about erasures. Examples are fictional."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.farmers.registry.schemas import RegistryNo
from shared.fields import Code, Id, Reason
from shared.routing import Input


class ErasureIn(Input):
    """Who took the household's request, and why it wants to be forgotten."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"asked_by": "clerk-7", "reason": "moved away and asked for it"}]}
    )

    asked_by: Code
    reason: Reason


class LiftIn(ErasureIn):
    """Who took the household's request to be known again; with its number a registry may name it, too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"asked_by": "clerk-7", "reason": "came back and asked for it", "registry_no": "520628-0001"}]
        }
    )

    registry_no: RegistryNo | None = None


class ErasureRead(BaseModel):
    """A household was erased; `lifted_at` is null while it is to stay so."""

    model_config = ConfigDict(from_attributes=True)

    erasure_id: Id
    household_id: Id
    asked_by: str
    reason: str
    erased_at: datetime
    lifted_by: str | None = None
    lifted_reason: str | None = None
    lifted_at: datetime | None = None


class ErasurePage(BaseModel):
    """Erasures of a household, oldest first; `next` is the `after` of the next page, null on the last one."""

    items: list[ErasureRead]
    next: Id | None
