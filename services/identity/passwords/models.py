"""The table of one-time links."""

from datetime import datetime

from sqlmodel import Field

from services.identity.tables import Table


class PasswordLink(Table, table=True):
    """A link by which a user sets a password, once; only the hash of its text is kept."""

    __tablename__ = "password_link"

    link_hash: str = Field(primary_key=True, max_length=64)
    user_id: str = Field(max_length=64, index=True, foreign_key="user_account.user_id")
    expires_at: datetime
