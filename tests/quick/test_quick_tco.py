"""The brief's function, bit for bit."""

from __future__ import annotations

import subprocess
import sys

import pytest

from breakeven.quick import tco_compare


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((50, 0.5, 1500, 2, 8000), {"hosted_usd": 25, "self_hosted_usd": 11000, "cheaper": "hosted"}),
        ((50000, 0.5, 1500, 8, 8000), {"hosted_usd": 25000, "self_hosted_usd": 20000, "cheaper": "self-hosted"}),
        ((51, 0.5, 0, 1, 0), {"hosted_usd": 26, "self_hosted_usd": 0, "cheaper": "self-hosted"}),
        ((53, 0.5, 0, 1, 0), {"hosted_usd": 26, "self_hosted_usd": 0, "cheaper": "self-hosted"}),
        ((100, 1.0, 50, 2, 0), {"hosted_usd": 100, "self_hosted_usd": 100, "cheaper": "self-hosted"}),
        ((50.2, 0.5, 25.2, 1, 0), {"hosted_usd": 25, "self_hosted_usd": 25, "cheaper": "hosted"}),
    ],
    ids=["low", "high", "half to even, up", "half to even, down", "tie", "equal only once rounded"],
)
def test_the_brief(given: tuple[float, ...], expected: dict[str, object]) -> None:
    assert tco_compare(*given) == expected


def test_whole_dollars_are_integers() -> None:
    got = tco_compare(50, 0.5, 1500, 2, 8000)
    assert list(got) == ["hosted_usd", "self_hosted_usd", "cheaper"]
    assert type(got["hosted_usd"]) is int


@pytest.mark.parametrize("utilization", [0.0, 0.5, 1, -3, "ignored", None])
def test_utilization_is_taken_and_never_used(utilization: object) -> None:
    assert tco_compare(50, 0.5, 1500, 2, 8000, utilization=utilization) == tco_compare(50, 0.5, 1500, 2, 8000)


def test_importing_it_is_light() -> None:
    code = "import sys; from breakeven.quick import tco_compare; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    import breakeven.quick

    with pytest.raises(AttributeError, match="no attribute 'quack'"):
        breakeven.quick.quack  # noqa: B018
