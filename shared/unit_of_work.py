"""One request or one message batch is one unit of work: one transaction, its events written with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import Clock
from shared.database import Database, Session
from shared.events import Event
from shared.messaging import outbox
from shared.messaging.envelope import Record, encode, traceparent
from shared.tracing import UNTRACED, Tracing


class UnitOfWork:
    """What a use case works with: a session, the present instant, and :meth:`emit` for what it has to tell.

    `now` (UTC) stands still for the whole unit of work. `principal` is who asked; nobody did in events and jobs, and
    where a route is open to all. `scope` is whose rows PostgreSQL lets it see and change, None for all.
    """

    def __init__(self, session: Session, dialect: str, now: datetime, scope: Scope | None = None) -> None:
        self.session = session
        self.scope = scope
        self.dialect = dialect
        self.now = now
        self.principal: Principal | None = None
        self._records: list[Record] = []

    def as_system(self) -> AbstractAsyncContextManager[None]:
        """See and change every tenant's rows within the block, where what was asked for touches others' by its nature.

        Say beside it why. On SQLite nothing narrows a unit of work.
        """
        return self.session.widened()

    def emit(self, *events: Event) -> None:
        """Tell the other services, once and only if this unit of work commits."""
        self._records.extend(encode(event, self.now) for event in events)

    def publish(self, *records: Record) -> None:
        """Pass raw bytes on (dead letters); everything else is emitted."""
        self._records.extend(records)

    async def write_outbox(self) -> bool:
        """Write what was emitted to the outbox; True when there was anything."""
        if not self._records:
            return False
        await outbox.append(self.session, self._records, self.now)
        self._records.clear()
        return True


class Transactions:
    """Opens units of work on one service's database and wakes the relay after those that told something.

    Each has its span: within a request always, else only when it told something or failed, since jobs look every second
    whether there is something to do.
    """

    def __init__(
        self, database: Database, clock: Clock, wake_relay: Callable[[], None], tracing: Tracing = UNTRACED
    ) -> None:
        self.database = database
        self._clock = clock
        self._wake_relay = wake_relay
        self._tracing = tracing

    @asynccontextmanager
    async def begin(self, *, read_only: bool = False, scope: Scope | None = None) -> AsyncIterator[UnitOfWork]:
        """Open a unit of work; a clean exit commits it, an exception undoes all of it. `scope`: whose it is."""
        cause = traceparent.get()
        with self._tracing.span("internal", "unit of work", cause) as span:
            async with self.database.transaction(read_only=read_only, scope=scope) as session:
                uow = UnitOfWork(session, self.database.dialect, self._clock.now(), scope)
                yield uow
                told = await uow.write_outbox()
            if cause is None and not told:
                span.drop()
        if told:
            self._wake_relay()
