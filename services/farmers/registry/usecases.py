"""What can happen to what a registry says: it is taken."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.farmers.cooperatives.domain import Cooperative
from services.farmers.cooperatives.usecases import recount
from services.farmers.erasures import queries as erasures
from services.farmers.erasures.domain import still_erased
from services.farmers.households.domain import Member, Registration
from services.farmers.households.usecases import Held, hold, record_held, register_held
from services.farmers.people.domain import Person
from services.farmers.people.usecases import put_people_of
from services.farmers.registry import queries
from services.farmers.registry.domain import Entry, Numbers, check, first_of_each
from shared.bulk import Imported, Refusal, refuse
from shared.errors import DomainError, NotFound
from shared.sealing import Sealer
from shared.unit_of_work import UnitOfWork

Resolved = dict[int, tuple[str, Entry]]


@dataclass(slots=True)
class Taken:
    """What became of a registry's rows; `locked` are the cooperatives whose counts may be others by them."""

    households: Imported = field(default_factory=Imported)
    people: Imported = field(default_factory=Imported)
    statuses: Imported = field(default_factory=Imported)
    refused: list[Refusal] = field(default_factory=list)
    locked: dict[str, Cooperative] = field(default_factory=dict)


async def take_entries(uow: UnitOfWork, sealer: Sealer, rows: Sequence[tuple[int, Entry]]) -> Taken:
    """Register households, say who answers for them and add to their histories; what is known changes nothing.

    What a row says of membership, person and status is taken by itself: the part that cannot be is named. A household
    that nobody named gets a random pseudonym. Every cooperative whose counts change by it is told once.
    """
    taken = await take_uncounted(uow, sealer, rows)
    await recount(uow, taken.locked)
    return taken


async def take_uncounted(uow: UnitOfWork, sealer: Sealer, rows: Sequence[tuple[int, Entry]]) -> Taken:
    """Take rows; to count the members of the cooperatives concerned again is left to the caller."""
    taken = Taken()
    asked = [entry.registry_no for _, entry in rows if entry.registry_no is not None]
    named = [entry.household_id for _, entry in rows if entry.household_id is not None]
    numbers = await queries.numbers(uow.session, sealer, asked, named)
    erased = await erasures.erased(uow.session, named), await erasures.erased_numbers(uow.session, sealer, asked)
    resolved = _resolve(rows, numbers, *erased, taken)
    joined = {entry.cooperative_id for _, entry in resolved.values() if entry.cooperative_id is not None}
    held = await hold(uow, {household_id for household_id, _ in resolved.values()}, joined)
    taken.locked = held.locked
    taken.households = await _register(uow, held, resolved, taken)
    known = held.members
    refused = {refusal.index for refusal in taken.refused}
    for index in [each for each, (household_id, _) in resolved.items() if household_id not in known]:
        household_id, _ = resolved.pop(index)
        if index not in refused:
            taken.refused.append(refuse(index, NotFound("household", household_id, field="household_id")))
    linked = {household_id: number for household_id, number in numbers.linked.items() if household_id in known}
    await queries.insert_numbers(uow.session, sealer, linked)
    taken.people = await _say_who(uow, sealer, held, resolved, taken)
    taken.statuses = await _record(uow, held, resolved, taken)
    taken.refused.sort(key=lambda refusal: refusal.index)
    return taken


def _resolve(
    rows: Sequence[tuple[int, Entry]], numbers: Numbers, erased: set[str], erased_numbers: set[str], taken: Taken
) -> Resolved:
    resolved: Resolved = {}
    for index, entry in rows:
        try:
            check(entry)
            if entry.registry_no in erased_numbers or (entry.registry_no and entry.household_id in erased):
                raise still_erased("registry_no")
            resolved[index] = numbers.household(entry, f"hh-{secrets.token_hex(10)}"), entry
        except DomainError as error:
            taken.refused.append(refuse(index, error))
    return resolved


async def _register(uow: UnitOfWork, held: Held, resolved: Resolved, taken: Taken) -> Imported:
    said = {
        index: (household_id, Registration(Member(household_id, one.cooperative_id, one.town_code), one.member_since))
        for index, (household_id, one) in resolved.items()
        if one.cooperative_id is not None and one.town_code is not None
    }
    first, contradicting = first_of_each(said)
    done = await register_held(uow, held, [(index, row) for index, (_, row) in first.items()])
    return _noted(done, contradicting, "cooperative_id", taken)


async def _say_who(uow: UnitOfWork, sealer: Sealer, held: Held, resolved: Resolved, taken: Taken) -> Imported:
    said = {
        index: (household_id, Person(household_id, one.name, one.phone))
        for index, (household_id, one) in resolved.items()
        if one.name is not None
    }
    first, contradicting = first_of_each(said)
    done = await put_people_of(uow, sealer, held.members, [(index, person) for index, (_, person) in first.items()])
    return _noted(done, contradicting, "name", taken)


async def _record(uow: UnitOfWork, held: Held, resolved: Resolved, taken: Taken) -> Imported:
    told = [(index, household_id, one.period()) for index, (household_id, one) in resolved.items()]
    rows = [(index, household_id, period) for index, household_id, period in told if period is not None]
    return _noted(await record_held(uow, held, rows), [], "", taken)


def _noted(done: Imported, contradicting: Sequence[int], field_name: str, taken: Taken) -> Imported:
    error = DomainError("twice-in-request", "an earlier row says otherwise of this household", field=field_name)
    taken.refused += [*done.refused, *(refuse(index, error) for index in contradicting)]
    return done
