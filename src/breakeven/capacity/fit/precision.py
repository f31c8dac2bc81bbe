"""How many bytes a weight takes in each number format, and which arithmetic unit works on it."""

from __future__ import annotations

from dataclasses import dataclass

from breakeven.facts.records import Gpu, OpenModel
from breakeven.problems import Problem, nearest

BITS_PER_BYTE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """One weight format. `compute` is the unit in `Gpu.flops_per_second`; `family` groups equal formats.

    Embeddings and heads often stay at 16 bit: `sizes` counts them so where the architecture is known.
    """

    name: str
    bytes_per_parameter: float
    compute: str
    family: str
    meaning: str


def _format(name: str, bits: float, compute: str, family: str, meaning: str) -> Precision:
    return Precision(
        name=name, bytes_per_parameter=bits / BITS_PER_BYTE, compute=compute, family=family, meaning=meaning
    )


# Bits per parameter with the block scales, from each format's definition.
PRECISIONS: dict[str, Precision] = {
    each.name: each
    for each in (
        _format("bf16", 16, "bf16", "16-bit", "16-bit brain float"),
        _format("fp16", 16, "bf16", "16-bit", "16-bit float"),
        _format("fp8", 8, "fp8", "fp8", "8-bit float"),
        _format("int8", 8, "int8", "int8", "8-bit integer, weights and activations"),
        _format("int8-gptq", 8.25, "bf16", "int8-weights", "8-bit integer weights, 16-bit arithmetic"),
        _format("fp4", 4.5, "fp4", "fp4", "4-bit float, an 8-bit scale per 16 weights"),
        _format("nvfp4", 4.5, "fp4", "fp4", "4-bit float, an 8-bit scale per 16 weights"),
        _format("mxfp4", 4.25, "fp4", "mxfp4", "4-bit float, an 8-bit scale per 32 weights"),
        _format("int4", 4.25, "bf16", "int4", "4-bit integer weights, groups of 128, 16-bit arithmetic"),
        _format("int4-awq", 4.25, "bf16", "int4", "4-bit integer weights, groups of 128, 16-bit arithmetic"),
        _format("int4-gptq", 4.25, "bf16", "int4", "4-bit integer weights, groups of 128, 16-bit arithmetic"),
        _format("q4_k_m", 4.85, "bf16", "q4_k_m", "llama.cpp's 4-bit mix, 16-bit arithmetic"),
    )
}


class UnknownPrecision(Problem):
    """A weight format that we do not know the size of."""

    def __init__(self, name: str) -> None:
        known = ", ".join(PRECISIONS)
        hint = " ".join(part for part in (nearest(name, PRECISIONS), f"Known: {known}.") if part)
        super().__init__(f'the precision "{name}" is not known', fix=hint)


class NoArithmetic(Problem):
    """The GPU's facts name no arithmetic peak that this format could run on."""

    def __init__(self, gpu: Gpu, precision: Precision) -> None:
        super().__init__(
            f"the facts on {gpu.key} give no {precision.compute} and no bf16 arithmetic peak, so its speed "
            f"with {precision.name} weights cannot be modelled",
            fix="State the measured tokens per second of a replica, or choose another GPU.",
        )


def precision_named(name: str) -> Precision:
    """The format of that name, whatever its case. Raises `UnknownPrecision`."""
    found = PRECISIONS.get(name.strip().lower())
    if found is None:
        raise UnknownPrecision(name)
    return found


def usual_precision(model: OpenModel, gpu: Gpu) -> tuple[str, str]:
    """What is served where nobody says: the format, and why.

    The maker's own weights where they are below 16 bits, else fp8 where the GPU computes it, else 16 bit.
    """
    if model.published_precision:
        return model.published_precision, f"the format in which its maker publishes {model.key}"
    if gpu.flops_per_second.get("fp8"):
        return "fp8", f"{gpu.key} computes it, and it is what most serve there"
    return "bf16", f"{gpu.key} has no fp8 arithmetic"


def is_narrowed(model: OpenModel, precision: str) -> bool:
    """Whether the weights take fewer bits than those their maker publishes, so that their quality is another matter."""
    own = precision_named(model.published_precision or "bf16")
    named = precision_named(precision)
    return named.family != own.family and named.bytes_per_parameter < own.bytes_per_parameter


def same_family(one: Precision, other: str) -> bool:
    """Whether a fact's precision is the same kind of format; a name we do not know is not."""
    known = PRECISIONS.get(other.strip().lower())
    return known is not None and known.family == one.family


def peak_flops_per_second(gpu: Gpu, precision: Precision) -> float:
    """The arithmetic peak for these weights [FLOP/s]: the format's own unit, else 16 bit. Dense."""
    peak = gpu.flops_per_second.get(precision.compute) or gpu.flops_per_second.get("bf16")
    if not peak:
        raise NoArithmetic(gpu, precision)
    return peak


def runs_at_16_bit(gpu: Gpu, precision: Precision) -> bool:
    """Whether the GPU has no unit for this format, so that only memory is saved, not arithmetic."""
    return precision.compute != "bf16" and not gpu.flops_per_second.get(precision.compute)
