"""All SQL about codes, token families and refresh tokens."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select, update

from services.identity.tables import table_of
from services.identity.tokens.domain import Code, Family
from services.identity.tokens.models import AuthorizationCode, RefreshToken, TokenFamily
from shared.database import Session

code = table_of(AuthorizationCode)
family = table_of(TokenFamily)
refresh = table_of(RefreshToken)

_FAMILY = [family.c[each.name] for each in fields(Family)]
_CODE = [code.c[each.name] for each in fields(Code)]


async def add_code(session: Session, code_hash: str, new: Code) -> None:
    """Write a code that was given."""
    await session.execute(insert(code), [{"code_hash": code_hash, **asdict(new)}])


async def code_of(session: Session, code_hash: str) -> tuple[Code, str | None] | None:
    """Return what a code stands for and the family it has given already; None for a code that is none."""
    row = (await session.execute(select(*_CODE, code.c.family_id).where(code.c.code_hash == code_hash))).first()
    if row is None:
        return None
    return Code(*row[:-1]), row.family_id


async def use_code(session: Session, code_hash: str, family_id: str) -> bool:
    """Use a code; False when somebody was faster."""
    unused = and_(code.c.code_hash == code_hash, code.c.family_id.is_(None))
    done = await session.execute(update(code).where(unused).values(family_id=family_id))
    return bool(done.rowcount)


async def add_family(session: Session, new: Family) -> None:
    """Write a family."""
    await session.execute(insert(family), [asdict(new)])


async def add_refresh(session: Session, token_hash: str, family_id: str, expires_at: datetime) -> None:
    """Write a refresh token that was given."""
    row = {"token_hash": token_hash, "family_id": family_id, "expires_at": expires_at}
    await session.execute(insert(refresh), [row])


async def refresh_of(session: Session, token_hash: str) -> tuple[Row[Any], Family] | None:
    """Return a refresh token (`expires_at`, `used_at`, `revoked_at` of its family) with its family, if there is one."""
    statement = (
        select(*_FAMILY, family.c.revoked_at, refresh.c.used_at, refresh.c.expires_at.label("token_expires_at"))
        .join(refresh, refresh.c.family_id == family.c.family_id)
        .where(refresh.c.token_hash == token_hash)
    )
    row = (await session.execute(statement)).first()
    return None if row is None else (row, Family(*row[: len(_FAMILY)]))


async def use_refresh(session: Session, token_hash: str, now: datetime) -> bool:
    """Use a refresh token; False when it was used before."""
    unused = and_(refresh.c.token_hash == token_hash, refresh.c.used_at.is_(None))
    return bool((await session.execute(update(refresh).where(unused).values(used_at=now))).rowcount)


async def revoke_family(session: Session, family_id: str, why: str, now: datetime) -> None:
    """Let no token of a family give another."""
    await _revoke(session, family.c.family_id == family_id, why, now)


async def revoke_of_user(session: Session, user_id: str, but: str, why: str, now: datetime) -> None:
    """Revoke every family of a user, but those that came of one sign-in."""
    await _revoke(session, and_(family.c.user_id == user_id, family.c.session_id != but), why, now)


async def revoke_of_client(session: Session, client_id: str, why: str, now: datetime) -> None:
    """Revoke every family of a client."""
    await _revoke(session, family.c.client_id == client_id, why, now)


async def revoke_of_session(session: Session, session_id: str, why: str, now: datetime) -> None:
    """Revoke every family that came of one sign-in."""
    await _revoke(session, family.c.session_id == session_id, why, now)


async def _revoke(session: Session, which: ColumnElement[bool], why: str, now: datetime) -> None:
    present = and_(which, family.c.revoked_at.is_(None))
    await session.execute(update(family).where(present).values(revoked_at=now, revoked_why=why))


async def forget_before(session: Session, before: datetime) -> int:
    """Forget codes and families that were over by then; returns how many families."""
    over: Sequence[str] = (
        await session.scalars(select(family.c.family_id).where(family.c.expires_at < before).limit(1_000))
    ).all()
    await session.execute(delete(code).where(code.c.expires_at < before))
    await session.execute(delete(refresh).where(refresh.c.family_id.in_(over)))
    await session.execute(delete(family).where(family.c.family_id.in_(over)))
    return len(over)
