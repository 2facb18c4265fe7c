"""Routes of users, for administrators of the province."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from services.identity.accounts import queries, usecases
from services.identity.accounts.domain import Status, User
from services.identity.accounts.schemas import LinkShown, RightsIn, UserIn, UserPage, UserRead
from services.identity.passwords import usecases as passwords
from services.identity.passwords.domain import LINK
from services.identity.serving import shown_once
from shared.fields import Id
from shared.routing import ExpectedVersion, Page, UoW, service_router

router = service_router(prefix="/users", tags=["users"])

UserId = Annotated[Id, Path()]


@router.post("", status_code=201)
async def add_user(uow: UoW, body: UserIn, answer: Response) -> UserRead:
    """Make a user; ask for the one-time link next, by which the user sets a password."""
    user = await usecases.add(uow, body.login, body.said())
    answer.headers["Location"] = f"/users/{user.user_id}"
    return _shown(user, answer)


@router.get("")
async def list_users(uow: UoW, page: Page, status: Annotated[Status | None, Query()] = None) -> UserPage:
    """List users, ordered by id."""
    users = await queries.page(uow.session, page, status)
    return UserPage(
        items=[UserRead.of(user) for user in users],
        next=users[-1].user_id if len(users) == page.limit else None,
    )


@router.get("/{user_id}")
async def get_user(uow: UoW, user_id: UserId, answer: Response) -> UserRead:
    """Return one user; the version is the ETag."""
    return _shown(await queries.one(uow.session, user_id), answer)


@router.put("/{user_id}/rights")
async def change_rights(
    uow: UoW, user_id: UserId, body: RightsIn, expected: ExpectedVersion, answer: Response
) -> UserRead:
    """Say what a user may do; it holds from the next token on, within ten minutes. If-Match carries the version."""
    return _shown(await usecases.change(uow, user_id, body.said(), expected), answer)


@router.post("/{user_id}/lock")
async def lock_user(uow: UoW, user_id: UserId, answer: Response) -> UserRead:
    """Let a user in no more; all sign-ins end, and with them all tokens within ten minutes."""
    return _shown(await usecases.lock(uow, user_id), answer)


@router.post("/{user_id}/unlock")
async def unlock_user(request: Request, uow: UoW, user_id: UserId, answer: Response) -> UserRead:
    """Let a user in again, also one who waits after wrong passwords."""
    return _shown(await usecases.unlock(uow, request.app.state.service.sealer, user_id), answer)


@router.post("/{user_id}/links", status_code=201)
async def make_link(request: Request, uow: UoW, user_id: UserId, answer: Response) -> LinkShown:
    """Make a one-time link by which a user sets a password, the first or another; links before it are over.

    It takes no Idempotency-Key: answers to those are kept.
    """
    shown_once(request, answer)
    link = await passwords.new_link(uow, request.app.state.service.settings, user_id)
    return LinkShown(link=link, expires_at=uow.now + LINK)


def _shown(user: User, answer: Response) -> UserRead:
    answer.headers["ETag"] = f'"{user.version}"'
    return UserRead.of(user)
