"""The table of sign-ins."""

from datetime import datetime

from sqlmodel import Field

from services.identity.tables import Table


class SignInSession(Table, table=True):
    """One browser of one user, from signing in to signing out; of its cookie only the hash is kept."""

    __tablename__ = "sign_in_session"

    session_id: str = Field(primary_key=True, max_length=64)
    cookie_hash: str = Field(max_length=64, unique=True)
    user_id: str = Field(max_length=64, index=True, foreign_key="user_account.user_id")
    signed_in_at: datetime
    expires_at: datetime = Field(index=True)
    ended_at: datetime | None = Field(default=None)
