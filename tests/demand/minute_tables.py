"""Minute tables made by hand, for tests of what is computed from them."""

from __future__ import annotations

import numpy as np

from breakeven.demand.log.minutes import MinuteTable

NAMES = (
    "minute", "requests", "failed", "input_tokens", "output_tokens", "cached_input_tokens",
    "input_tokens_with_cache_known", "bucket_s",
)  # fmt: skip


def minute_table(minute, *, workload=None, model=None, last_second=None, set_aside=(), **columns):
    """One entry a minute; what is not given is a request of 10 tokens in and 1 out."""
    minute = np.asarray(minute, dtype=np.int64)
    usual = {"requests": 1, "input_tokens": 10, "output_tokens": 1}
    made = {name: np.broadcast_to(columns.get(name, usual.get(name, 0)), minute.shape) for name in NAMES}
    made |= {name: values for name, values in columns.items() if name not in NAMES}
    numbers = {name: np.asarray(values, dtype=np.int64) for name, values in made.items()} | {"minute": minute}
    ends = minute + np.maximum(1, numbers["bucket_s"] // 60)
    return MinuteTable(
        workload=tuple(workload or ["all"] * minute.size),
        model=tuple(model or [""] * minute.size),
        columns=numbers,
        first_second=int(minute.min()) * 60,
        last_second=int(ends.max()) * 60 - 1 if last_second is None else last_second,
        rows_read=int(numbers["requests"].sum()),
        set_aside=tuple(set_aside),
    )
