"""What a browser carries while its person signs in at the issuer: an attempt, sealed, for some minutes."""

import json
from dataclasses import asdict

from services.portal.sessions.issuer import Attempt
from shared.sealing import Unsealable
from shared.service import Service

LASTS_S = 15 * 60
_PLACE = "portal.attempt"


def sealed(service: Service, attempt: Attempt) -> str:
    """Return an attempt as the browser carries it; it cannot read or make one."""
    until = service.clock.now().timestamp() + LASTS_S
    return service.sealer.seal(json.dumps(asdict(attempt) | {"until": until}), _PLACE)


def opened(service: Service, carried: str | None) -> Attempt | None:
    """Return the attempt a browser carries; None where it carries none, a forged one, or one that is over."""
    if carried is None or len(carried) > 4000:
        return None
    try:
        told = json.loads(service.sealer.open(carried, _PLACE))
    except Unsealable:
        return None
    return Attempt(**told) if told.pop("until") > service.clock.now().timestamp() else None
