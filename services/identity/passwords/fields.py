"""The fields that both pages of passwords have."""

from collections.abc import Mapping
from html import escape

from services.identity import pages


def owner_field(login: str) -> str:
    """Return what tells the browser's own store of passwords whose the password is."""
    return f'<input type="hidden" name="login" autocomplete="username" value="{escape(login)}">'


def new_password_fields(words: Mapping[str, str]) -> tuple[str, ...]:
    """Return the fields of a new password, written twice, and the button."""
    hint = words["password-hint"]
    return (
        pages.password_field("password", words["new-password"], autocomplete="new-password", hint=hint),
        pages.password_field("again", words["again"], autocomplete="new-password"),
        pages.button(words["save"]),
    )
