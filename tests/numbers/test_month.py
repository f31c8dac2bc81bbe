"""One month: what a log's volumes, an uptime and a bill call a month is the same length."""

from __future__ import annotations

import pytest

from breakeven.numbers import month
from breakeven.study.register import register


@pytest.mark.parametrize("name", ["hours", "minutes", "seconds", "days", "weeks"])
def test_the_model_takes_its_month_from_one_place(name: str) -> None:
    assert register()[f"{name}_per_month"].likely == getattr(month, f"{name.upper()}_PER_MONTH")


def test_a_twelfth_of_a_year_within_the_rounding_of_published_figures() -> None:
    assert pytest.approx(365 * 24 / 12) == month.HOURS_PER_MONTH
    assert pytest.approx(365 / 12) == month.DAYS_PER_MONTH
    assert pytest.approx(365 / 7 / 12, rel=3e-3) == month.WEEKS_PER_MONTH
