"""Settings from the environment, prefix `CLOUD_`. The defaults run on one laptop: SQLite files and the embedded bus."""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)


class Settings(BaseSettings):
    """What one service process needs to know; every field can be set as `CLOUD_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="CLOUD_", extra="ignore", frozen=True)

    var: Path = Field(
        default=Path("var"), description="folder of the SQLite files, the embedded bus and the demo's progress"
    )
    database_url: str | None = Field(
        default=None,
        description="`postgresql+asyncpg://user:password@host/database`, one per service; else a SQLite file under "
        "var. Commands take `{service}` where its name stands",
    )
    bus: Literal["embedded", "kafka"] = Field(default="embedded", description="embedded is for one process")
    kafka_bootstrap: str = Field(default="127.0.0.1:9092", description="brokers, host:port,…")
    kafka_replication: int = Field(default=1, ge=1, le=9, description="copies of each topic; 3 in production")
    kafka_instance: str | None = Field(
        default=None,
        max_length=100,
        description="a name that outlives this process, unique among a service's replicas: after a crash it gets its "
        "partitions back at once instead of after ten seconds",
    )
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        default="PLAINTEXT", description="how brokers are spoken to, SASL_SSL in production"
    )
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512", description="how brokers are told the password"
    )
    kafka_user: str | None = Field(default=None, min_length=1, max_length=200, description="who we are to the brokers")
    kafka_password: SecretStr | None = Field(default=None, description="what brokers know us by")
    kafka_ca: Path | None = Field(
        default=None, description="a file: who signed the brokers' certificates, else whom the machine trusts"
    )
    kafka_certificate: Path | None = Field(default=None, description="a file: our own, where brokers ask for one")
    kafka_certificate_key: Path | None = Field(default=None, description="a file: the key of ours")
    host: str = Field(default="127.0.0.1", description="the address it listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="the port it listens on; 0 is any")
    workers: int = Field(default=1, ge=1, le=64, description="processes for menu planning, sourcing and trip planning")
    pool_size: int = Field(default=20, ge=1, le=200, description="PostgreSQL connections of one process")
    database_ca: Path | None = Field(
        default=None,
        description="a file: who signed PostgreSQL's certificate. With it the database is spoken to by TLS only and "
        "must be who the address names",
    )
    proxies: str = Field(
        default="",
        max_length=1000,
        description="addresses of the proxies in front, which end TLS: only their X-Forwarded-For and -Proto are "
        "believed, e.g. 10.0.0.2,10.1.0.0/16. For the other services the portal is one: it says from where people ask",
    )
    cors_origins: tuple[str, ...] = Field(default=(), description="origins whose pages may call from a browser")
    subject_per_minute: int = Field(
        default=6_000,
        ge=1,
        description="requests of one person or machine in a minute, by each process; beyond it 429 with Retry-After",
    )
    address_per_minute: int = Field(
        default=60_000,
        ge=1,
        description="requests from one address in a minute, by each process; it alone binds tokens of `system`",
    )
    stranger_per_minute: int = Field(
        default=120,
        ge=1,
        description="what one address may send without a token, to be kept, in a minute, by route and process",
    )
    requests_at_once: int = Field(
        default=500,
        ge=1,
        description="requests a process works at; who comes beyond that is answered 503 with Retry-After at once",
    )
    max_body_bytes: int = Field(default=2_000_000, ge=1_000, description="larger requests are answered 413")
    max_stream_bytes: int = Field(
        default=1_000_000_000,
        ge=1_000,
        description="the same for a body that is read as it comes, as a registry's load is",
    )
    answer_hours: int = Field(default=24, ge=1, le=240, description="hours a cooperative has to answer an order")
    plan_queue: int = Field(
        default=20_000, ge=1, description="menu plans that may wait for the planner; beyond that 503"
    )
    county_rounds: int = Field(default=8, ge=1, le=100, description="rounds of planning a county's week, at most")
    county_wait_minutes: int = Field(
        default=10, ge=1, le=1440, description="minutes to wait for a round's prices or drafts of a county's week"
    )
    topic_days: int = Field(default=7, ge=1, description="days a topic keeps its events")
    inbox_days: int = Field(default=30, ge=2, description="days the inbox remembers event ids; longer than the topic")
    auth_issuer: str | None = Field(
        default=None, pattern=r"^https?://", max_length=500, description="whose tokens are taken (OpenID Connect)"
    )
    auth_issuer_inside: str | None = Field(
        default=None,
        pattern=r"^https?://",
        max_length=500,
        description="where the issuer is reached from here, if elsewhere",
    )
    auth_jwks: Path | None = Field(
        default=None, description="a file with the issuer's public keys (JWKS), where it cannot be asked for them"
    )
    auth_audience: str = Field(
        default="cloud", min_length=1, max_length=200, description="what tokens must be made for"
    )
    auth_token: SecretStr | None = Field(default=None, description="the token that commands bring (`load --at`)")
    secret_keys: SecretStr | None = Field(
        default=None,
        description="id:base64,id:base64: names, phones and accounts are sealed with the first, opened with all. "
        "`python -m shared.sealing` makes one; on SQLite one is made in var/secret.keys, on PostgreSQL farmers and the "
        "portal do not start without. Keep it apart from the database and its backups: lost, nothing opens",
    )
    registry_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        max_length=500,
        description="a household registry outside, asked every hour for what changed "
        "(services/farmers/registry/client.py)",
    )
    registry_token: SecretStr | None = Field(default=None, description="what the registry knows us by")
    webhook_loopback: bool = Field(
        default=False,
        description="webhooks may go to this machine, over http too: for trying them out, never in production",
    )
    webhook_waits_s: tuple[Annotated[int, Field(ge=1, le=604_800)], ...] = Field(
        default=(5, 20, 80, 300, 1_200, 4_800, 10_800, 21_600, 21_600, 25_200),
        min_length=1,
        max_length=50,
        description="seconds to wait after each failed attempt of a webhook's message, about a day in all; then it is "
        "dead",
    )
    webhook_timeout_s: float = Field(default=10.0, gt=0, le=30, description="seconds an attempt may take")
    webhook_endpoints_at_once: int = Field(default=32, ge=1, le=500, description="endpoints a process sends to at once")
    webhook_failing_days: int = Field(default=3, ge=1, le=30, description="days without success until one is off")
    webhook_kept_days: int = Field(default=30, ge=1, le=365, description="days messages are kept, and can be replayed")
    webhook_overlap_hours: int = Field(default=24, ge=1, le=720, description="hours a rotated secret stays valid")
    prices_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        max_length=500,
        description="a bulletin of prices outside, else none",
    )
    prices_token: SecretStr | None = Field(default=None, description="what the bulletin knows us by")
    roads_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        max_length=500,
        description="an OSRM-compatible server that knows the roads, e.g. http://roads:5000; else they are estimated",
    )
    files: Path | None = Field(
        default=None, description="folder of attached files, shared by all replicas; else files under var"
    )
    s3_bucket: str | None = Field(
        default=None, description="attached files go to this bucket of an S3-compatible store instead"
    )
    s3_endpoint: str = Field(
        default="https://s3.amazonaws.com", pattern=r"^https?://", description="where the store is"
    )
    s3_region: str = Field(default="us-east-1", description="the region its signatures name")
    s3_access_key: str | None = Field(default=None, description="what the store knows us by")
    s3_secret_key: SecretStr | None = Field(default=None, description="what requests to the store are signed with")
    map_layers: Path | None = Field(
        default=None,
        description="folder of the portal with <county code>.geojson, lines and areas that a county's maps may show",
    )
    standards: Path | None = Field(
        default=None, description="folder of nutrition standards, a file each, read once; else data/standards"
    )
    identity_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        max_length=200,
        description="where browsers reach /identity, if not on this host and port: https://county.example/identity",
    )
    identity_key_days: int = Field(default=30, ge=1, le=365, description="days a signing key signs until the next does")
    portal_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#/]+/?$",
        max_length=200,
        description="where browsers reach the portal, if not beside /identity or on this host and port: "
        "https://county.example; over https its cookies are for https only",
    )
    portal_secret: SecretStr | None = Field(
        default=None, description="what the issuer knows the portal by, where it is not ours: the client's secret"
    )
    service_url: str = Field(
        default="http://{service}:8000",
        pattern=r"^([a-z]+=)?https?://[^\s?#]+$",
        max_length=1000,
        description="where the portal reaches the services; {service} stands for a name, or service=address,…",
    )
    password_passes: int = Field(default=3, ge=1, le=20, description="argon2id: passes over the memory")
    password_memory_kib: int = Field(default=65_536, ge=64, le=4_194_304, description="argon2id: KiB of memory")
    password_lanes: int = Field(default=4, ge=1, le=16, description="argon2id: lanes")
    docs_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+[^\s?#/]$",
        max_length=500,
        description="where the site of docs/ is, for links of the portal's page of operations",
    )
    traces_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        max_length=500,
        description="where a collector takes OpenTelemetry traces by OTLP over HTTP, http://collector:4318/v1/traces; "
        "else none are made",
    )
    traces_permille: int = Field(
        default=1_000, ge=0, le=1_000, description="of how many of a thousand traces that begin here is told"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="JSON lines on standard error"
    )

    @model_validator(mode="after")
    def _remember_longer_than_topics(self) -> Self:
        if self.inbox_days <= self.topic_days:
            raise ValueError("inbox_days must be more than topic_days: what a topic still tells must still be known")
        return self

    @property
    def embedded(self) -> bool:
        """Whether everything is in one process, on SQLite files and the embedded bus."""
        return self.database_url is None and self.bus == "embedded"

    @property
    def database_each(self) -> bool:
        """Whether the database URL leads to each service's own database."""
        return self.database_url is not None and "{service}" in self.database_url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take settings from the environment, and from the folder `CLOUD_SECRETS` names: a file for each."""
        folder = os.environ.get("CLOUD_SECRETS")
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder else ()
        return (init_settings, env_settings, *files)

    def database_of(self, service: str) -> str:
        """Return the database URL of `service`: the one set, with its name put in, or a SQLite file under `var`."""
        if self.database_url is None:
            return f"sqlite:///{self.var / service}.sqlite"
        return self.database_url.replace("{service}", service)
