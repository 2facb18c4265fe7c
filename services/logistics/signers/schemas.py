"""Answers about signers."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.fields import Id


class SignerRead(BaseModel):
    """What somebody is called who signs at a gate, and since when that is known; masked to those who need not know."""

    model_config = ConfigDict(from_attributes=True)

    signer_id: Id
    name: str
    said_at: datetime


class Signers(BaseModel):
    """Who signs at a school's gate; whose name nobody said, or was forgotten, is not here."""

    items: list[SignerRead]
