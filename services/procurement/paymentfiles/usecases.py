"""What can happen to payment files: one is made, confirmed row by row as payments, or cancelled."""

from collections.abc import Collection, Sequence
from datetime import date

from services.procurement.orders.domain import SCHOOL_TIME
from services.procurement.paymentfiles import domain, queries
from services.procurement.paymentfiles.domain import PaymentFile
from services.procurement.payments import usecases as payments
from services.procurement.payments.domain import Asked, Payment
from services.procurement.settlement.domain import Purpose
from shared.bulk import Imported
from shared.errors import DomainError, NotFound
from shared.ids import derived_id, new_id
from shared.unit_of_work import UnitOfWork


async def make(
    uow: UnitOfWork, county_code: str, until: date, created_by: str, purpose: Purpose = Purpose.FOOD
) -> PaymentFile:
    """Make a file of what a county is still to pay out of one fund; what is in an open file is in no other.

    Raises DomainError `nothing-due`, and `until-in-the-future`: what is not delivered is not paid.
    """
    if until > uow.now.astimezone(SCHOOL_TIME).date():
        raise DomainError("until-in-the-future", f"{until} is still to come", field="until")
    file_id = new_id()
    rows = domain.rows_of(file_id, await queries.lock_open(uow, county_code, until, purpose))
    if not rows:
        raise DomainError("nothing-due", f"nothing is to be paid in {county_code}", field="county_code")
    file = PaymentFile(file_id, county_code, until, created_by, uow.now, rows, purpose=purpose)
    await queries.add(uow.session, file)
    return file


async def confirm(
    uow: UnitOfWork, file_id: str, paid_on: date, reference: str, returned: Collection[str]
) -> list[Payment]:
    """Confirm that the bank carried a file out, but for the cooperatives whose payments it returned.

    The same again changes nothing. Raises NotFound, AlreadyDone `file-closed`, DomainError `not-in-file`, and
    whatever a payment is refused for.
    """
    file = await _locked(uow, file_id)
    unknown = set(returned) - {row.cooperative_id for row in file.rows}
    if unknown:
        raise DomainError("not-in-file", f"{min(unknown)} is not in the file", field="returned")
    closed = domain.confirm(file, derived_id("confirmed", paid_on, reference, *sorted(returned)))
    done = []
    for row in file.rows:
        if row.cooperative_id not in returned:
            told = f"{reference}/{row.reference[-4:]}"
            asked = Asked(row.cooperative_id, paid_on, told, amounts_fen=row.amounts_fen, purpose=file.purpose)
            done.append(await payments.confirm(uow, asked, file_id))
    await queries.save(uow.session, closed)
    return done


async def cancel(uow: UnitOfWork, file_id: str) -> PaymentFile:
    """Take a file back that the bank did not carry out; what is in it can be paid otherwise. Raises as `confirm`."""
    closed = domain.cancel(await _locked(uow, file_id))
    await queries.save(uow.session, closed)
    return closed


async def _locked(uow: UnitOfWork, file_id: str) -> PaymentFile:
    file = await queries.one(uow.session, file_id, lock=True)
    if file is None:
        raise NotFound("payment-file", file_id, field="payment_file_id")
    return file


async def file_of(uow: UnitOfWork, file_id: str) -> PaymentFile:
    """Return a file. Raises NotFound."""
    file = await queries.one(uow.session, file_id)
    if file is None:
        raise NotFound("payment-file", file_id, field="payment_file_id")
    return file


async def put_accounts(uow: UnitOfWork, rows: Sequence[dict[str, str]]) -> Imported:
    """Keep what of cooperatives' accounts may be shown; of a cooperative named twice the later row counts."""
    wanted = {row["cooperative_id"]: row for row in rows}
    known = await queries.accounts(uow.session, wanted)
    told = [row for key, row in wanted.items() if known.get(key) != (row["bank"], row["account_masked"])]
    if told:
        await queries.put_accounts(uow, told)
    created = sum(row["cooperative_id"] not in known for row in told)
    return Imported(created=created, changed=len(told) - created, unchanged=len(rows) - len(told))
