"""The tables of codes, token families and refresh tokens; of codes and tokens only hashes are kept."""

from datetime import datetime

from sqlmodel import Field

from services.identity.tables import Table


class AuthorizationCode(Table, table=True):
    """A code; `family_id` is what it gave when it was used."""

    __tablename__ = "authorization_code"

    code_hash: str = Field(primary_key=True, max_length=64)
    client_id: str = Field(max_length=64, foreign_key="oauth_client.client_id")
    user_id: str = Field(max_length=64, foreign_key="user_account.user_id")
    session_id: str = Field(max_length=64)
    redirect_uri: str = Field(max_length=500)
    challenge: str = Field(max_length=43)
    scope: str = Field(max_length=100)
    nonce: str | None = Field(default=None, max_length=500)
    signed_in_at: datetime
    expires_at: datetime = Field(index=True)
    family_id: str | None = Field(default=None, max_length=64)


class TokenFamily(Table, table=True):
    """All tokens of one sign-in at one client; revoked, none of them gives another."""

    __tablename__ = "token_family"

    family_id: str = Field(primary_key=True, max_length=64)
    user_id: str = Field(max_length=64, index=True, foreign_key="user_account.user_id")
    client_id: str = Field(max_length=64, index=True, foreign_key="oauth_client.client_id")
    session_id: str = Field(max_length=64, index=True)
    scope: str = Field(max_length=100)
    signed_in_at: datetime
    expires_at: datetime = Field(index=True)
    revoked_at: datetime | None = Field(default=None)
    revoked_why: str | None = Field(default=None, max_length=32)


class RefreshToken(Table, table=True):
    """A refresh token; used once, it is kept so that a second use is noticed."""

    __tablename__ = "refresh_token"

    token_hash: str = Field(primary_key=True, max_length=64)
    family_id: str = Field(max_length=64, index=True, foreign_key="token_family.family_id")
    expires_at: datetime
    used_at: datetime | None = Field(default=None)
