"""How our encrypted connections end: with a goodbye, and without waiting for one."""

import ssl
from contextlib import suppress
from pathlib import Path


class _Parting(ssl.SSLObject):
    def unwrap(self) -> None:
        with suppress(ssl.SSLWantReadError):
            super().unwrap()


def parting_at_once(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return the context; a connection that is closed under it says so and is gone.

    asyncio would wait up to 30 s for the other side to say the same, and who comes too late is a socket that nobody
    closes when the loop ends. Neither side has to wait (RFC 8446, 6.1): what was asked has been answered by then.
    """
    context.sslobject_class = _Parting
    return context


def trusting(ca: Path) -> ssl.SSLContext:
    """Return what speaks with servers whose certificate `ca` signed, for the name they are called by."""
    return parting_at_once(ssl.create_default_context(cafile=str(ca)))
