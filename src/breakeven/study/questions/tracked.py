"""The plan against what came of it, month by month, and what that says of the decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from breakeven.decision.answers.verdict import Class
from breakeven.decision.comparison import BASELINE, Comparison
from breakeven.problems import Problem
from breakeven.proof.track.actuals import Actuals, Month, What, by_month
from breakeven.study.judge.assess import comparison_of
from breakeven.study.questions.explain import column as named_column
from breakeven.study.questions.measured import Measurement, judged_with, of_column, own_option
from breakeven.study.questions.tracked_month import Known, TrackedMonth, month_of
from breakeven.study.study import Study

OWN_SIGNS: tuple[What, ...] = ("gpu_rent", "self_hosting", "own_input_tokens", "own_output_tokens")
LEAST_DAYS = 7  # of a month: fewer say little of the whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossed:
    """A flip of an option that what was measured lies beyond."""

    option: str
    name: str
    planned: float
    turns_at: float
    measured: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """All of it. `forecast` is the cost of every month of the horizon with what was measured so far.

    Verdict and worth are of the option that was carried out, or of the best one where buying was; `best`: which option
    the study is for, before and with what was measured.
    """

    option: str
    currency: str
    months: tuple[TrackedMonth, ...]
    plan: tuple[float, ...]
    forecast: tuple[float, ...]
    planned_utilization: float | None
    verdict_before: Class
    verdict_after: Class
    worth_before: float
    worth_after: float
    best: tuple[str, str]
    crossed: tuple[Crossed, ...]
    notices: tuple[str, ...]

    @property
    def planned_so_far(self) -> float:
        """What the tracked months were to cost, together."""
        return sum(each.plan for each in self.months)

    @property
    def paid_so_far(self) -> float:
        """What they did cost."""
        return sum(each.actual for each in self.months)

    def changed_so_far(self, step: str) -> float:
        """What one measured number changed in all of them."""
        return sum(each.changes for month in self.months for each in month.steps if each.name == step)

    @property
    def reopen(self) -> bool:
        """Whether the decision should be looked at again."""
        return bool(self.crossed) or self.verdict_before != self.verdict_after or self.best[0] != self.best[1]


def tracked(study: Study, actuals: Actuals, *, option: str | None = None) -> tuple[Tracked, Study]:
    """Hold a study against actuals. Raises `Problem` where none of them lies within its horizon."""
    known = by_month(actuals)
    places = {month: _number(month, study.basis.header.as_of) for month in known}
    within = {month: place for month, place in places.items() if 0 <= place < study.basis.header.horizon_months}
    notices = [*actuals.notices, *_outside(places, within, study)]
    chosen = _column(study, known, option)
    comparison = comparison_of(study.basis)
    months = tuple(month_of(comparison, chosen, place, month, known[month]) for month, place in within.items())
    notices += [f"{month.month}: {month.known_days} of {month.month_days} days are known, taken for the whole month."
                for month in months if month.known_days < month.month_days]  # fmt: skip
    judged = chosen if chosen != BASELINE else study.verdict.best_option
    ratios = _ratios(months, study)
    after = judged_with(study.basis, ratios, {}, "")
    old, new = of_column(study, judged), of_column(after, judged)
    use = old.utilization
    return Tracked(
        option=study.basis.columns[chosen].name,
        currency=study.basis.header.currency,
        months=months,
        plan=_path(comparison, chosen),
        forecast=_path(comparison_of(after.basis), chosen),
        planned_utilization=None if use is None or chosen == BASELINE else use.reached,
        verdict_before=old.verdict,
        verdict_after=new.verdict,
        worth_before=old.expected_net_present_value,
        worth_after=new.expected_net_present_value,
        best=(_best(study), _best(after)),
        crossed=tuple(
            crossed
            for looked in dict.fromkeys((judged, own_option(study) or judged))
            for crossed in _crossed(study, looked, ratios)
        ),
        notices=tuple(dict.fromkeys(notices)),
    ), after


def _best(study: Study) -> str:
    return study.basis.columns[study.verdict.best_option].name


def _number(month: Month, as_of: str) -> int:
    """The place of a calendar month in the plan, from 0: its first month is that of the day it was judged for."""
    start = date.fromisoformat(as_of)
    return (month[0] - start.year) * 12 + month[1] - start.month


def _outside(places: Mapping[Month, int], within: Mapping[Month, int], study: Study) -> Iterator[str]:
    header = study.basis.header
    if not within:
        told = "no actual lies within the plan" if places else "the files hold no actuals"
        named = [f"{year}-{month:02d}" for year, month in places]
        span = " to ".join(dict.fromkeys((named[0], named[-1]))) if named else ""
        where = f"{span}; the plan has {header.horizon_months} months from {header.as_of}" if places else ""
        raise Problem(told, where=where, fix="Give bills and logs of the months since.")
    if left := [f"{year}-{month:02d}" for year, month in places if (year, month) not in within]:
        yield f"Not in the plan, and left out: {', '.join(left)}."


def _column(study: Study, known: Mapping[Month, Known], option: str | None) -> int:
    """The option that was carried out: by name, else our own fleet where anything tells of one, else buying.

    A bill of tokens does not say of which host it is, so a move to another host is named.
    """
    if option is not None:
        return named_column(study, option)
    own = own_option(study)
    return own if own is not None and any(what in month for month in known.values() for what in OWN_SIGNS) else BASELINE


def _path(comparison: Comparison, column: int) -> tuple[float, ...]:
    cost = comparison.evaluate(["monthly_cost"])["monthly_cost"]
    return tuple(float(each) for each in comparison.path(cost, column))


def _ratios(months: tuple[TrackedMonth, ...], study: Study) -> dict[str, Measurement]:
    """Over all months together: what was measured over what was planned, of the inputs that later months share."""
    sums: dict[str, list[float]] = {}
    for month in months:
        if month.known_days >= min(LEAST_DAYS, month.month_days):
            for step in month.steps:
                both = sums.setdefault(step.name, [0.0, 0.0])
                both[0], both[1] = both[0] + step.measured, both[1] + step.planned
    inputs = {
        "volume": ("volume_scale",), "cached_share": ("cached_share",), "api_bill": ("price_scale",),
        "gpu_rent": ("gpu_price_per_hour",),
        "elsewhere_bill": ("elsewhere_input_price_per_mtok", "elsewhere_output_price_per_mtok"),
    }  # fmt: skip
    span = f"{months[0].month} to {months[-1].month}" if len(months) > 1 else months[0].month
    return {
        input_name: Measurement(
            name=input_name,
            value=measured / planned,
            source=f"actuals of {span}",
            date=study.basis.header.as_of,
            how="times",
        )
        for name, (measured, planned) in sums.items()
        if planned > 0 and measured > 0
        for input_name in inputs.get(name, ())
    }


def _crossed(study: Study, column: int, ratios: Mapping[str, Measurement]) -> Iterator[Crossed]:
    """Flips between what was planned and what was measured; of the volume, the margin within which it may move."""
    option = of_column(study, column)
    flips = {flip.name: flip for flip in option.flips}
    for name, ratio in ratios.items():
        assert not isinstance(ratio.value, Mapping)
        if name == "volume_scale":
            for change in (option.margin.down, option.margin.up, option.margin.to_win):
                if change is not None and 0 < change / (ratio.value - 1 or np.inf) <= 1:
                    yield Crossed(option=option.name, name=name, planned=1.0, turns_at=1 + change, measured=ratio.value)
        elif (flip := flips.get(name)) is not None and flip.at is not None:
            now = flip.expected * ratio.value
            if (flip.at - flip.expected) * (flip.at - now) <= 0:
                yield Crossed(option=option.name, name=name, planned=flip.expected, turns_at=flip.at, measured=now)
