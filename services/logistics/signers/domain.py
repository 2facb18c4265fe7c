"""Who signs at a gate, and who is told by name."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.auth.principal import Principal, Role
from shared.names import masked_name

_TOLD = frozenset({Role.CANTEEN, Role.NUTRITIONIST, Role.ADMINISTRATOR})
"""Who answers for what a school took in: the school itself, and the county's staff that looks after its kitchen."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signs at a school's gate; the name stands in no `repr`."""

    canteen_id: str
    signer_id: str
    name: str = field(repr=False)
    said_at: datetime

    def masked(self) -> "Signer":
        """Return what may be shown to who need not know."""
        return replace(self, name=masked_name(self.name))


def is_told(principal: Principal | None) -> bool:
    """Whether somebody who may ask is told names in full; others see that there is one."""
    return principal is not None and bool(principal.roles & _TOLD)
