"""Taking turns: whoever moves grams between demand, orders and offers does so alone, across all replicas.

Such units of work lock many rows of three tables, and a batch of events does it several times in one transaction; no
order of locks could keep two of them from waiting for each other in a circle. They are few beside the plain answers,
dispatches and receipts, which lock nothing but their orders and take no turn.
"""

from sqlalchemy import text

from shared.unit_of_work import UnitOfWork

_TURN = text("SELECT pg_advisory_xact_lock(16012, 1)")


async def take_turn(uow: UnitOfWork) -> None:
    """Wait until nobody else moves grams, and be the one who does until the unit of work ends; before any other lock.

    SQLite has one writer anyway.
    """
    if uow.dialect == "postgresql":
        await uow.session.execute(_TURN)


_PACK = text("SELECT pg_advisory_xact_lock_shared(16012, 2)")
_RECALL = text("SELECT pg_advisory_xact_lock(16012, 2)")


async def lots_are_packed(uow: UnitOfWork) -> None:
    """Let no lot be recalled until the unit of work ends; before any other lock. Many pack at once.

    Else a recall and a packing side by side would not see each other, and what is recalled would count as coming.
    """
    if uow.dialect == "postgresql":
        await uow.session.execute(_PACK)


async def lots_stand_still(uow: UnitOfWork) -> None:
    """Wait until nobody packs, and let nobody until the unit of work ends; before any other lock."""
    if uow.dialect == "postgresql":
        await uow.session.execute(_RECALL)
