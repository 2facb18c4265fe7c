"""What a refusal means to a person: rules have names, people read sentences (msgids)."""

from collections.abc import Mapping

from services.portal import slices
from services.portal.languages import N_
from shared.errors import DomainError

_TOO_LARGE = N_("This is too large to be sent. Go back, what you wrote is still there, and leave the photo out.")
_BY_RULE: Mapping[str, str] = {
    "idempotency-key-reused": N_("This form was sent already. Open the page again to change something."),
    "invalid-input": N_("Something in this form is not right."),
    "stale-version": N_("Somebody changed this in the meantime. Look at it again."),
    "service-away": N_("A part of the system does not answer at this moment. Try again in a minute."),
    "too-many-requests": N_("Too many requests. Wait a minute."),
    "body-too-large": _TOO_LARGE,
    "foreign-form": N_("This form does not come from a page of ours. Open the page again."),
    "role-not-allowed": N_("This page is for somebody with another task."),
    "no-token": N_("Sign in to see this page."),
}
_BY_STATUS: Mapping[int, str] = {
    401: N_("Sign in to see this page."),
    403: N_("This belongs to somebody else."),
    404: N_("There is no such page, or it is not yours."),
    409: N_("This does not go together with what is there. Look at it again."),
    412: N_("Somebody changed this in the meantime. Look at it again."),
    413: _TOO_LARGE,
    429: N_("Too many requests. Wait a minute."),
    503: N_("A part of the system does not answer at this moment. Try again in a minute."),
}
_ELSE = N_("This cannot be done.")
_FAILED = N_("Something went wrong on our side. Nothing was changed.")


def meaning_of(status: int, rule: str) -> str:
    """Return what a refusal means (a msgid): by its rule, as slices and this table know it, else by its status."""
    found = slices.refusals().get(rule) or _BY_RULE.get(rule) or _BY_STATUS.get(status)
    return found or (_FAILED if status >= 500 else _ELSE)


def meaning(refused: DomainError) -> str:
    """Return what a refusal means (a msgid)."""
    return meaning_of(refused.status, refused.rule)
