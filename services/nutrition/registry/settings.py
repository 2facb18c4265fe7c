"""Where the registry of counts is: prefix `CLOUD_COUNTS_REGISTRY_`, for farmers follow another at `CLOUD_REGISTRY_URL`.

Services that share an environment would otherwise send one registry's token to the other.
"""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class RegistrySettings(BaseSettings):
    """Without a URL there is no registry. A token travels encrypted, or within this machine."""

    model_config = SettingsConfigDict(env_prefix="CLOUD_COUNTS_REGISTRY_", extra="ignore", frozen=True)

    url: str | None = Field(default=None, max_length=500, description="of the list of counts, without query")
    token: SecretStr | None = Field(default=None, description="sent as `Authorization: Bearer`, never logged")
    timeout_s: float = Field(default=5.0, gt=0, le=60, description="to connect, and between two bytes")
    tries: int = Field(default=3, ge=1, le=10, description="how often a page is asked for before giving up")
    pages: int = Field(default=1000, ge=1, le=100_000, description="most pages of one import")

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        if self.url is None:
            return self
        parts = urlsplit(self.url)
        near = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
        if not parts.hostname or not (parts.scheme == "https" or near):
            raise ValueError("the registry's URL must begin with https:// (http:// only on this machine)")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("the registry's URL must hold no user, password, query or fragment")
        return self
