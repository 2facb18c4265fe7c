"""Answers about tokens."""

from pydantic import BaseModel

from services.identity.accounts.domain import User


class UserInfo(BaseModel):
    """Who a token speaks for, and what that user may do now."""

    sub: str
    preferred_username: str
    roles: list[str]
    counties: list[str]
    canteens: list[str]
    cooperatives: list[str]
    drivers: list[str]

    @classmethod
    def of(cls, user: User) -> "UserInfo":
        """Return what is said of a user."""
        return cls.model_validate({"sub": user.user_id, "preferred_username": user.login} | user.rights.claims())
