"""When work is done by those who do it."""

from __future__ import annotations

import pytest

from breakeven.decision.readiness.work import first_month_after


@pytest.mark.parametrize(
    ("person_months", "available", "month"),
    [
        (0, [1, 1], 0),  # nothing to do: the first month begins with it done
        (2, [1, 1, 1], 2),
        (2.5, [1, 1, 1, 1], 3),
        (2, [0, 0, 2, 0], 3),  # nobody is there at first
        (0.3, [0.1, 0.1, 0.1, 0.1], 3),  # float dust buys no month
        (4, [1, 1, 1, 1], None),  # done with the last month, and none begins after it
    ],
)
def test_the_first_month_that_begins_with_the_work_done(
    person_months: float, available: list[float], month: int | None
) -> None:
    assert first_month_after(person_months, available) == month
