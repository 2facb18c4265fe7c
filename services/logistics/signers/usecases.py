"""What can happen to names of signers: said with a receipt, shown to those who answer for it, forgotten on request."""

from collections.abc import Mapping

from services.logistics.signers import queries
from services.logistics.signers.domain import Signer, is_told
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

Key = tuple[str, str]
"""A canteen's id and a signer's."""


async def note(uow: UnitOfWork, sealer: Sealer, names: Mapping[Key, str]) -> None:
    """Keep what signers are called, by canteen and signer; who is known by that name already is not written again."""
    if not names:
        return
    canteens, signers = {canteen for canteen, _ in names}, {signer for _, signer in names}
    found = await queries.of_canteens(uow, sealer, canteens, signers)
    known = {(one.canteen_id, one.signer_id): one.name for one in found}
    new = [Signer(*key, name, uow.now) for key, name in sorted(names.items()) if known.get(key) != name]
    if new:
        await queries.put(uow, sealer, new)


async def of_canteen(uow: UnitOfWork, sealer: Sealer, canteen_id: str) -> list[Signer]:
    """Return who signs at a school's gate, masked to those who need not know."""
    found = await queries.of_canteens(uow, sealer, [canteen_id])
    return found if is_told(uow.principal) else [one.masked() for one in found]


async def forget(uow: UnitOfWork, canteen_id: str, signer_id: str) -> None:
    """Forget what somebody is called; the receipts stay, signed by a pseudonym. Without a name nothing happens."""
    await queries.forget(uow, canteen_id, signer_id)
