"""The constants of the step model: what each means, where the fit starts, and which groups may differ.

All are positive and worked on as logarithms. `usual` and `doubt` are what we hold likely before any
measurement (middle, and standard deviation of the logarithm); the fit moves them as far as the rows insist.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """One constant of the step model."""

    name: str
    usual: float
    doubt: float
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """How far a constant may differ between the levels of a factor: standard deviation of its logarithm."""

    constant: str
    factor: str
    doubt: float


def _constant(name: str, usual: float, doubt: float, unit: str, meaning: str) -> Constant:
    return Constant(name=name, usual=usual, doubt=doubt, unit=unit, meaning=meaning)


CONSTANTS = (
    _constant("bandwidth", 0.75, 0.2, "ratio", "memory traffic for weights reached over datasheet bandwidth"),
    _constant(
        "expert_bandwidth", 0.9, 0.2, "ratio", "the same for the weights of experts, over that for other weights"
    ),
    _constant("kv_bandwidth", 0.9, 0.3, "ratio", "the same for the KV cache, over that for weights"),
    _constant("arithmetic", 0.6, 0.3, "ratio", "arithmetic of weights reached over the datasheet peak, dense"),
    _constant("attention", 0.4, 0.5, "ratio", "arithmetic of attention reached over the 16-bit peak"),
    _constant("overlap", 0.5, 0.5, "exponent", "how far reading weights and arithmetic overlap; 0: not at all"),
    _constant("link", 0.4, 0.5, "ratio", "GPU-to-GPU traffic reached over datasheet bandwidth, one direction"),
    _constant("step", 2e-3, 1.0, "s", "a step's scheduling, launches and sampling"),
    _constant("layer", 1e-5, 1.0, "s", "a layer's launches and gaps in a step"),
    _constant("routing", 0.5, 1.0, "layers", "what choosing experts adds to a layer's launches"),
    _constant("latent", 0.5, 1.0, "layers", "what compressing and expanding latent attention adds to them"),
    _constant("all_reduce", 1e-5, 1.0, "s", "latency of one all-reduce per doubling of GPUs"),
    _constant("sequence", 5e-6, 1.5, "s", "what a step costs more for each sequence in it"),
    _constant("token", 1e-6, 1.5, "s", "what a step costs more for each token in it, prefill included"),
    _constant("pipeline", 0.1, 1.0, "ratio", "time lost between the stages of a pipeline"),
    _constant("experts", 1.3, 0.3, "ratio", "arithmetic of experts slower than of dense layers"),
    _constant("imbalance", 0.2, 1.0, "ratio", "experts on separate GPUs wait for the busiest of them"),
    _constant("narrow_expert", 0.1, 1.0, "exponent", "arithmetic slows as an expert's part on a GPU gets narrower"),
    _constant("narrow_layer", 0.05, 1.0, "exponent", "the same for dense layers"),
    _constant("memory", 0.9, 0.05, "ratio", "what the KV cache gets of the memory left by weights and engine"),
    _constant("reserved", 3e9, 0.5, "bytes", "memory of the engine, activations and graphs on each GPU"),
    _constant("most_sequences", 2048.0, 0.5, "requests", "what the engine decodes together at most"),
    _constant(
        "aging", 1.2, 0.3, "ratio", "how much longer what a step costs beside bytes and arithmetic took a year earlier"
    ),
    _constant("drain", 0.5, 0.5, "ratio", "of one wave of requests: idle at the run's end, saturated runs"),
)

EFFECTS = (
    Effect(constant="bandwidth", factor="family", doubt=0.1),
    Effect(constant="bandwidth", factor="release", doubt=0.1),
    Effect(constant="bandwidth", factor="vendor", doubt=0.1),
    Effect(constant="expert_bandwidth", factor="family", doubt=0.1),
    Effect(constant="kv_bandwidth", factor="family", doubt=0.1),
    Effect(constant="arithmetic", factor="unit", doubt=0.15),
    Effect(constant="arithmetic", factor="engine", doubt=0.15),
    Effect(constant="arithmetic", factor="release", doubt=0.1),
    Effect(constant="experts", factor="family", doubt=0.15),
    Effect(constant="experts", factor="unit", doubt=0.2),
    Effect(constant="imbalance", factor="release", doubt=0.5),
    Effect(constant="link", factor="family", doubt=0.3),
    Effect(constant="link", factor="release", doubt=0.4),
    Effect(constant="all_reduce", factor="release", doubt=0.4),
    Effect(constant="step", factor="family", doubt=0.3),
    Effect(constant="step", factor="engine", doubt=0.6),
    Effect(constant="step", factor="release", doubt=0.6),
    Effect(constant="layer", factor="engine", doubt=0.5),
    Effect(constant="layer", factor="release", doubt=0.4),
    Effect(constant="sequence", factor="engine", doubt=0.5),
    Effect(constant="sequence", factor="release", doubt=0.7),
    Effect(constant="token", factor="engine", doubt=0.5),
    Effect(constant="most_sequences", factor="engine", doubt=0.4),
    Effect(constant="most_sequences", factor="release", doubt=0.3),
)
NAMES = tuple(each.name for each in CONSTANTS)
