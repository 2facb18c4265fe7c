"""One service as a process of its own."""

import socket
from contextlib import suppress
from datetime import timedelta

import uvicorn
from fastapi import FastAPI

from shared.collector import collect_seldom
from shared.messaging.bus import Bus
from shared.messaging.embedded import EmbeddedBus
from shared.service import Definition, Service, create_app
from shared.settings import Settings
from shared.streaming import end_streams
from shared.telemetry import log_as_json


def open_bus(settings: Settings, client: str) -> Bus:
    """Return the bus the settings name; it connects when it is first used."""
    if settings.bus == "kafka":
        from shared.messaging.kafka import KafkaBus
        from shared.messaging.kafka_security import security_of

        keep = timedelta(days=settings.topic_days)
        return KafkaBus(
            settings.kafka_bootstrap,
            client,
            replication=settings.kafka_replication,
            keep=keep,
            instance=settings.kafka_instance,
            security=security_of(settings),
        )
    return EmbeddedBus(settings.var / "bus.sqlite")


def standalone_app(definition: Definition, settings: Settings | None = None) -> FastAPI:
    """Return the app of one service; starting the app starts the service."""
    settings = settings or Settings()
    return create_app(Service(definition, settings, open_bus(settings, definition.name)))


def serve(definition: Definition) -> None:
    """Serve one service until it is told to stop."""
    settings = Settings()
    log_as_json(settings.log_level)
    app = standalone_app(definition, settings)
    collect_seldom()
    listen(app, settings)


class Server(uvicorn.Server):
    """A server that lets streams end when it is told to end itself: it waits for its connections."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what is open, and wait for what is under way."""
        end_streams()
        await super().shutdown(sockets)


def listen(app: FastAPI, settings: Settings) -> None:
    """Answer requests until told to stop; what is still open then is cut off after seven seconds."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        # Without proxies named, what a request says of its origin is only what anybody can write.
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        server_header=False,
        timeout_graceful_shutdown=7,
    )
    with suppress(KeyboardInterrupt):
        Server(config).run()
