"""Published-row calibration at work: the band of output tokens per second of any deployment.

The constants are read from data/fitted.yaml; what the step model misses of the published rows is pooled
anew at the first question (a fraction of a second), so nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from breakeven.capacity.fit.setup import Setup
from breakeven.capacity.step_model.columns import Floats, columns
from breakeven.capacity.step_model.cross_validation import Table, related, table
from breakeven.capacity.step_model.datasheet import log_most_tokens_per_second
from breakeven.capacity.step_model.fit import Fitted, values_of
from breakeven.capacity.step_model.levels import arithmetic, levels
from breakeven.capacity.step_model.pooling import SPREADS, Pool, Traits, covariance, kinship, traits, variances
from breakeven.capacity.step_model.setup_rows import published_setups
from breakeven.capacity.step_model.step import log_tokens_per_second, ranks, step_parts
from breakeven.capacity.step_model.widths import Widths, half_of, keys_of, known_levels, width_of
from breakeven.facts import catalog
from breakeven.shipped import shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """Output tokens per second over all GPUs: 80 % of such deployments lie between the outer two.

    Neither the middle nor the upper end exceeds what datasheets allow.
    """

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Deployments predicted together: log output tokens/s, their covariance, where they lie, sequences in flight.

    `half`: of the published band, a logarithm. `most`: what datasheets allow, likewise.
    """

    middle: Floats
    half: Floats
    covariance: Floats
    place: Floats
    sequences: Floats
    most: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What data/fitted.yaml says."""

    fitted: Fitted
    band: float  # deviations from the middle to either end of the band, from left-out groups
    widths: Widths  # by which the deviation of a kind of deployment is multiplied
    own_band: float  # the same after one to three measurements of one's own
    fitted_to: str  # SHA-256 of the table of published throughput


class Predictor:
    """Published rows and constants, ready for questions."""

    def __init__(self, known: Table, calibration: Calibration) -> None:
        self._calibration = calibration
        self._levels = known_levels(known.levels)
        self._known, residuals = related(known, values_of(calibration.fitted, known.levels))
        among = covariance(kinship(self._known, self._known, SPREADS), self._known, self._known, SPREADS)
        self._pool = Pool(among, residuals, SPREADS.noise)

    def predict(self, setups: Sequence[Setup]) -> list[Prediction]:
        """The band of each deployment, in the order asked. Raises `NoArithmetic`."""
        if not setups:
            return []
        found = [levels(each) for each in setups]
        cells = columns(setups, arithmetic)
        values = values_of(self._calibration.fitted, found)
        expected, deviation = self._relatives(traits(found, cells, step_parts(cells, values)))
        middle = log_tokens_per_second(cells, values) - expected
        return bands(middle, self._half(found, deviation), log_most_tokens_per_second(cells))

    def together(self, setups: Sequence[Setup]) -> Joint:
        """Deployments with what they are off together; see `own_points`. Raises `NoArithmetic`."""
        known_levels = [levels(setup) for setup in setups]
        cells = columns(setups, arithmetic)
        values = values_of(self._calibration.fitted, known_levels)
        parts = step_parts(cells, values)
        asked = traits(known_levels, cells, parts)
        common = covariance(kinship(asked, self._known, SPREADS), asked, self._known, SPREADS)
        among = covariance(kinship(asked, asked, SPREADS), asked, asked, SPREADS)
        expected, left = self._pool.together(common, among)
        middle = log_tokens_per_second(cells, values) - expected
        half = self._half(known_levels, np.sqrt(np.maximum(np.diag(left), 0.0) + SPREADS.noise**2))
        return Joint(
            middle=middle,
            half=half,
            covariance=left,
            place=asked.place,
            sequences=parts["batch"] * ranks(cells),
            most=log_most_tokens_per_second(cells),
        )

    def _half(self, found: Sequence[dict[str, str]], deviation: Floats) -> Floats:
        """Half of the band, a logarithm, from the deviation that relatives leave."""
        wide = np.array([width_of(keys_of(each, self._levels), self._calibration.widths) for each in found])
        return half_of(deviation * wide, self._calibration.band)

    def _relatives(self, asked: Traits) -> tuple[Floats, Floats]:
        common = covariance(kinship(asked, self._known, SPREADS), asked, self._known, SPREADS)
        return self._pool.told(common, variances(asked, SPREADS))


def bands(middle: Floats, half: Floats, most: Floats) -> list[Prediction]:
    """The bands of these middles and halves, none of which exceeds the most; logarithms."""
    likely = np.minimum(middle, most)
    ends = (likely - half, likely, np.minimum(likely + half, most))
    return [
        Prediction(p10=float(one), p50=float(two), p90=float(three))
        for one, two, three in zip(*map(np.exp, ends), strict=True)
    ]


def published_table() -> Table:
    """Our table of published throughput, ready for fitting."""
    rows = catalog.published_rows()
    measured = [row.number("output_tokens_per_second") for row in rows]
    return table(published_setups(rows), measured, [_or_nan(row.maybe_number("time_per_output_token")) for row in rows])


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


@cache
def calibration() -> Calibration:
    """The calibration that ships."""
    return read_calibration(shipped("capacity/data/fitted.yaml"))


def read_calibration(content: dict[str, Any]) -> Calibration:
    """The calibration of a fitted.yaml."""
    constants = content["constants"]
    effects = {
        (effect["constant"], effect["factor"], level): float(np.log(ratio))
        for effect in content["effects"]
        for level, ratio in effect["ratios"].items()
    }
    fitted = Fitted(
        constants={name: float(np.log(constant["value"])) for name, constant in constants.items()},
        effects=effects,
        deviations={name: float(constant["deviation"]) for name, constant in constants.items()},
    )
    return Calibration(
        fitted=fitted,
        band=content["band"]["deviations"],
        widths={
            (factor["factor"], level): float(np.log(ratio))
            for factor in content["widths"]
            for level, ratio in factor["ratios"].items()
        },
        own_band=content["own_band"]["deviations"],
        fitted_to=content["fitted_to"]["sha256"],
    )


@cache
def predictor() -> Predictor:
    """The predictor that ships."""
    return Predictor(published_table(), calibration())
