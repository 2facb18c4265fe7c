"""The portal beside the other services in one process: it asks them, and its issuer, without a network."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from services.portal.address import CLIENT, address_of, issuer_of
from services.portal.inprocess import InProcess
from services.portal.sessions.issuer import know_issuer
from services.portal.upstream import connect
from shared.service import Service
from shared.settings import Settings


def join(portal: Service, apps: Mapping[str, FastAPI]) -> None:
    """Let a portal ask the services whose apps are beside it."""
    others = {name: app for name, app in apps.items() if name != portal.name}
    connect(portal, {name: InProcess(app) for name, app in others.items()})


def client_of(settings: Settings) -> dict[str, Any]:
    """Return what an issuer has to know of the portal: its name, and where it sends browsers back to."""
    address = address_of(settings)
    return {
        "client_id": CLIENT,
        "redirect_uris": (f"{address}/signed-in",),
        "sign_out_uris": (f"{address}/signed-out",),
    }


def sign_in_by(portal: Service, issuer: FastAPI, secret: str) -> None:
    """Let a portal sign people in by the issuer beside it."""
    path = urlsplit(issuer_of(portal.settings)).path
    know_issuer(portal, secret, InProcess(issuer, path))
