"""A cooperative's contacts and bank account."""

from dataclasses import dataclass, field, replace

from shared.names import masked_name
from shared.phones import masked_number


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call; neither name nor phone stands in a `repr`."""

    role: str
    name: str = field(repr=False)
    phone: str = field(repr=False)

    def masked(self) -> "Contact":
        """Return what anybody may see; answers are kept for requests with an `Idempotency-Key`."""
        return Contact(self.role, masked_name(self.name), masked_number(self.phone))


@dataclass(frozen=True, slots=True)
class Account:
    """A bank account; neither its holder nor its number stands in a `repr`."""

    bank: str
    holder: str = field(repr=False)
    number: str = field(repr=False)

    def masked(self) -> "Account":
        """Return what is shown to who reads it: of the number the last four digits."""
        return replace(self, number=masked_number(self.number))

    def kept(self) -> "Account":
        """Return what is shown to who wrote it: that answer is kept for requests with an `Idempotency-Key`."""
        return replace(self.masked(), holder=masked_name(self.holder))
