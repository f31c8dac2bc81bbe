"""One month of a plan against what was measured of it: one number after the other in the place of the planned one.

Volume, its mix and its cache first, then the bills. What each changes is its part of the gap, and the parts add up to
the gap, because each is the difference of two neighbouring results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from breakeven.decision.comparison import BASELINE, Comparison
from breakeven.numbers.operations import Value, pick
from breakeven.proof.track.actuals import Month, OfMonth, What

Known = Mapping[What, OfMonth]
BILLED: tuple[What, ...] = ("api_bill", "gpu_rent", "host_and_storage", "egress")
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One measured number in the place of the planned one, and what that changes of the month's cost."""

    name: str
    planned: float
    measured: float
    changes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedMonth:
    """One month, from 1. `actual` is with all that was measured; what was not stays as planned (`as_planned`)."""

    month: str
    number: int
    plan: float
    actual: float
    steps: tuple[Step, ...]
    as_planned: tuple[str, ...]
    known_days: int
    month_days: int
    utilization: float | None
    cached_share: float | None

    @property
    def gap(self) -> float:
        """What it cost more than planned: the sum of the steps."""
        return self.actual - self.plan


@dataclass(frozen=True, slots=True, kw_only=True)
class _At:
    """One month of one option of a comparison."""

    comparison: Comparison
    column: int
    place: int

    def of(self, line: str, changed: Mapping[str, Value]) -> float:
        got = self.comparison.evaluate([line], **changed)[line]
        return self.comparison.month(got, self.column, self.place)

    def pinned(self, line: str, value: float, changed: Mapping[str, Value]) -> Value:
        """The line as it is, but for this option in this month."""
        got = np.broadcast_to(
            self.comparison.evaluate([line], **changed)[line],
            (1, 1, len(self.comparison.names), 1, self.comparison.months),
        ).copy()
        got[0, 0, self.column, 0, self.place] = value
        return got


def month_of(comparison: Comparison, column: int, place: int, month: Month, known: Known) -> TrackedMonth:
    at = _At(comparison=comparison, column=column, place=place)
    changed: dict[str, Value] = {}
    cost = plan = at.of("monthly_cost", changed)
    steps: list[Step] = []
    for name, planned, measured, change in _measured(at, known, changed):
        changed.update(change())
        now = at.of("monthly_cost", changed)
        steps.append(Step(name=name, planned=planned, measured=measured, changes=now - cost))
        cost = now
    own = sum(known[what].amount for what in ("own_input_tokens", "own_output_tokens") if what in known)
    days = min((of_month.days for of_month in known.values()), default=0)
    return TrackedMonth(
        month=f"{month[0]}-{month[1]:02d}",
        number=place + 1,
        plan=plan,
        actual=cost,
        steps=tuple(steps),
        as_planned=tuple(_as_planned(at, {step.name for step in steps})),
        known_days=days,
        month_days=next(iter(known.values())).month_days,
        utilization=_utilization(at, known, own),
        cached_share=_cached(known, "own_cached_tokens", "own_input_tokens"),
    )


def _as_planned(at: _At, measured: set[str]) -> Iterator[str]:
    """Lines of which nobody has a bill; what serving cost as a whole covers its parts."""
    told = measured | ({"gpu_rent", "host_and_storage", "egress"} if "self_hosting" in measured else set())
    return (line for line in (*BILLED, "elsewhere_bill") if line not in told and at.of(line, {}))


def _measured(
    at: _At, known: Known, changed: Mapping[str, Value]
) -> Iterator[tuple[str, float, float, Callable[[], dict[str, Value]]]]:
    """Each measured number in order: its name, planned and measured, and what to put in the plan's place."""
    values = at.comparison.values
    tokens = [known[what].whole / 1e6 for what in ("input_tokens", "output_tokens") if what in known]
    if len(tokens) == 2:
        volume = at.of("volume", changed)
        yield "volume", volume, sum(tokens), lambda: {"volume_scale": values["volume_scale"] * sum(tokens) / volume}
        planned = [float(np.sum(values[f"{kind}_mtok_per_month"])) for kind in ("input", "output")]
        share = planned[1] / sum(planned)
        now = tokens[1] / sum(tokens)
        if 0 < share < 1:
            yield (
                "output share",
                share,
                now,
                lambda: {
                    "input_mtok_per_month": values["input_mtok_per_month"] * (1 - now) / (1 - share),
                    "output_mtok_per_month": values["output_mtok_per_month"] * now / share,
                },
            )
    cached = _cached(known, "cached_tokens", "input_tokens")
    before = _weighed(values["cached_share"], values["input_mtok_per_month"])
    if cached is not None and before > 0:
        yield (
            "cached_share",
            before,
            cached,
            lambda: {"cached_share": np.minimum(values["cached_share"] * cached / before, 1.0)},
        )
    yield from _bills(at, known, changed)


def _bills(
    at: _At, known: Known, changed: Mapping[str, Value]
) -> Iterator[tuple[str, float, float, Callable[[], dict[str, Value]]]]:
    """Lines whose amount somebody has billed; a whole cost of serving only where its parts are not told."""
    for line in BILLED:
        if line in known and not (line == "api_bill" and at.of("elsewhere_bill", {})):
            amount = known[line].whole
            yield (
                line,
                at.of(line, changed),
                amount,
                lambda line=line, amount=amount: {  # type: ignore[misc]
                    line: at.pinned(line, amount, changed)
                },
            )
    if "api_bill" in known and (elsewhere := at.of("elsewhere_bill", changed)):
        # two hosts bill, and a bill of tokens does not say which one it is of: what stays at today's is as planned
        amount = known["api_bill"].whole - at.of("api_bill", changed)
        yield (
            "elsewhere_bill",
            elsewhere,
            amount,
            lambda: {"elsewhere_bill": at.pinned("elsewhere_bill", amount, changed)},
        )
    if "self_hosting" in known and "gpu_rent" not in known:
        amount, around = known["self_hosting"].whole, at.of("hardware_upkeep", changed)
        planned = at.of("compute", changed) + around
        yield "self_hosting", planned, amount, lambda: {"compute": at.pinned("compute", amount - around, changed)}


def _weighed(share: Value, by: Value) -> float:
    """The mean of a share over the workloads, each with its input."""
    both = np.broadcast_arrays(np.asarray(share, float), np.asarray(by, float))
    return float((both[0] * both[1]).sum() / both[1].sum()) if both[1].sum() else 0.0


def _cached(known: Known, part: What, whole: What) -> float | None:
    if part not in known or whole not in known or not known[whole].amount:
        return None
    return known[part].amount / known[whole].amount


def _utilization(at: _At, known: Known, own: float) -> float | None:
    """Tokens that our engines served over what the planned replicas could have in the same time."""
    if not own or at.column == BASELINE:
        return None
    days = known["own_output_tokens" if "own_output_tokens" in known else "own_input_tokens"].days
    replicas = float(pick(at.comparison.fleets, option=at.column, month=at.place))
    speed = float(np.min(at.comparison.values["replica_tokens_per_second"]))
    able = replicas * speed * days * SECONDS_PER_DAY
    return own / able if able else None
