"""Routes of certificates."""

from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query

from services.farmers.certificates import holding, queries, usecases
from services.farmers.certificates.domain import WARNED_DAYS, CertificateKind
from services.farmers.certificates.schemas import (
    CertificateIn,
    CertificatePage,
    CertificateRead,
    CertificateRows,
    ExpiringCertificates,
    Gap,
    Gaps,
    RequirementIn,
    RequirementRead,
    RequirementRows,
    Requirements,
    RevocationIn,
)
from services.farmers.cooperatives import queries as cooperatives
from services.farmers.days import today
from services.farmers.paging import next_after
from shared.bulk import Imported, parse
from shared.fields import Code, Id
from shared.routing import Page, UoW, service_router

router = service_router(tags=["certificates"])

CertificateId = Annotated[Id, Path()]
_MOST_LISTED = 1000


@router.put("/certificates")
async def record_certificates(uow: UoW, body: CertificateRows) -> Imported:
    """Record certificates, or attach a file to one; offers they cover take orders again at once."""
    good, refused = parse(CertificateIn, body)
    done = await usecases.record_certificates(uow, [(index, row.certificate()) for index, row in good])
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/certificates")
async def list_certificates(
    uow: UoW,
    page: Page,
    cooperative_id: Annotated[Id | None, Query()] = None,
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    kind: Annotated[CertificateKind | None, Query()] = None,
) -> CertificatePage:
    """List certificates and how they stand today, ordered by id."""
    found = await queries.page(uow.session, uow.dialect, page, cooperative_id, county_code, kind)
    items = [CertificateRead.of(one, today(uow.now)) for one in found]
    return CertificatePage(items=items, next=next_after(page, [item.certificate_id for item in items]))


@router.get("/certificates/expiring")
async def list_expiring_certificates(
    uow: UoW,
    within_days: Annotated[int, Query(ge=0, le=366)] = max(WARNED_DAYS),
    county_code: Annotated[Code | None, Query(examples=["520628"])] = None,
    cooperative_id: Annotated[Id | None, Query()] = None,
) -> ExpiringCertificates:
    """List certificates that end within so many days and that no other follows, with the warning that is due."""
    day = today(uow.now)
    until = day + timedelta(days=within_days)
    place = (county_code, cooperative_id)
    found = await queries.expiring(uow.session, uow.dialect, day, until, place, _MOST_LISTED + 1)
    items = [CertificateRead.of(one, day) for one in found[:_MOST_LISTED]]
    return ExpiringCertificates(items=items, more=len(found) > _MOST_LISTED)


@router.get("/certificates/{certificate_id}")
async def get_certificate(uow: UoW, certificate_id: CertificateId) -> CertificateRead:
    """Return one certificate and how it stands today."""
    return CertificateRead.of(await queries.one(uow.session, uow.dialect, certificate_id), today(uow.now))


@router.post("/certificates/{certificate_id}/revoke")
async def revoke_certificate(uow: UoW, certificate_id: CertificateId, body: RevocationIn) -> CertificateRead:
    """Take a certificate away: what it covers gets no new orders, what was promised stands."""
    return CertificateRead.of(await usecases.revoke(uow, certificate_id, body.reason), today(uow.now))


@router.put("/certificate-requirements")
async def put_requirements(uow: UoW, body: RequirementRows) -> Imported:
    """Say which product needs which kind of certificate; offers follow within ten minutes."""
    good, refused = parse(RequirementIn, body)
    rows = [(index, row.food_code, str(row.kind), row.source) for index, row in good]
    done = await usecases.put_requirements(uow, rows)
    done.refused = sorted(refused + done.refused, key=lambda refusal: refusal.index)
    return done


@router.get("/certificate-requirements")
async def list_requirements(uow: UoW) -> Requirements:
    """List which product needs which kind of certificate."""
    rows = await queries.requirements(uow.session)
    return Requirements(items=[RequirementRead.model_validate(row) for row in rows])


@router.get("/cooperatives/{cooperative_id}/certificate-gaps")
async def list_gaps(uow: UoW, cooperative_id: Annotated[Id, Path()]) -> Gaps:
    """List which certificates a cooperative lacks for what it offers: these offers get no orders."""
    await cooperatives.one(uow.session, cooperative_id)
    found = await holding.gaps(uow, cooperative_id)
    return Gaps(items=[Gap(food_code=food_code, kind=CertificateKind(kind)) for food_code, kind in found])
