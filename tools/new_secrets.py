"""Make the secrets that docker-compose.yml asks for: python -m tools.new_secrets > .env

Run it once and keep the file to yourself; what was sealed with SECRET_KEYS opens with nothing else.
"""

import secrets

from shared.sealing import new_key

NAMES = (
    *("POSTGRES_PASSWORD", "SERVICE_PASSWORD", "KEYCLOAK_PASSWORD", "GRAFANA_PASSWORD"),
    *("PORTAL_SECRET", "SERVICES_SECRET"),
)


def made() -> dict[str, str]:
    """Return a new one of each, by name."""
    return {name: secrets.token_hex(24) for name in NAMES} | {"SECRET_KEYS": new_key("first")}


def main() -> None:
    """Print a new one of each."""
    for name, secret in made().items():
        print(f"{name}={secret}")


if __name__ == "__main__":
    main()
