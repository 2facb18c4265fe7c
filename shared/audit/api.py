"""Routes of the audit trail, the same in every service: for auditors."""

from datetime import datetime
from typing import Annotated, Any, Self

from fastapi import Path, Query
from pydantic import BaseModel

from shared.audit import linking, queries
from shared.audit.domain import Act, Broken, Link
from shared.auth.access import PROVINCE, rule
from shared.chain import Verified
from shared.errors import NotFound
from shared.fields import Id, Instant
from shared.routing import Page, UoW, service_router

router = service_router(prefix="/audit", tags=["audit"])
rules = [
    rule(f"GET /audit/{path}", set(), PROVINCE) for path in ("acts", "acts/{act_id}", "chain", "verification")
]  # the auditor reads everything, and nobody else reads this


class ChangeRead(BaseModel):
    """What an act did to an object: the columns that differ; `before` is null for a new one, `after` for one gone.

    What is private is left out.
    """

    kind: str
    object_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ActRead(BaseModel):
    """Who did what, when (UTC) and from where; `action` is the route, `parameters` are those of its path."""

    act_id: str
    at: datetime
    subject: str
    client_id: str
    roles: list[str]
    address: str
    action: str
    parameters: dict[str, str]
    changes: list[ChangeRead]

    @classmethod
    def of(cls, act: Act) -> Self:
        """Return the answer about an act."""
        return cls.model_validate(act, from_attributes=True)


class Acts(BaseModel):
    """A page of acts, the newest first: `next` is to be passed as `after`."""

    items: list[ActRead]
    next: str | None


class LinkRead(BaseModel):
    """An act's place in the chain; `hash` (SHA-256) covers the act, what it changed and the link before."""

    number: int
    act_id: str
    hash: str

    @classmethod
    def of(cls, link: Link) -> Self:
        """Return the answer about a link."""
        return cls(number=link.number, act_id=link.act_id, hash=link.hash)


class ChainRead(BaseModel):
    """How long the chain is, its last link (keep its hash), and how many acts wait for theirs (a second or so)."""

    links: int
    last: LinkRead | None
    waiting: int


class BrokenRead(BaseModel):
    """The first link that does not hold, its act, and the rule it breaks."""

    number: int
    act_id: str
    rule: str
    detail: str

    @classmethod
    def of(cls, broken: Broken) -> Self:
        """Return the answer about a broken link."""
        return cls(number=broken.number, act_id=broken.act_id, rule=broken.rule, detail=broken.detail)


class VerificationRead(BaseModel):
    """What came of verifying: `links` hold, up to `last`; `broken` does not; more follow behind link `next`."""

    links: int
    last: LinkRead | None
    broken: BrokenRead | None
    next: int | None

    @classmethod
    def of(cls, verified: Verified[Link, Broken]) -> Self:
        """Return the answer about what was verified."""
        last = None if verified.last is None else LinkRead.of(verified.last)
        broken = None if verified.broken is None else BrokenRead.of(verified.broken)
        following = last.number if verified.more and last else None
        return cls(links=verified.links, last=last, broken=broken, next=following)


@router.get("/acts")
async def list_acts(
    uow: UoW,
    page: Page,
    object_id: Annotated[str | None, Query(max_length=300, description="acts that changed this object")] = None,
    subject: Annotated[str | None, Query(max_length=200, description="acts of this person or machine")] = None,
    since: Annotated[Instant | None, Query(description="from this instant on")] = None,
    until: Annotated[Instant | None, Query(description="before this instant")] = None,
) -> Acts:
    """List who did what, the newest first."""
    found = await queries.newest(uow.session, page.limit, page.after, queries.Wanted(object_id, subject, since, until))
    following = found[-1].act_id if len(found) == page.limit else None
    return Acts(items=[ActRead.of(act) for act in found], next=following)


@router.get("/acts/{act_id}")
async def read_act(act_id: Annotated[Id, Path(examples=["0190f3b2-6d2a-7a31-8a53-2f2f6d0f7a10"])], uow: UoW) -> ActRead:
    """Show an act and what it changed."""
    act = (await queries.acts_of(uow.session, [act_id])).get(act_id)
    if act is None:
        raise NotFound("act", act_id, field="act_id")
    return ActRead.of(act)


@router.get("/chain")
async def read_chain(uow: UoW) -> ChainRead:
    """Say how far the chain is, and its last hash: keep it, and nobody can change what is before it."""
    last = await queries.last_link(uow.session)
    waiting = await queries.count_waiting(uow.session)
    shown = None if last is None else LinkRead.of(last)
    return ChainRead(links=last.number if last else 0, last=shown, waiting=waiting)


@router.get("/verification")
async def verify(
    uow: UoW,
    after: Annotated[int, Query(ge=0, le=2**62, description="the link behind which to begin")] = 0,
    limit: Annotated[int, Query(ge=1, le=50_000)] = 10_000,
) -> VerificationRead:
    """Compute links anew and name the first that does not hold."""
    return VerificationRead.of(await linking.verify(uow.session, after, limit))
