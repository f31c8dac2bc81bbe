"""One to three measurements of one's own, and what they say of the same deployment at other lengths and loads.

Before them, a deployment's log error is normal with the spreads of the hierarchical fit (`pooling`). What nobody
else shares is added here: a deployment is faster or slower by one factor (`level`), and by one that fades with
distance in lengths and batch (`near`). Measurements have `noise`. Normal with normal is normal: the update is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.step_model.columns import Floats
from breakeven.capacity.step_model.pooling import SPREADS
from breakeven.capacity.step_model.predictor import Calibration, Prediction, Predictor, bands, calibration, predictor


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSpreads:
    """Standard deviations [log]: of a deployment's own factor, of its fading one, of a measurement."""

    level: float
    near: float
    noise: float


# Chosen with groups left out and three of their rows given back: the smallest error of the others.
OWN = OwnSpreads(level=0.20, near=0.05, noise=0.03)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A deployment under a load and what it was measured at: output tokens/s of all GPUs; s per output token."""

    setup: Setup
    output_tokens_per_second: float
    tpot_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A band of output tokens per second over all GPUs, and of seconds per output token of one request."""

    tokens_per_second: Prediction
    tpot_seconds: Prediction


def with_own_effect(covariance: Floats, place: Floats) -> Floats:
    """The covariance of errors of one deployment's rows, its own effects included."""
    squares = (place**2).sum(axis=1)
    apart = np.maximum(squares[:, None] + squares[None] - 2 * place @ place.T, 0.0)
    near = np.exp(-apart / (2 * SPREADS.reach**2))
    return np.asarray(covariance + OWN.level**2 + OWN.near**2 * near)


def updated(covariance: Floats, errors: Floats) -> tuple[Floats, Floats]:
    """What the first rows' log errors say of the others: the error to expect, and its standard deviation.

    `covariance`: of all rows, the measured ones first; `errors`: log predicted − log measured of those.
    """
    known = len(errors)
    among = covariance[:known, :known] + OWN.noise**2 * np.eye(known)
    common = covariance[:known, known:]
    pull = np.linalg.solve(among, common)
    left = np.diag(covariance)[known:] - np.einsum("ij,ij->j", common, pull)
    return np.asarray(pull.T @ errors), np.sqrt(np.maximum(left, 0.0) + OWN.noise**2)


def foresee(
    points: Sequence[Point],
    asked: Sequence[Setup],
    known: Predictor | None = None,
    constants: Calibration | None = None,
) -> list[Foreseen]:
    """The bands of deployments, given measurements of the same one. Without points: the band from published rows.

    Seconds per output token are the sequences in flight over the tokens per second where no point says them, and
    else corrected by those that do. Raises `NoArithmetic`.
    """
    known, constants = known or predictor(), constants or calibration()
    if not asked:
        return []
    if not points:
        sequences = known.together(asked).sequences
        return [_before(prediction, float(n)) for prediction, n in zip(known.predict(asked), sequences, strict=True)]
    joint = known.together([*(point.setup for point in points), *asked])
    covariance = with_own_effect(joint.covariance, joint.place)
    count = len(points)
    measured = np.log([point.output_tokens_per_second for point in points])
    shift, deviation = updated(covariance, joint.middle[:count] - measured)
    beyond = max(float((measured - joint.most[:count]).max()), 0.0)  # drafted tokens, say, which no datasheet knows
    most = joint.most[count:] + beyond
    speed = np.minimum(joint.middle[count:] - shift, most)
    half = np.minimum(deviation * constants.own_band, joint.half[count:])  # a measurement leaves nobody less sure
    log_sequences = np.log(joint.sequences)
    each_token, each_half = _tpot(points, covariance, log_sequences - joint.middle, log_sequences[count:] - speed, half)
    return [
        Foreseen(tokens_per_second=each_speed, tpot_seconds=_band(*each_time))
        for each_speed, each_time in zip(
            bands(speed, half, most), zip(each_token, each_half * constants.own_band, strict=True), strict=True
        )
    ]


def _tpot(
    points: Sequence[Point], covariance: Floats, modelled: Floats, implied: Floats, half: Floats
) -> tuple[Floats, Floats]:
    """Log seconds per output token of the asked, and their deviations; by the points that say them, if any do."""
    count = len(points)
    saying = [at for at, point in enumerate(points) if point.tpot_seconds]
    if not saying:
        return implied, half / calibration().own_band
    order = [*saying, *range(count, len(modelled))]
    told = np.log([point.tpot_seconds for point in points if point.tpot_seconds])
    shift, deviation = updated(covariance[np.ix_(order, order)], modelled[saying] - told)
    return modelled[count:] - shift, deviation


def _before(speed: Prediction, sequences: float) -> Foreseen:
    slow, middle, fast = (sequences / each for each in (speed.p10, speed.p50, speed.p90))
    return Foreseen(tokens_per_second=speed, tpot_seconds=Prediction(p10=fast, p50=middle, p90=slow))


def _band(middle: float, half: float) -> Prediction:
    low, likely, high = (float(np.exp(each)) for each in (middle - half, middle, middle + half))
    return Prediction(p10=low, p50=likely, p90=high)
