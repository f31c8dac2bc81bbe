"""How often published measurements lie inside the roofline's own 80 % band: is its width honest?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

from breakeven.capacity.fit.replica import REPLICA_SIZES, Replica, mean_context_tokens, sequences_at
from breakeven.capacity.speed.published import SATURATED_LOADS, total_tokens_per_second
from breakeven.capacity.speed.throughput import DENSE_SPREAD, MIXTURE_SPREAD
from breakeven.capacity.step_model.roofline import is_mixture, saturated_tokens_per_second
from breakeven.facts.precisions import precision_called
from breakeven.facts.records import Gpu, Measurement, OpenModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """`rows` published saturated rows against the roofline. Shares of rows; the error is a ratio less one."""

    rows: int
    inside_band: float
    median_absolute_error: float
    left_out: int


def backtest(
    measurements: Iterable[Measurement],
    models: Mapping[str, OpenModel],
    gpus: Mapping[str, Gpu],
    *,
    mixtures: bool = False,
) -> Backtest:
    """The saturated band of dense models (or of mixtures of experts) against the published saturated rows.

    Left out, and counted: rows whose model's architecture or GPU is not in the facts, of more GPUs than one
    replica has, or that our memory rule cannot hold. The constants were fitted to the dense rows together,
    so that is in-sample: 85 % of 632 dense rows lie inside, 80 % of 311 of mixtures (2026-11-21). With the
    constants fitted anew without each GPU in turn, 84 % of the dense rows; without each model, 83 % (both before
    copies of the KV cache were counted). Uneven: worst on RTX PRO 6000 (run as pipelines) and on GH200 (likely
    joined over a network).
    """
    spread = MIXTURE_SPREAD if mixtures else DENSE_SPREAD
    rows = [row for row in measurements if row.load in SATURATED_LOADS]
    computed = [(row, replica) for row in rows if (replica := replica_of(row, models, gpus))]
    errors = [_log_error(row, replica) for row, replica in computed if is_mixture(replica.model) is mixtures]
    absolute = sorted(abs(exp(-error) - 1) for error in errors)
    return Backtest(
        rows=len(errors),
        inside_band=sum(abs(error) <= spread for error in errors) / max(len(errors), 1),
        median_absolute_error=absolute[len(absolute) // 2] if absolute else 0.0,
        left_out=len(rows) - len(computed),
    )


def replica_of(row: Measurement, models: Mapping[str, OpenModel], gpus: Mapping[str, Gpu]) -> Replica | None:
    """The row's deployment, or None where it cannot be computed.

    The rows in 8-bit weights or narrower kept their KV cache at 8 bit, as their sources say.
    """
    model, gpu, precision = models.get(row.model), gpus.get(row.gpu), precision_called(row.precision)
    if model is None or gpu is None or precision is None or model.layers <= 0 or row.gpus > REPLICA_SIZES[-1]:
        return None
    kv_bytes = 2.0 if precision.bytes_per_parameter >= 2 else 1.0
    replica = Replica(model=model, gpu=gpu, precision=precision, gpus=row.gpus, kv_bytes_per_value=kv_bytes)
    context = mean_context_tokens(row.mean_input_tokens, row.mean_output_tokens)
    return replica if sequences_at(replica, context) >= 1 else None


def _log_error(row: Measurement, replica: Replica) -> float:
    predicted = saturated_tokens_per_second(replica, row.mean_input_tokens, row.mean_output_tokens)
    return log(total_tokens_per_second(row) / predicted)
