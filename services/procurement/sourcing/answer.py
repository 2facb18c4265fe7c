"""What the optimiser answers."""

from dataclasses import dataclass

from services.procurement.sourcing.arcs import Arcs
from services.procurement.sourcing.columns import Flags, Integers
from services.procurement.sourcing.problem import Figures


@dataclass(frozen=True, slots=True)
class Answer:
    """What the optimiser found: grams on arcs, what nobody brings, and what a gram more or less would have changed.

    `offer_worth` is what a gram more of an offer would save, `line_saved` what a gram less for a line would, and
    `line_price` what a gram more would weigh. `heavy` is what a gram weighed on each arc in the last flow, its stop
    included where nobody else brings anything. From `span` on it is no price: somebody goes without, or only another
    county can help. `closed` are arcs to cooperatives that are not among a school's suppliers.
    """

    arcs: Arcs
    grams: Integers
    unmet_g: Integers
    rank: Integers
    heavy: Integers
    offer_worth: Integers
    line_saved: Integers
    line_price: Integers
    closed: Flags
    span: int
    figures: Figures
