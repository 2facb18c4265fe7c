"""What is stored fits what the code says is stored."""

from services.identity.main import definition
from shared import migrate
from tests.api.identity.issuer import Issuer


async def test_the_migrations_lead_to_the_models(issuer: Issuer) -> None:
    """Nothing is in the models that the migrations do not make, and the other way round."""
    assert await migrate.differences(issuer.service.database, definition) == []
