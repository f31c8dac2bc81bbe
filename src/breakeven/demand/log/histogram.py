"""Exact sizes of requests: how many have each length, and how input and output go together.

Counts of whole lengths add up over files, days and engines, and every quantile of them is exact. The joint
histogram has bins that double in width; the correlation does not need them: it comes from the exact sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Any

import numpy as np

from breakeven.demand.log.libraries import as_numpy, ibis
from breakeven.texts import name_shown

BINS = (0, *(2**power for power in range(4, 24)))  # a bin's lowest length: 0, 16, 32, … 8 million
MOST_WORKLOADS = 1_000  # beyond it the sizes are those of all workloads together
ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lengths:
    """How many requests have each length in tokens, the shortest first."""

    length: np.ndarray
    requests: np.ndarray

    @property
    def count(self) -> int:
        """How many requests there are."""
        return int(self.requests.sum())

    @property
    def mean(self) -> float:
        """Tokens per request; zero when there are none."""
        return self.total() / self.count if self.count else 0.0

    def total(self, power: int = 1) -> int:
        """The exact sum of all lengths, or of their squares."""
        pairs = zip(self.length.tolist(), self.requests.tolist(), strict=True)
        return sum(length**power * requests for length, requests in pairs)

    def quantile(self, share: float) -> float:
        """The length that `share` of the requests do not exceed, between two requests on the straight line."""
        if not self.count:
            return 0.0
        place = share * (self.count - 1)
        below, above = (self._length_of(each) for each in (floor(place), ceil(place)))
        return below + (above - below) * (place - floor(place))

    def _length_of(self, place: int) -> int:
        """The length of the request at this place, the shortest being at 0."""
        return int(self.length[np.searchsorted(np.cumsum(self.requests), place, side="right")])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sizes:
    """The requests of one workload: lengths of input and of output, and both together.

    `joint[i, j]` counts requests whose input falls into bin i of BINS and whose output into bin j;
    `cross` is the sum of input times output over all requests, for the exact correlation.
    """

    workload: str
    input: Lengths
    output: Lengths
    joint: np.ndarray
    cross: int

    @property
    def correlation(self) -> float | None:
        """Pearson's correlation of input and output length; None when one of them never changes."""
        count, ins, outs = self.input.count, self.input.total(), self.output.total()
        spread = [count * each.total(2) - each.total() ** 2 for each in (self.input, self.output)]
        if min(spread) <= 0:
            return None
        return (count * self.cross - ins * outs) / (sqrt(spread[0]) * sqrt(spread[1]))


def size_questions(rows: Any, *, by_workload: bool) -> dict[str, Any]:
    """The three push-downs over readable rows: lengths of input, lengths of output, both in bins."""
    used = rows.filter((rows.reason == "") & worked(rows))
    named = used.select(
        "input_tokens",
        "output_tokens",
        workload=used.workload if by_workload else ibis().literal(ALL),
        input_bin=_bin(used.input_tokens),
        output_bin=_bin(used.output_tokens),
    )
    counted = {"requests": named.count().cast("int64")}
    return {
        "input": named.group_by("workload", "input_tokens").agg(
            **counted, output_tokens=named.output_tokens.sum().cast("int64")
        ),
        "output": named.group_by("workload", "output_tokens").agg(**counted),
        "joint": named.group_by("workload", "input_bin", "output_bin").agg(**counted),
    }


def worked(rows: Any) -> Any:
    """True for rows that a model worked on: not for rows without tokens, nor for hits of a response cache."""
    if "requests" in rows.columns:
        return (rows.requests > 0) & (rows.input_tokens + rows.output_tokens > 0)
    return (rows.failed == 0) | (rows.input_tokens + rows.output_tokens > 0)


def _bin(column: Any) -> Any:
    return ibis().cases(*((column >= low, i) for i, low in reversed(list(enumerate(BINS)))), else_=0)


def sizes_of(answers: Mapping[str, Any]) -> tuple[Sizes, ...]:
    """The engine's three answers (Arrow) as sizes by workload, in the order of their names."""
    parts = {name: _by_workload(answer) for name, answer in answers.items()}
    return tuple(_sizes(name, {part: found[name] for part, found in parts.items()}) for name in sorted(parts["input"]))


Columns = dict[str, np.ndarray]


def _by_workload(answer: Any) -> dict[str, Columns]:
    """The answer's number columns, split by workload."""
    names = np.array([name_shown(name) for name in answer["workload"].to_pylist()], dtype=object)
    numbers = {
        column: as_numpy(answer[column]).astype(np.int64) for column in answer.column_names if column != "workload"
    }
    by_workload: dict[str, Columns] = {}
    if not names.size:
        return by_workload
    order = np.argsort(names.astype(str), kind="stable")
    unique, starts = np.unique(names[order].astype(str), return_index=True)
    for name, chosen in zip(unique.tolist(), np.split(order, starts[1:]), strict=True):
        by_workload[name] = {column: values[chosen] for column, values in numbers.items()}
    return by_workload


def _sizes(workload: str, parts: Mapping[str, Columns]) -> Sizes:
    joint = np.zeros((len(BINS), len(BINS)), dtype=np.int64)
    both = parts["joint"]
    np.add.at(joint, (both["input_bin"], both["output_bin"]), both["requests"])
    pairs = zip(parts["input"]["input_tokens"].tolist(), parts["input"]["output_tokens"].tolist(), strict=True)
    return Sizes(
        workload=workload,
        input=_lengths(parts["input"]["input_tokens"], parts["input"]["requests"]),
        output=_lengths(parts["output"]["output_tokens"], parts["output"]["requests"]),
        joint=joint,
        cross=sum(length * outs for length, outs in pairs),
    )


def _lengths(length: np.ndarray, requests: np.ndarray) -> Lengths:
    order = np.argsort(length, kind="stable")
    return Lengths(length=length[order], requests=requests[order])


def together(parts: Sequence[Sizes]) -> Sizes:
    """All workloads as one."""
    return Sizes(
        workload=ALL,
        input=_merged([each.input for each in parts]),
        output=_merged([each.output for each in parts]),
        joint=np.asarray(np.sum([each.joint for each in parts], axis=0, dtype=np.int64)),
        cross=sum(each.cross for each in parts),
    )


def _merged(parts: Sequence[Lengths]) -> Lengths:
    length, place = np.unique(np.concatenate([each.length for each in parts]), return_inverse=True)
    requests = np.zeros(length.size, dtype=np.int64)
    np.add.at(requests, place, np.concatenate([each.requests for each in parts]))
    return Lengths(length=length, requests=requests)
