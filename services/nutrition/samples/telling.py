"""What others are told of samples: that they are kept, and that they are gone. A recall asks for them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from services.nutrition.samples.domain import keep_until
from shared.events.kitchen import SamplesKept, SampleTold
from shared.fields import Meal
from shared.unit_of_work import UnitOfWork


def tell(uow: UnitOfWork, rows: Iterable[Any]) -> None:
    """Tell samples (their rows) as they are now, meal by meal."""
    by_meal: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_meal[row.meal_id].append(row)
    for meal_id, of_meal in sorted(by_meal.items()):
        uow.emit(
            SamplesKept(
                meal_id=meal_id,
                canteen_id=of_meal[0].canteen_id,
                day=of_meal[0].day,
                meal=Meal(of_meal[0].meal),
                samples=tuple(_sample(row) for row in of_meal),
                told_at=uow.now,
            )
        )


def _sample(row: Any) -> SampleTold:
    return SampleTold(
        sample_id=row.sample_id,
        dish_code=row.dish_code,
        quantity_g=row.quantity_g,
        keep_until=keep_until(row.taken_at),
        state=row.state,
        ended_at=row.ended_at,
    )
