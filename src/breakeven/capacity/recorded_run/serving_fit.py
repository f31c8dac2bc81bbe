"""Step costs and KV cache of a recorded run, fitted to its first requests by replaying all that were asked.

The replay knows of the later requests what a client knows: when they came and how long they are. Fitted are the
constants whose replay comes closest to the first requests' times: from scheduling to the first token, from the
first token to the last, and in the queue. They are held near what bandwidth and arithmetic say, loosely, so that
what a run does not show (the cost of memory traffic in a run with an even load) stays plausible.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from scipy.optimize import least_squares, minimize

from breakeven.capacity.recorded_run.run_engine import Engine, engine_of
from breakeven.capacity.recorded_run.serving_run import ServingRun
from breakeven.capacity.replay.ledger import BLOCK
from breakeven.capacity.replay.replay import Replayed, Replicas, replay
from breakeven.capacity.replay.step_costs import PICOSECONDS, StepCosts
from breakeven.capacity.replay.trace import Trace, trace_of

FITTED = ("overhead", "weights", "per_token", "per_sequence", "per_context_token")
DIFFERENCE = 0.02  # relative step of the numerical derivative: below it, replays differ by single steps only
MOVED = 1.0  # the solver's step is relative to the place: away from zero, it is as given
SOFT = 0.1  # residuals beyond 10 % count ever less: a warm-up or a hiccup is not the engine
TOKENS_WEIGHT = 5.0  # a request's decoding is hundreds of steps, its first token two
HELD = 0.1  # weight of the guess against a request's residual
SLOPE_EVALUATIONS = 15  # of the derivative
SIMPLEX = 0.2  # first size of the simplex, as a logarithm
THOROUGH, BRIEF = 400, 80  # evaluations of the simplex: for the answer, and to compare sizes of the KV cache
PACES = (-1.2, -0.8, -0.4, -0.2, 0.0, 0.2, 0.4, 0.8, 1.2)  # logarithms of all constants over the guess
WARM_UP_START = 0.5  # tenths of a second; not at zero, where the sign turns
# Sizes of the KV cache are compared by the mean loss of neighbours: one block more admits one request a step earlier,
# which changes who is preempted next, so that the loss of a single size is partly luck.
KV_REACH, KV_FINEST, KV_TRIED, KV_SMOOTHED = 2.5, 0.025, 41, 5
KV_DOUBTFUL, KV_COARSE = 0.05, 9  # above this doubt, so many sizes are first tried with costs of their own

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFit:
    """What was fitted, and what was not."""

    engine: Engine
    costs: StepCosts
    kv_blocks: int
    kv_fitted: bool
    warm_up_seconds: float
    loss: float
    replayed: Replayed  # all requests of the run, with the fitted constants


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked of every replay while fitting."""

    engine: Engine
    trace: Trace
    waited: Floats  # measured, of the first requests: seconds from queued to first token,
    prefilled: Floats  # from scheduled to first token,
    decoded: Floats  # from first to last token


def fit_run(run: ServingRun) -> RunFit:
    """Fit on `run.answered`, the first requests by arrival; replay all."""
    question = _question(run)
    best = _fit_costs(question, _start(question), question.engine.limits.kv_blocks, THOROUGH)
    binding = _binding(question, best)
    if binding and question.engine.kv_spread:
        best = _fit_blocks(question, best)
    costs, warm_up = _constants(question, best.place)
    return RunFit(
        engine=question.engine,
        costs=costs,
        kv_blocks=best.blocks,
        kv_fitted=binding,
        warm_up_seconds=warm_up,
        loss=best.loss,
        replayed=_replay(question, best.place, best.blocks),
    )


def _question(run: ServingRun) -> _Question:
    known = run.answered
    return _Question(
        engine=engine_of(run),
        trace=trace_of((each.arrival, each.prompt, each.output, ()) for each in run.asked),
        waited=np.array([each.first - each.queued for each in known]),
        prefilled=np.array([each.first - each.scheduled for each in known]),
        decoded=np.array([each.last - each.first for each in known]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    place: Floats  # logarithms of the constants over the guess; last the warm-up in tenths of a second
    blocks: int
    loss: float


def _constants(question: _Question, place: Floats) -> tuple[StepCosts, float]:
    guess = question.engine.guess
    scaled = {name: getattr(guess, name) * float(np.exp(each)) for name, each in zip(FITTED, place[:-1], strict=True)}
    kept = {each.name: getattr(guess, each.name) for each in fields(guess)}
    return StepCosts(**(kept | scaled)), float(abs(place[-1]) / 10)


def _start(question: _Question) -> Floats:
    """The guess, faster or slower as a whole: the pace that comes closest."""
    residuals = _residuals(question, question.engine.limits.kv_blocks)
    tried = [np.append(np.full(len(FITTED), each), WARM_UP_START) for each in PACES]
    return min(tried, key=lambda each: float(np.sum(np.abs(residuals(each)))))


def _replay(question: _Question, place: Floats, blocks: int) -> Replayed:
    costs, warm_up = _constants(question, place)
    return replay_on(question.engine, question.trace, costs, blocks, warm_up)


def replay_on(engine: Engine, trace: Trace, costs: StepCosts, blocks: int, warm_up_seconds: float) -> Replayed:
    """A trace on the run's engine with these costs and this KV cache."""
    fleet = Replicas(
        replicas=engine.replicas,
        limits=replace(engine.limits, kv_blocks=blocks),
        costs=costs,
        routing="least_loaded",
        ready_seconds=(warm_up_seconds,) * engine.replicas,
    )
    return replay(trace, fleet, note_queued=True)


def _residuals(question: _Question, blocks: int) -> Callable[[Floats], Floats]:
    count = len(question.waited)

    def residuals(place: Floats) -> Floats:
        book = _replay(question, place, blocks).book
        queued, scheduled, first, last = (
            np.array(times[:count], dtype=float) / PICOSECONDS
            for times in (book.queued, book.scheduled, book.first, book.last)
        )
        many = question.decoded > 0
        decoded = np.log((last - first)[many] / question.decoded[many])
        prefilled = np.log(np.maximum(first - scheduled, 1e-6) / np.maximum(question.prefilled, 1e-6))
        waited = (first - queued - question.waited) / question.waited.mean()
        held = np.append(place[:-1] / question.engine.spread, place[-1]) * HELD
        return np.concatenate([TOKENS_WEIGHT * decoded, prefilled, waited, held])

    return residuals


def _fit_costs(question: _Question, start: Floats, blocks: int, evaluations: int) -> _Found:
    """Follow the slope first, then feel the way: the loss has steps where a request is admitted a step later."""
    residuals = _residuals(question, blocks)
    sloped = least_squares(
        lambda moved: residuals(moved - MOVED),
        start + MOVED,
        diff_step=DIFFERENCE,
        loss="soft_l1",
        f_scale=SOFT,
        max_nfev=SLOPE_EVALUATIONS,
    )
    place = sloped.x - MOVED
    corners = np.vstack([place, place + SIMPLEX * np.eye(len(place))])
    felt = minimize(
        lambda trial: _soft(residuals(trial)),
        place,
        method="Nelder-Mead",
        options={"initial_simplex": corners, "maxfev": evaluations, "xatol": 1e-3, "fatol": 1e-3, "adaptive": True},
    )
    return _Found(place=felt.x, blocks=blocks, loss=float(felt.fun))


def _soft(residuals: Floats) -> float:
    """Half the sum of squares of small residuals; large ones count by their size."""
    return float(SOFT**2 * np.sum(np.sqrt(1 + (residuals / SOFT) ** 2) - 1))


def _binding(question: _Question, found: _Found) -> bool:
    """Whether the KV cache's size made a difference to the first requests."""
    count = len(question.waited)
    as_is, larger = (_replay(question, found.place, size).book for size in (found.blocks, 2 * found.blocks))
    return as_is.first[:count] != larger.first[:count] or as_is.last[:count] != larger.last[:count]


def _fit_blocks(question: _Question, start: _Found) -> _Found:
    """Sizes around the stated or computed one, then finer around the best; the costs follow after each round."""
    spread = question.engine.kv_spread
    centre, reach = 0.0, KV_REACH * spread
    if spread > KV_DOUBTFUL:
        start, centre = _coarse(question, start)
        reach = 2 * reach / KV_COARSE
    while True:
        sizes = centre + np.linspace(-reach, reach, KV_TRIED)
        losses = [_loss_at(question, start.place, _size(question, trial)) for trial in sizes]
        held = (SOFT * sizes / spread) ** 2 / 2
        smooth = np.convolve(
            np.pad(losses, KV_SMOOTHED // 2, mode="edge"), np.full(KV_SMOOTHED, 1 / KV_SMOOTHED), "valid"
        )
        centre = float(sizes[int(np.argmin(smooth + held))])
        last = reach <= KV_FINEST
        start = _fit_costs(question, start.place, _size(question, centre), THOROUGH if last else BRIEF)
        if last:
            return start
        reach = max(reach / 5, KV_FINEST)


def _coarse(question: _Question, found: _Found) -> tuple[_Found, float]:
    """Sizes far apart, the costs fitted to each: a wrong size bends the costs, so both are looked for together."""
    spread = question.engine.kv_spread
    tried = {
        float(each): _fit_costs(question, found.place, _size(question, each), BRIEF)
        for each in np.linspace(-KV_REACH * spread, KV_REACH * spread, KV_COARSE)
    }
    centre = min(tried, key=lambda each: tried[each].loss + (SOFT * each / spread) ** 2 / 2)
    return tried[centre], centre


def _size(question: _Question, logarithm: float) -> int:
    """KV blocks, as many as the longest request needs at least."""
    trace = question.trace
    least = -(-max(a + b for a, b in zip(trace.prompt, trace.output, strict=True)) // BLOCK)
    return max(round(question.engine.limits.kv_blocks * float(np.exp(logarithm))), least)


def _loss_at(question: _Question, place: Floats, blocks: int) -> float:
    return _soft(_residuals(question, blocks)(place))
