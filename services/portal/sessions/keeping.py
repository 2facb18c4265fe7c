"""A form that was sent when its session had ended: it is kept for minutes, and shown filled in after signing in."""

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.portal.forms import OURS, Fields
from services.portal.sessions import queries
from services.portal.sessions.usecases import Person, id_of
from shared.sealing import Unsealable
from shared.service import Service

KEPT = timedelta(minutes=15)
_MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What was sent where, by its key; `subject` is who was signed in before, where that is known."""

    action: str
    values: dict[str, Any]
    key: str
    subject: str | None


async def keep(service: Service, action: str, fields: Fields, subject: str | None) -> str | None:
    """Keep a form; returns the text of the cookie it is found by, None where it is too long. Files are not kept."""
    values = {name: value for name, value in fields.values.items() if name not in OURS}
    text = json.dumps({"action": action, "values": values, "key": fields.key, "subject": subject})
    if len(text) > _MOST_CHARACTERS:
        return None
    cookie = secrets.token_urlsafe(32)
    kept_id = id_of(cookie)
    async with service.begin() as uow:
        sealed = service.sealer.seal(text, f"kept_form.form:{kept_id}")
        await queries.keep(uow.session, kept_id, sealed, uow.now + KEPT)
    return cookie


async def kept(service: Service, cookie: str | None, person: Person | None) -> KeptForm | None:
    """Return the form that was kept for somebody, None where there is none or it is another's."""
    if cookie is None or person is None or len(cookie) > 100:
        return None
    kept_id = id_of(cookie)
    async with service.begin(read_only=True) as uow:
        sealed = await queries.kept(uow.session, kept_id, uow.now)
    if sealed is None:
        return None
    try:
        found = KeptForm(**json.loads(service.sealer.open(sealed, f"kept_form.form:{kept_id}")))
    except Unsealable:
        return None
    return found if found.subject in (None, person.principal.subject) else None


async def drop(service: Service, cookie: str) -> None:
    """Forget a kept form: it was sent."""
    async with service.begin() as uow:
        await queries.drop_kept(uow.session, id_of(cookie))
