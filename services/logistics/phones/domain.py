"""Who is called, and to whom the numbers of a trip are told."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from shared.phones import masked_number

KINDS = ("canteen", "cooperative", "driver")


@dataclass(frozen=True, slots=True)
class Number:
    """Whose number it is; it stands in no `repr`."""

    kind: str
    subject_id: str
    number: str = field(repr=False)
    said_at: datetime

    def masked(self) -> "Number":
        """Return what may be shown to who need not call."""
        return replace(self, number=masked_number(self.number))


def is_told(day: date, today: date, *, only_drives: bool) -> bool:
    """Whether somebody is told the numbers of a trip: its county's office ever, its driver until its day is over."""
    return not only_drives or today <= day
