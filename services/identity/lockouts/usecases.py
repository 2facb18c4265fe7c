"""Attempts are counted before the password is looked at, so that many at once are no more than many in a row."""

from dataclasses import dataclass

from services.identity.lockouts import domain, queries
from shared.sealing import Sealer
from shared.service import Service
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Tried:
    """What an attempt was counted under."""

    login: str
    address: str


class MustWait(Exception):
    """There were too many attempts; nothing was tried."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


async def begin_attempt(service: Service, login: str, address: str) -> Tried:
    """Count an attempt. Raises MustWait when there were too many, of this login or from this address."""
    tried = Tried(_of_login(service.sealer, login), _of_address(service.sealer, address))
    free = {tried.login: domain.OF_LOGIN, tried.address: domain.OF_ADDRESS}
    async with service.begin() as uow:
        known = await queries.attempts_of(uow.session, list(free))
        wait = max(domain.seconds_left(known.get(who), uow.now) for who in free)
        if not wait:
            more = {who: domain.after_another(known.get(who), most, uow.now) for who, most in free.items()}
            await queries.note(uow.session, uow.dialect, more)
    if wait:
        raise MustWait(wait)
    return tried


async def was_right(uow: UnitOfWork, tried: Tried) -> None:
    """Forget the attempts of a login that turned out right; of its address, this one only."""
    await queries.forget(uow.session, tried.login)
    await queries.take_back(uow.session, tried.address, uow.now)


async def let_in_again(uow: UnitOfWork, sealer: Sealer, login: str) -> None:
    """Forget the attempts of a login: an administrator says so."""
    await queries.forget(uow.session, _of_login(sealer, login))


def _of_login(sealer: Sealer, login: str) -> str:
    return sealer.index(login, "sign-in.login")


def _of_address(sealer: Sealer, address: str) -> str:
    return sealer.index(domain.network_of(address), "sign-in.address")
