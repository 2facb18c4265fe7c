"""The table of users."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint
from sqlmodel import Field

from services.identity.accounts.domain import Status
from services.identity.tables import Table, one_of


class UserAccount(Table, table=True):
    """A user; of the password only its argon2id hash is kept."""

    __tablename__ = "user_account"
    __table_args__ = (one_of("status", Status), CheckConstraint("version >= 1", name="version"))

    user_id: str = Field(primary_key=True, max_length=64)
    login: str = Field(max_length=64, unique=True)
    status: str = Field(max_length=16)
    version: int
    created_at: datetime
    sample: bool
    password_at: datetime | None = Field(default=None)
    password_hash: str | None = Field(default=None, max_length=300)
    roles: list[str] = Field(sa_type=JSON)
    counties: list[str] = Field(sa_type=JSON)
    canteens: list[str] = Field(sa_type=JSON)
    cooperatives: list[str] = Field(sa_type=JSON)
    drivers: list[str] = Field(sa_type=JSON)
