"""Numbers as words."""

from __future__ import annotations

import math

import pytest

from breakeven.report.wording import (
    counted,
    label,
    money,
    months,
    percent,
    plain,
    price,
    significant,
    volume,
    words,
)
from breakeven.study.register import register

SCALES = {"api", "volume_scale", "price_scale"}


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        (1234.5, "USD", "$1,234"),
        (1235.5, "USD", "$1,236"),
        (-1234.4, "EUR", "−€1,234"),
        (99_999.4, "USD", "$99,999"),
        (99_999.6, "USD", "$100,000"),
        (1234567, "GBP", "£1,235,000"),
        (-352_079.4, "USD", "−$352,000"),
        (-0.4, "USD", "$0"),
        (0, "USD", "$0"),
        (12, "CHF", "CHF 12"),
    ],
)
def test_money(value: float, currency: str, expected: str) -> None:
    """Whole units below a hundred thousand, whole thousands from there: the same in every place."""
    assert money(value, currency) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.17911, "$0.1791"), (3.678, "$3.678"), (40295.7, "$40,296"), (0, "$0"), (9999.9, "$10,000"), (1e-7, "$1e-07")],
)
def test_price(value: float, expected: str) -> None:
    assert price(value) == expected


@pytest.mark.parametrize(
    ("share", "signed", "expected"),
    [
        (0.5, False, "50 %"),
        (0.0951, False, "9.5 %"),
        (-0.25, True, "−25 %"),
        (0.021, True, "+2.1 %"),
        (12, False, "1,200 %"),
    ],
)
def test_percent(share: float, signed: bool, expected: str) -> None:
    assert percent(share, signed=signed) == expected


@pytest.mark.parametrize(
    ("mtok", "expected"),
    [
        (0.5, "0.5 M tokens"),
        (999.4, "999 M tokens"),
        (999.9, "1 B tokens"),
        (7731, "7.73 B tokens"),
        (999_990, "1 T tokens"),
        (4.38e6, "4.38 T tokens"),
        (0, "0 M tokens"),
    ],
)
def test_volume(mtok: float, expected: str) -> None:
    assert volume(mtok) == expected


def test_other_numbers() -> None:
    assert months(None) == "never"
    assert months(11.95) == "11.9 months" or months(11.95) == "12.0 months"
    assert plain(1234.5) == "1,230"
    assert plain(0.5273) == "0.527"
    assert counted(1, "replica") == "1 replica"
    assert counted(3, "replica") == "3 replicas"
    assert significant(-1234, 2) == -1200
    assert math.isclose(significant(0.00123456, 3), 0.00123)


def test_words_are_for_inputs_that_exist() -> None:
    assert set(words()["inputs"]) <= set(register()) | SCALES


def test_an_input_without_words_is_called_by_its_name() -> None:
    assert label("storage_gb") == "storage gb"
