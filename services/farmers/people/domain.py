"""A person as the rules see one, and what is shown of them."""

from dataclasses import dataclass, field

from shared.names import masked_name
from shared.phones import masked_number


@dataclass(frozen=True, slots=True)
class Person:
    """Who answers for a household. Neither name nor phone stands in a `repr`: it may end up in a log."""

    household_id: str
    name: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)

    def masked(self) -> "Person":
        """Return what anybody may see."""
        phone = None if self.phone is None else masked_number(self.phone)
        return Person(self.household_id, masked_name(self.name), phone)
