"""The tables of sessions and of forms that were sent when one had ended."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from services.portal.tables import Table


class BrowserSession(Table, table=True):
    """One browser of somebody, from signing in to signing out; the key is the hash of its cookie.

    `refreshing_until`: whoever set it asks the issuer for new tokens, nobody else does meanwhile. `sample`: the login
    of a sample user of the demo, signed in by one click.
    """

    __tablename__ = "browser_session"

    session_id: str = Field(primary_key=True, max_length=64)
    subject: str = Field(max_length=128)
    login: str = Field(max_length=200)
    signed_in_at: datetime
    used_at: datetime
    expires_at: datetime = Field(index=True)
    access_sealed: str = Field(sa_type=Text)
    access_until: datetime
    refresh_sealed: str | None = Field(default=None, sa_type=Text)
    id_token_sealed: str | None = Field(default=None, sa_type=Text)
    sample: str | None = Field(default=None, max_length=64)
    refreshing_until: datetime | None = Field(default=None)


class KeptForm(Table, table=True):
    """A form that was sent when its session had ended, sealed; the key is the hash of a cookie."""

    __tablename__ = "kept_form"

    kept_id: str = Field(primary_key=True, max_length=64)
    form_sealed: str = Field(sa_type=Text)
    expires_at: datetime = Field(index=True)
