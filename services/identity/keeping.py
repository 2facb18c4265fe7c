"""What is over is forgotten after a while."""

from services.identity.lockouts import queries as lockouts
from services.identity.lockouts.domain import FORGOTTEN
from services.identity.passwords import queries as passwords
from services.identity.signins import queries as signins
from services.identity.tokens import queries as tokens
from shared.service import Job, Service


async def forget(service: Service) -> int:
    """Forget codes, token families, sign-ins, links and attempts that are over; returns how many."""
    async with service.begin() as uow:
        return (
            await tokens.forget_before(uow.session, uow.now)
            + await signins.forget_before(uow.session, uow.now)
            + await passwords.forget_before(uow.session, uow.now)
            + await lockouts.forget_before(uow.session, uow.now - FORGOTTEN)
        )


jobs = [Job("forget-what-is-over", forget, every_s=3600.0)]
