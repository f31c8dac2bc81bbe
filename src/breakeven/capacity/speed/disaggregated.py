"""Prefill on some replicas and decode on others: what such a layout serves, with a wide band, for nobody published one.

Both sides are the step model's: a replica that prefills gives each request its first token and no other; one that
decodes finds every prompt in its cache. The slower side sets the rate. Method: docs/method/throughput.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, hypot, log
from typing import Literal

import numpy as np

from breakeven.capacity.fit.replica import layout_of
from breakeven.capacity.fit.setup import SATURATED, Setup
from breakeven.capacity.fit.sizes import kept_share, kv_values_per_token, window_share
from breakeven.capacity.replay.ledger import BLOCK
from breakeven.capacity.speed.own_measurements import CLOSED_LOOP
from breakeven.capacity.speed.saturation import GRID, Deployment, crossing
from breakeven.capacity.step_model.columns import kv_bytes
from breakeven.capacity.step_model.predictor import Prediction, predictor
from breakeven.problems import Problem

APART = log(1.5)  # how far a layout nobody published may be off beside its sides' own bands; our judgement
NETWORK = 50e9  # bytes/s that each prefilling GPU sends to others: 400 Gbit/s; assumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Replicas of one side, each over so many GPUs."""

    replicas: int
    gpus: int

    def __post_init__(self) -> None:
        if self.replicas < 1 or self.gpus < 1:
            raise Problem("a side without GPUs", fix="Give each side one replica of one GPU or more, as 2x1.")

    @property
    def all_gpus(self) -> int:
        """GPUs of the side."""
        return self.replicas * self.gpus


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What the layout serves. Bands are wide: p10 the smallest figure, p50 the likely one.

    Rates of each side alone and of both, requests always waiting; `together`: the same GPUs as replicas of the decoding
    size that do both. `tpot_seconds` at the rate of both; `ttft_seconds` of a request that waits for nobody, its KV
    cache sent (`transfer_seconds`) and its first step of decoding included.
    """

    prefill: Prediction  # requests/s
    decode: Prediction
    requests_per_second: Prediction
    output_tokens_per_second: Prediction
    together: Prediction  # requests/s
    tpot_seconds: Prediction
    ttft_seconds: Prediction
    transfer_seconds: float
    kv_tokens: int  # that the KV cache of a decoding replica holds
    limited_by: Literal["prefill", "decode"]


def apart(setup: Setup, prefill: Pool, decode: Pool) -> Apart:
    """The layout for the deployment's model, GPU, precision and lengths; its own layout and load are not looked at.

    Raises `NoArithmetic`, `Problem` where a request does not fit into a decoding replica.
    """
    filling = replace(sized(setup, prefill), mean_output_tokens=1.0)
    decoding = replace(sized(setup, decode), cached_share=1.0)
    both = sized(setup, decode)
    alone = replace(filling, bench=replace(filling.bench, load=CLOSED_LOOP, concurrency=1.0))
    fill, many, usual, first = predictor().predict([filling, decoding, both, alone])
    by_output = decode.replicas / setup.mean_output_tokens
    filled, decoded = _wide(fill, prefill.replicas), _wide(many, by_output)
    served = filled if filled.p50 < decoded.p50 else decoded
    tpot = _pace(Deployment(setup=decoding), served.p50 * setup.mean_output_tokens / decode.replicas)
    sent = prompt_bytes(setup) / (NETWORK * prefill.gpus)
    seconds = 1 / first.p50 + sent + tpot
    return Apart(
        prefill=filled,
        decode=decoded,
        requests_per_second=served,
        output_tokens_per_second=_times(served, setup.mean_output_tokens),
        together=_times(usual, (prefill.all_gpus + decode.all_gpus) / decode.gpus / setup.mean_output_tokens),
        tpot_seconds=_around(tpot, many),
        ttft_seconds=_around(seconds, first),
        transfer_seconds=sent,
        kv_tokens=Deployment(setup=both).replica.limits.kv_blocks * BLOCK,
        limited_by="prefill" if served is filled else "decode",
    )


def sized(setup: Setup, pool: Pool) -> Setup:
    """One replica of a side, requests always waiting."""
    bench = replace(setup.bench, load=SATURATED, concurrency=0.0)
    return replace(setup, layout=layout_of(pool.gpus), bench=bench)


def prompt_bytes(setup: Setup) -> float:
    """KV cache and state of a prompt of mean length: what is sent from one side to the other."""
    shape, tokens = setup.architecture, setup.mean_input_tokens
    kept = kept_share(window_share(shape), float(shape.attention.window_tokens), tokens)
    return float(kv_values_per_token(shape) * kv_bytes(setup) * kept * tokens + shape.attention.state_bytes)


def _pace(decoding: Deployment, tokens_per_second: float) -> float:
    """Seconds per token of a decoding replica at that load, likely."""
    speeds = np.maximum.accumulate([found.tokens_per_second.p50 for found in decoding.grid])
    paces = [found.tpot_seconds.p50 for found in decoding.grid]
    if tokens_per_second >= speeds[-1]:
        return float(paces[-1])
    number = max(crossing(tokens_per_second, speeds), 1.0)
    return float(np.exp(np.interp(log(number), np.log(GRID), np.log(paces))))


def _wide(band: Prediction, by: float) -> Prediction:
    """The band of a side as a rate, as wide as its own and what is not known of such layouts together."""
    return _around(band.p50 * by, band)


def _around(middle: float, band: Prediction) -> Prediction:
    low, high = (hypot(log(band.p50 / band.p10), APART), hypot(log(band.p90 / band.p50), APART))
    return Prediction(p10=middle * exp(-low), p50=middle, p90=middle * exp(high))


def _times(band: Prediction, by: float) -> Prediction:
    return Prediction(p10=band.p10 * by, p50=band.p50 * by, p90=band.p90 * by)
