"""How brokers are spoken to: by TLS, with a name and password, with a certificate, or in the clear."""

from typing import Any

from aiokafka.helpers import create_ssl_context

from shared.parting import parting_at_once
from shared.settings import Settings


def security_of(settings: Settings) -> dict[str, Any]:
    """Return what Kafka's clients are told of security. Raises ValueError where the settings do not go together."""
    told: dict[str, Any] = {"security_protocol": settings.kafka_security}
    if settings.kafka_security.startswith("SASL"):
        if settings.kafka_user is None or settings.kafka_password is None:
            raise ValueError("set CLOUD_KAFKA_USER and CLOUD_KAFKA_PASSWORD: CLOUD_KAFKA_SECURITY asks for them")
        told |= {
            "sasl_mechanism": settings.kafka_mechanism,
            "sasl_plain_username": settings.kafka_user,
            "sasl_plain_password": settings.kafka_password.get_secret_value(),
        }
    elif settings.kafka_user or settings.kafka_password:
        raise ValueError("CLOUD_KAFKA_USER and CLOUD_KAFKA_PASSWORD need CLOUD_KAFKA_SECURITY=SASL_SSL")
    if settings.kafka_security.endswith("SSL"):
        told["ssl_context"] = parting_at_once(
            create_ssl_context(
                cafile=_text(settings.kafka_ca),
                certfile=_text(settings.kafka_certificate),
                keyfile=_text(settings.kafka_certificate_key),
            )
        )
    elif settings.kafka_ca or settings.kafka_certificate:
        raise ValueError("CLOUD_KAFKA_CA and CLOUD_KAFKA_CERTIFICATE need CLOUD_KAFKA_SECURITY=SSL or SASL_SSL")
    return told


def _text(path: object) -> str | None:
    return None if path is None else str(path)
