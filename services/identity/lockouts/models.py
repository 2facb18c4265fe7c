"""The table of attempts to sign in."""

from datetime import datetime

from sqlmodel import Field

from services.identity.tables import Table


class SignInAttempts(Table, table=True):
    """Attempts of a login or an address, whichever there is; people type passwords where the login goes, so the name
    is kept as a keyed hash."""

    __tablename__ = "sign_in_attempts"

    who: str = Field(primary_key=True, max_length=64)
    count: int
    last_at: datetime = Field(index=True)
    until: datetime
