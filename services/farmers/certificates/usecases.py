"""What can happen to certificates: recorded, revoked, required; offers follow at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from services.farmers.certificates import holding, queries
from services.farmers.certificates.domain import Certificate, check, check_lot, renewed
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.files import queries as files
from shared.bulk import Imported, refuse
from shared.errors import AlreadyDone, Conflict, DomainError, NotFound
from shared.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Known:
    """What rows of certificates refer to, as far as it is there."""

    cooperatives: set[str]
    files: set[str]
    lots: dict[str, tuple[str, str]]
    certificates: dict[str, Certificate]


async def record_certificates(uow: UnitOfWork, rows: Sequence[tuple[int, Certificate]]) -> Imported:
    """Record certificates, or attach files to them; offers they cover are published again at once."""
    done = Imported()
    known = await _known(uow, [one for _, one in rows])
    new: dict[str, tuple[int, Certificate]] = {}
    changed: list[Certificate] = []
    for index, one in rows:
        present = known.certificates.get(one.certificate_id)
        try:
            _require(one, known, new)
            if present is None:
                _check(uow, one, known)
                new[one.certificate_id] = (index, one)
            elif (other := renewed(present, one)) is not None:
                changed.append(other)
            else:
                done.unchanged += 1
        except DomainError as error:
            done.refused.append(refuse(index, error))
    inserted = await queries.insert_certificates(uow.session, uow.dialect, [one for _, one in new.values()], uow.now)
    await queries.save(uow.session, changed)
    lost = Conflict("changed-meanwhile", "somebody else recorded it just now", field="certificate_id")
    done.refused += [refuse(index, lost) for key, (index, _) in new.items() if key not in inserted]
    done.created, done.changed = len(inserted), len(changed)
    await holding.review(uow, {new[key][1].cooperative_id for key in inserted})
    return done


async def _known(uow: UnitOfWork, said: Sequence[Certificate]) -> Known:
    return Known(
        set(await cooperatives.lock(uow.session, uow.dialect, {one.cooperative_id for one in said})),
        await files.known(uow.session, {one.file_id for one in said if one.file_id is not None}),
        await queries.lots(uow.session, {one.lot_id for one in said if one.lot_id is not None}),
        await queries.several(uow.session, uow.dialect, {one.certificate_id for one in said}),
    )


def _require(one: Certificate, known: Known, new: Collection[str]) -> None:
    if one.certificate_id in new:
        raise DomainError("twice-in-request", "an earlier row names it already", field="certificate_id")
    if one.cooperative_id not in known.cooperatives:
        raise NotFound("cooperative", one.cooperative_id, field="cooperative_id")
    if one.file_id is not None and one.file_id not in known.files:
        raise NotFound("file", one.file_id, field="file_id")
    if one.lot_id is not None and one.lot_id not in known.lots:
        raise NotFound("lot", one.lot_id, field="lot_id")


def _check(uow: UnitOfWork, one: Certificate, known: Known) -> None:
    check(one, today(uow.now))
    if one.lot_id is not None:
        check_lot(one, *known.lots[one.lot_id])


async def revoke(uow: UnitOfWork, certificate_id: str, reason: str) -> Certificate:
    """Take a certificate away; offers it covered get no new orders from now on. Raises NotFound, AlreadyDone."""
    owner = (await queries.one(uow.session, uow.dialect, certificate_id)).cooperative_id
    await cooperatives.lock(uow.session, uow.dialect, [owner])
    one = await queries.one(uow.session, uow.dialect, certificate_id)
    if one.revoked_at is not None:
        if one.revoked_reason != reason:
            raise AlreadyDone("certificate-revoked", f"it was revoked: {one.revoked_reason}", field="reason")
        return one
    revoked = replace(one, revoked_at=uow.now, revoked_reason=reason)
    await queries.save(uow.session, [revoked])
    await holding.review(uow, [one.cooperative_id])
    return revoked


async def put_requirements(uow: UnitOfWork, rows: Sequence[tuple[int, str, str, str | None]]) -> Imported:
    """Say which product needs which kind, (index, product, kind, source); without a source none is needed any more.

    Offers follow within ten minutes, by the job.
    """
    done = Imported()
    present = {(row.food_code, row.kind): row.source for row in await queries.requirements(uow.session)}
    said: dict[tuple[str, str], str | None] = {}
    for index, food_code, kind, source in rows:
        if (food_code, kind) in said:
            error = DomainError("twice-in-request", "an earlier row names it already", field="food_code")
            done.refused.append(refuse(index, error))
        else:
            said[food_code, kind] = source
    put = {key: source for key, source in said.items() if source is not None and present.get(key) != source}
    dropped = [key for key, source in said.items() if source is None and key in present]
    rows_put = [{"food_code": key[0], "kind": key[1], "source": source} for key, source in put.items()]
    await queries.put_requirements(uow.session, uow.dialect, rows_put)
    await queries.drop_requirements(uow.session, dropped)
    done.created = sum(key not in present for key in put)
    done.changed = len(put) - done.created + len(dropped)
    done.unchanged = len(said) - len(put) - len(dropped)
    return done
