"""A measured input stands as it was measured, and no further than its meaning lets it."""

from __future__ import annotations

import numpy as np
import pytest

from breakeven.numbers.inputs import Input, Source
from breakeven.numbers.operations import WORKLOAD, along
from breakeven.study.questions.measured import Measurement, as_measured

ASSUMED = Source(title="a guess", date="2026-11-01")


@pytest.mark.parametrize(
    ("name", "how", "value", "after"),
    [
        ("cached_share", "times", 1.6, [1.0, 0.16]),
        ("canary_share", "adds", 0.3, [1.0, 0.4]),
        ("tokenizer_ratio", "is", 1.2, [1.2, 1.2]),
    ],
)
def test_no_share_is_measured_past_the_whole(name: str, how: str, value: float, after: list[float]) -> None:
    before = Input(likely=along(WORKLOAD, [0.9, 0.1]), unit="", kind="assumed", source=ASSUMED)
    found = Measurement(name=name, value=value, source="the bill", date="2026-11-30", how=how)
    now = as_measured(before, found, ("chat", "code"))
    assert np.ravel(now.likely).tolist() == pytest.approx(after)
    assert (now.kind, now.low) == ("measured", None)
