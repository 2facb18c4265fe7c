"""What stands against serving a demand line: a code for each offer it could not have, or for the whole line."""

from collections.abc import Mapping
from enum import StrEnum


class Against(StrEnum):
    """Why an offer of the line's food does not serve it, or why none was looked at; stored by value."""

    ANOTHER_FOOD = "another-food"
    TOO_LATE = "too-late"
    NOT_THAT_DAY = "not-that-day"
    NOT_FRESH = "not-fresh"
    GIVEN_UP = "given-up"
    REACH = "reach"
    CLASS_REACH = "class-reach"
    VEHICLE_CLASS = "vehicle-class"
    USED_UP = "used-up"
    RULES = "rules"
    BUDGET = "budget"
    DAY_TOO_NEAR = "day-too-near"
    NOT_OFFERED = "not-offered"
    BY_HAND = "by-hand"
    EXACT = "exact"


OF_LINES = frozenset({Against.DAY_TOO_NEAR, Against.NOT_OFFERED, Against.BY_HAND, Against.EXACT})
"""What is said of a line as a whole, and of no number of offers."""

Why = Mapping[Against, int]
"""Of how many offers something is so; 0 for what is said of the whole line."""
