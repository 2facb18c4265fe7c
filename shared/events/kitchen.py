"""What nutrition tells of what kitchens keep of their meals."""

from pydantic import Field

from shared.events.registry import Event, Part, published
from shared.fields import Code, Day, Id, Instant, Meal, PositiveGrams


class SampleTold(Part):
    """A sample of one dish in g: it is `kept`, at least until `keep_until`, or was `discarded` or `handed_over`."""

    sample_id: Id
    dish_code: Code
    quantity_g: PositiveGrams
    keep_until: Instant
    state: Code
    ended_at: Instant | None = None


@published(by="nutrition", aggregate="sample", key="canteen_id")
class SamplesKept(Event):
    """Samples of a meal's dishes were put into the cold, or have left it; one that has left never comes back."""

    meal_id: Id
    canteen_id: Id
    day: Day
    meal: Meal
    samples: tuple[SampleTold, ...] = Field(max_length=40)
    told_at: Instant
