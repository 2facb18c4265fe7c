"""Routes of signers: a school and its county read who signed, and forget a name on request."""

from typing import Annotated

from fastapi import Path

from services.logistics.signers import usecases
from services.logistics.signers.schemas import SignerRead, Signers
from shared.fields import Id
from shared.keys import Keys
from shared.routing import UoW, service_router

router = service_router(prefix="/canteens/{canteen_id}/signers", tags=["receipts"])
CanteenId = Annotated[Id, Path(examples=["sch-520628-0001"])]
SignerId = Annotated[Id, Path(examples=["cook-1"])]


@router.get("")
async def list_signers(uow: UoW, keys: Keys, canteen_id: CanteenId) -> Signers:
    """List what those are called who sign at a school's gate, by the pseudonyms that stand in its receipts."""
    found = await usecases.of_canteen(uow, keys, canteen_id)
    return Signers(items=[SignerRead.model_validate(one) for one in found])


@router.delete("/{signer_id}", status_code=204)
async def forget_signer(uow: UoW, canteen_id: CanteenId, signer_id: SignerId) -> None:
    """Forget what somebody is called, on that person's request; receipts stay as they were signed."""
    await usecases.forget(uow, canteen_id, signer_id)
