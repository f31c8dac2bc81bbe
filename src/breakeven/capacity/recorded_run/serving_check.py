"""How well a replay predicts a recorded run: fitted on its first requests, compared with the rest.

The later requests' answers are read after the prediction is made, and only to compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

import numpy as np

from breakeven.capacity.recorded_run.serving_fit import RunFit, fit_run, replay_on
from breakeven.capacity.recorded_run.serving_run import Answered, Asked, read_answers, read_serving_run
from breakeven.capacity.replay.ledger import BLOCK
from breakeven.capacity.replay.replay import Replayed
from breakeven.capacity.replay.step_costs import PICOSECONDS

PERCENTILES = (50, 90, 99)
JITTERED, JITTER_SEED = 8, 1  # replays with arrivals moved within a step, below saturation
OVERLOAD = 10  # a median wait of that many prefills: the queue only grows, and the run shows the drain rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """Latencies of the later requests, in order of arrival (for each replay, where several are averaged). Seconds."""

    ttft: tuple[float, ...]
    tpot: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A fit, its prediction, and how far it is from what was measured (relative, in percent)."""

    fit: RunFit
    fitted_requests: int
    predicted: Predicted
    measured: Predicted
    notices: tuple[str, ...]

    def errors(self) -> dict[str, dict[str, float]]:
        """Percent by which each statistic of the prediction is above the measured one."""
        return {
            "ttft_error_pct": _apart(self.predicted.ttft, self.measured.ttft),
            "tpot_error_pct": _apart(self.predicted.tpot, self.measured.tpot),
        }


def predict_run(folder: Path, fit_first: int) -> tuple[RunFit, Predicted]:
    """Fit on the first requests by arrival and predict the rest from their lengths and arrivals alone."""
    run = read_serving_run(folder, fit_first)
    fit = fit_run(run)
    replays = [fit.replayed] if _overload(fit, fit_first) else _jittered(fit)
    asked, answers = list(run.asked[fit_first:]) * len(replays), []
    for replay in replays:
        times = zip(replay.book.queued, replay.book.first, replay.book.last, strict=True)
        answers += [
            Answered(queued=queued / PICOSECONDS, scheduled=0.0, first=first / PICOSECONDS, last=last / PICOSECONDS)
            for queued, first, last in list(times)[fit_first:]
        ]
    return fit, _latencies(asked, answers)


def _jittered(fit: RunFit) -> list[Replayed]:
    """Below saturation the first token depends on where in a step a request arrives: that is averaged."""
    chance = np.random.default_rng(JITTER_SEED)
    step = round((fit.costs.overhead + fit.costs.weights) * PICOSECONDS)
    found = []
    for _ in range(JITTERED):
        moved = accumulate((each + int(chance.integers(max(step, 1))) for each in fit.replayed.trace.arrival), max)
        trace = replace(fit.replayed.trace, arrival=tuple(moved))
        found.append(replay_on(fit.engine, trace, fit.costs, fit.kv_blocks, fit.warm_up_seconds))
    return found


def check_run(folder: Path, fit_first: int) -> Check:
    """Predict the later requests of a run and compare with what they measured."""
    fit, predicted = predict_run(folder, fit_first)
    asked = read_serving_run(folder, fit_first).asked
    measured = _latencies(asked[fit_first:], read_answers(folder, fit_first))
    return Check(
        fit=fit,
        fitted_requests=fit_first,
        predicted=predicted,
        measured=measured,
        notices=_notices(fit, fit_first),
    )


def statistics(seconds: Sequence[float]) -> dict[str, float]:
    """Mean and percentiles; empty when there is nothing."""
    if not seconds:
        return {}
    points = np.percentile(seconds, PERCENTILES)
    named = {f"p{each}": float(point) for each, point in zip(PERCENTILES, points, strict=True)}
    return {"mean": float(np.mean(seconds)), **named}


def parameters(fit: RunFit) -> dict[str, dict[str, float | int | str]]:
    """Every figure of the prediction with what it rests on: fitted, stated, computed or assumed."""
    engine, costs = fit.engine, fit.costs
    fitted = {
        name: {"value": getattr(costs, name), "unit": "s", "from": "fitted"}
        for name in ("overhead", "weights", "per_token", "per_sequence", "per_context_token")
    }
    rests = engine.rests_on["kv_blocks"]
    if fit.kv_fitted:
        start = engine.limits.kv_blocks * BLOCK
        rests = f"fitted; {rests}: {start:,}" if rests != "from the fit alone" else "fitted"
    else:
        rests += "; not fitted, since the fitted requests never filled it"
    return fitted | {
        "warm_up": {"value": fit.warm_up_seconds, "unit": "s", "from": "fitted"},
        "kv_tokens": {"value": fit.kv_blocks * BLOCK, "unit": "tokens", "from": rests},
        "max_num_seqs": {"value": engine.limits.most_sequences, "from": engine.rests_on["max_num_seqs"]},
        "max_num_batched_tokens": {
            "value": engine.limits.token_budget,
            "from": engine.rests_on["max_num_batched_tokens"],
        },
        "lookahead": {"value": int(engine.limits.lookahead), "unit": "steps", "from": engine.rests_on["lookahead"]},
    }


def _latencies(asked: Sequence[Asked], answers: Sequence[Answered]) -> Predicted:
    return Predicted(
        ttft=tuple(each.first - each.queued for each in answers),
        tpot=tuple(
            (each.last - each.first) / (request.output - 1)
            for request, each in zip(asked, answers, strict=True)
            if request.output > 1
        ),
    )


def _apart(predicted: Sequence[float], measured: Sequence[float]) -> dict[str, float]:
    ours, theirs = statistics(predicted), statistics(measured)
    return {name: (ours[name] / theirs[name] - 1) * 100 if theirs[name] else 0.0 for name in ours}


def _overload(fit: RunFit, count: int) -> bool:
    """Whether the later requests mostly wait in the queue."""
    book = fit.replayed.book
    waits = np.subtract(book.scheduled[count:], book.queued[count:])
    prefills = np.subtract(book.first[count:], book.scheduled[count:])
    return float(np.median(waits)) > OVERLOAD * float(np.median(prefills))


def _notices(fit: RunFit, count: int) -> tuple[str, ...]:
    """What the run can and cannot show."""
    load = (
        "Overload: most of the time to the first token is waiting in a queue that grows, so this shows how fast the "
        "engine drains it; latency below saturation is not tested here."
        if _overload(fit, count)
        else "Below saturation: time to the first token is a few steps, and where in a step a request arrives is "
        f"chance ({JITTERED} replays are averaged); the drain rate under overload is not tested here."
    )
    preempted = sum(fit.replayed.book.preempted)
    limit = (f"The replay preempts {preempted:,} times: memory is what limits this engine.",) if preempted else ()
    return (load, *limit)
