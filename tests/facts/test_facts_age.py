"""How old a price is, and when that is said."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakeven.facts.age import STALE_AFTER_DAYS, age_in_days, age_in_words, first_day, stale_notice
from breakeven.numbers.inputs import Source
from breakeven.problems import Problem

AS_OF = datetime.date(2026, 11, 21)
DAYS = st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1))


def dated(date: str) -> Source:
    return Source(title="a page", date=date)


@given(day=DAYS, as_of=DAYS)
def test_age_is_the_difference_of_the_days(day: datetime.date, as_of: datetime.date) -> None:
    assert age_in_days(dated(day.isoformat()), as_of) == (as_of - day).days


@given(day=DAYS)
def test_a_month_counts_from_its_first_day(day: datetime.date) -> None:
    assert first_day(day.strftime("%Y-%m")) == day.replace(day=1)


@given(age=st.integers(0, 2000))
def test_a_price_warns_after_90_days(age: int) -> None:
    source = dated((AS_OF - datetime.timedelta(days=age)).isoformat())
    notice = stale_notice("H100", source, AS_OF)
    assert (notice is not None) == (age > STALE_AFTER_DAYS)
    assert notice is None or f"H100: the price is {age} days old" in str(notice)


def test_an_unknown_date_always_warns() -> None:
    assert age_in_days(dated("unknown"), AS_OF) is None
    assert "date unknown, so the price is assumed" in str(stale_notice("H100", dated("unknown"), AS_OF))
    assert age_in_words(dated("unknown"), AS_OF) == "date unknown"


def test_a_price_of_tomorrow_is_said() -> None:
    assert "is dated after 2026-11-21" in str(stale_notice("H100", dated("2026-11-22"), AS_OF))
    assert age_in_words(dated("2026-11-22"), AS_OF) == "dated later"
    assert age_in_words(dated("2026-11-20"), AS_OF) == "1 day"


@pytest.mark.parametrize("date", ["", "2026", "21.11.2026", "2026-02-30", "2026-W01", "soon"])
def test_what_is_no_date_is_refused(date: str) -> None:
    with pytest.raises(Problem, match="is not a date"):
        first_day(date)
