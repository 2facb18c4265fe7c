"""What can happen to what is known of people: it is said, it changes, it is shown with a reason."""

from collections.abc import Container, Sequence
from datetime import timedelta
from typing import Any

from services.farmers import owners
from services.farmers.erasures import queries as erasures
from services.farmers.erasures.domain import still_erased
from services.farmers.households.usecases import hold
from services.farmers.people import queries
from services.farmers.people.domain import Person
from services.farmers.privacy import sees_people
from shared.auth.principal import signed_by
from shared.bulk import Imported, refuse
from shared.errors import DomainError, NotFound
from shared.ids import new_id
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

SHOWN_FOR = timedelta(minutes=15)


async def put_people(uow: UnitOfWork, sealer: Sealer, rows: Sequence[tuple[int, Person]]) -> Imported:
    """Say who answers for households; what is said again changes nothing. Nobody is told."""
    held = await hold(uow, {person.household_id for _, person in rows})
    return await put_people_of(uow, sealer, held.members, rows)


async def put_people_of(
    uow: UnitOfWork, sealer: Sealer, known: Container[str], rows: Sequence[tuple[int, Person]]
) -> Imported:
    """Say who answers for households, of which these are known and held; one that is erased stays so."""
    done = Imported()
    erased = await erasures.erased(uow.session, {person.household_id for _, person in rows})
    present = await queries.people(uow.session, sealer, {person.household_id for _, person in rows})
    said: dict[str, Person] = {}
    for index, person in rows:
        key = person.household_id
        if key not in known:
            done.refused.append(refuse(index, NotFound("household", key, field="household_id")))
        elif key in erased:
            done.refused.append(refuse(index, still_erased("name")))
        elif key in said:
            error = DomainError("twice-in-request", "an earlier row names it already", field="household_id")
            done.refused.append(refuse(index, error))
        else:
            said[key] = person
    changed = [person for key, person in said.items() if present.get(key) != person]
    await queries.save(uow.session, sealer, changed, uow.now)
    done.created = sum(person.household_id not in present for person in changed)
    done.changed = len(changed) - done.created
    done.unchanged = len(said) - len(changed)
    return done


async def disclose(uow: UnitOfWork, household_id: str, asked_by: str, reason: str) -> dict[str, Any]:
    """Write down who asks for a household's name and why; for a while it is shown to them. Raises NotFound.

    The name is no part of this answer: answers to requests with an `Idempotency-Key` are kept.
    """
    await queries.require(uow.session, household_id)
    row = {
        "disclosure_id": new_id(),
        "household_id": household_id,
        "asked_by": asked_by,
        "reason": reason,
        "disclosed_at": uow.now,
    }
    await queries.note_disclosure(uow.session, row)
    return row


async def show(uow: UnitOfWork, sealer: Sealer, household_id: str, disclosure_id: str | None) -> Person:
    """Return who answers for a household: in full to its own and to whom it was just disclosed, else masked.

    Raises DomainError.
    """
    person = await queries.person_of(uow.session, sealer, household_id)
    if disclosure_id is None:
        whose = (await owners.households(uow, [household_id]))[household_id]
        return person if sees_people(uow.principal, whose) else person.masked()
    asked_by, asked_at = await queries.disclosed(uow.session, household_id, disclosure_id)
    if signed_by(uow.principal, asked_by) != asked_by:
        raise NotFound("disclosure", disclosure_id, field="disclosure_id")
    if uow.now - asked_at > SHOWN_FOR:
        detail = f"it was disclosed for {SHOWN_FOR.seconds // 60} minutes; ask again"
        raise DomainError("disclosure-over", detail, field="disclosure_id")
    return person
