"""Which days an empty one leads to."""

from datetime import date, timedelta

import pytest

from services.portal.near import Near, among

DAY = date(2026, 12, 5)


@pytest.mark.parametrize(
    ("days", "before", "after"),
    [((), None, None), ((0,), None, None), ((-9, -1, 0, 2, 3), -1, 2), ((-1,), -1, None), ((4, 1), None, 1)],
)
def test_the_nearest_before_and_after(days: tuple[int, ...], before: int | None, after: int | None) -> None:
    """The day itself is neither; in which order days come does not matter."""

    def at(number: int | None) -> date | None:
        return None if number is None else DAY + timedelta(days=number)

    known = [DAY + timedelta(days=number) for number in days]
    assert among(known, DAY) == Near(at(before), at(after))
