"""Signatures of messages as Standard Webhooks 1.0 has them: HMAC-SHA256 over `id.timestamp.body`, one per secret.

<https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from datetime import datetime

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """Return a new random secret as both sides write it."""
    return _PREFIX + base64.b64encode(os.urandom(_BYTES)).decode()


def headers(secrets: Iterable[str], message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that go with a message, signed with each secret."""
    stamp = str(int(now.timestamp()))
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    signatures = (f"v1,{_signature(secret, signed)}" for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": " ".join(signatures)}


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
