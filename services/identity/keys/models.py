"""The table of signing keys; the private part is sealed (`shared.sealing`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from services.identity.tables import Table


class SigningKeyRow(Table, table=True):
    """A key: published from `created_at`, signing from `signs_from` until another does."""

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True, max_length=64)
    public: dict[str, Any] = Field(sa_type=JSON)
    private_sealed: str = Field(max_length=4000)
    created_at: datetime
    signs_from: datetime
