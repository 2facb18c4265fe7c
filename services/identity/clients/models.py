"""The table of clients."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field

from services.identity.accounts.domain import Status
from services.identity.tables import Table, one_of


class OAuthClient(Table, table=True):
    """A client; of its secret only the hash is kept."""

    __tablename__ = "oauth_client"
    __table_args__ = (one_of("status", Status), CheckConstraint("version >= 1", name="version"))

    client_id: str = Field(primary_key=True, max_length=64)
    confidential: bool
    redirect_uris: list[str] = Field(sa_type=JSON)
    sign_out_uris: list[str] = Field(sa_type=JSON)
    status: str = Field(max_length=16)
    version: int
    created_at: datetime
    secret_hash: str | None = Field(default=None, max_length=64)
    roles: list[str] = Field(sa_type=JSON)
    counties: list[str] = Field(sa_type=JSON)
    canteens: list[str] = Field(sa_type=JSON)
    cooperatives: list[str] = Field(sa_type=JSON)
    drivers: list[str] = Field(sa_type=JSON)
