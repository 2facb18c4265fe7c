"""Rules of recalls: schools that got of the lot acknowledge; it is closed when all have, or it is said why not."""

from collections.abc import Collection
from enum import StrEnum

from shared.auth.principal import Principal, Role
from shared.errors import Conflict
from shared.ids import derived_id


class Outcome(StrEnum):
    """What became of the recalled lot."""

    DESTROYED = "destroyed"
    RETURNED = "returned"
    TESTED_CLEAN = "tested_clean"


def recall_id_of(lot_id: str) -> str:
    """Return the id of a lot's recall: a lot is recalled once."""
    return derived_id("recall", lot_id)


def shown_to(principal: Principal | None, cooperative_id: str) -> frozenset[str] | None:
    """Return the schools whose part of a recall somebody is shown; None: all of it.

    The lot's cooperative and whoever looks after a county see whom it reached, the staff of a school only its own part.
    """
    if principal is None or principal.roles - {Role.CANTEEN, Role.CLERK, Role.DRIVER, Role.DEVICE}:
        return None
    if Role.CLERK in principal.roles and cooperative_id in principal.cooperatives:
        return None
    return principal.canteens


def require_reached(canteen_id: str, reached: Collection[str]) -> None:
    """Refuse the word of a school the lot never went to."""
    if canteen_id not in reached:
        raise Conflict("not-reached", f"nothing of the lot went to {canteen_id}", field="canteen_id")


def require_answered(waiting: Collection[str], without: str) -> None:
    """Refuse to close a recall that schools have not acknowledged, unless it is said why it is closed without them."""
    if waiting and not without:
        named = ", ".join(sorted(waiting)[:10])
        detail = f"{len(waiting)} schools have not acknowledged ({named}): say why it is closed without them"
        raise Conflict("schools-waiting", detail, field="without")
