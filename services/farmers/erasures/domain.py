"""What is refused of a household that was erased."""

from shared.errors import Conflict


def still_erased(field: str) -> Conflict:
    """Return the refusal of what would bring an erased household back by itself."""
    return Conflict("household-erased", "it was erased on request; lift the erasure first", field=field)
