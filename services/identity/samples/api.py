"""Routes of sample users, which only the demo has."""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel

from services.identity.samples import usecases
from services.identity.samples.offers import offered
from services.identity.serving import ServiceOf
from shared.routing import guarded_router

router = guarded_router(prefix="/samples", tags=["samples"])


class SamplesRead(BaseModel):
    """The logins of the sample users that may sign in here."""

    logins: list[str]


class SampleToken(BaseModel):
    """An access token of a sample user, for trying the REST API out."""

    access_token: str


@router.get("")
async def list_samples(service: ServiceOf) -> SamplesRead:
    """List the sample users that sign in by one click: none outside the demo."""
    return SamplesRead(logins=list(offered(service)))


@router.post("/{login}/token")
async def get_sample_token(service: ServiceOf, login: Annotated[str, Path(max_length=64)]) -> SampleToken:
    """Return an access token of a sample user without a password; refused outside the demo."""
    return SampleToken(access_token=await usecases.token_of(service, login))
