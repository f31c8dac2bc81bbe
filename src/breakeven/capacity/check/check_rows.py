"""Rows in, predictions out; and how those predictions compare with what the rows say was measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.capacity.fit.replica import require_positive
from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.step_model.columns import Floats, Mask, columns
from breakeven.capacity.step_model.cross_validation import Score, score, scores_by
from breakeven.capacity.step_model.levels import arithmetic
from breakeven.capacity.step_model.predictor import Prediction, predictor
from breakeven.capacity.step_model.setup_rows import Fields, measured_of, setup_of
from breakeven.facts.records import Architecture
from breakeven.problems import Problem

DENSE, MIXTURE = "dense", "mixture of experts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One row's prediction, or the reason why there is none."""

    prediction: Prediction | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Scores of the rows that could be predicted and say what was measured; `left_out`: reasons, counted."""

    all: Score
    by_engine: dict[str, Score]
    by_gpu: dict[str, Score]
    by_kind: dict[str, Score]
    left_out: dict[str, int]


def answers(rows: Iterable[Fields], architecture: Architecture | None = None) -> list[Answer]:
    """A prediction or a reason for every row, in their order. What was measured is not looked at."""
    found = [_setup_or_reason(row, architecture) for row in rows]
    predictions = iter(predictor().predict([each for each in found if isinstance(each, Setup)]))
    return [
        Answer(prediction=next(predictions)) if isinstance(each, Setup) else Answer(prediction=None, reason=each)
        for each in found
    ]


def _setup_or_reason(row: Fields, architecture: Architecture | None) -> Setup | str:
    try:
        setup = setup_of(row, architecture)
        columns([setup], arithmetic)  # a GPU without any arithmetic peak is told here, with its row
        require_room(setup)
    except Problem as problem:
        return str(problem).replace("\n", " ")
    return setup


def require_room(setup: Setup) -> None:
    """Raise `Problem` where the bare weights are more than the GPUs' memory."""
    require_positive(isl=setup.mean_input_tokens, osl=setup.mean_output_tokens)
    cells = columns([setup], arithmetic)
    weights = float(cells["streamed_bytes"][0] + cells["expert_bytes"][0])
    there = setup.layout.gpus * setup.gpu.memory_bytes
    if weights > there:
        raise Problem(
            f"{setup.architecture.model} in {setup.precision.name} has {weights / 1e9:,.0f} GB of weights, and "
            f"{setup.layout.gpus} × {setup.gpu.key} have {there / 1e9:,.0f} GB of memory",
            fix="Use more GPUs, or narrower weights.",
        )


def check(rows: Sequence[Fields]) -> Check:
    """Predict every row, compare with what was measured. Raises `Problem` when no row can be compared."""
    answered = answers(rows)
    known = [measured_of(row) for row in rows]
    used = [at for at, answer in enumerate(answered) if answer.prediction and known[at]]
    if not used:
        told = next((answer.reason for answer in answered if answer.reason), "no row says what was measured")
        raise Problem("no row can be compared", fix=f"The first reason: {told}")
    kept = [setup_of(rows[at]) for at in used]
    errors, inside = _compared(answered, known)
    return Check(
        all=score(errors, inside),
        by_engine=scores_by([setup.bench.engine for setup in kept], errors, inside),
        by_gpu=scores_by([setup.gpu.key for setup in kept], errors, inside),
        by_kind=scores_by([MIXTURE if setup.mixture else DENSE for setup in kept], errors, inside),
        left_out=_reasons(answered, known),
    )


def _compared(found: Sequence[Answer], known: Sequence[float | None]) -> tuple[Floats, Mask]:
    """Log errors, and whether the band holds the measurement, of the rows that have both."""
    both = [(each.prediction, actual) for each, actual in zip(found, known, strict=True) if each.prediction and actual]
    measured = np.array([actual for _, actual in both])
    bands = np.array([(each.p10, each.p50, each.p90) for each, _ in both])
    inside = (bands[:, 0] <= measured) & (measured <= bands[:, 2])
    return np.log(bands[:, 1] / measured), inside


def _reasons(found: Sequence[Answer], known: Sequence[float | None]) -> dict[str, int]:
    told = [each.reason or ("" if known[at] else "no measurement") for at, each in enumerate(found)]
    return {reason: told.count(reason) for reason in sorted(set(filter(None, told)))}
