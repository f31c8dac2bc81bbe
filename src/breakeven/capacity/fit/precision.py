"""Which format of weights is usual on a GPU, and which arithmetic unit works on it."""

from __future__ import annotations

from breakeven.facts.precisions import Precision, precision_named
from breakeven.facts.records import Gpu, OpenModel
from breakeven.problems import Problem


class NoArithmetic(Problem):
    """The GPU's facts name no arithmetic peak that this format could run on."""

    def __init__(self, gpu: Gpu, precision: Precision) -> None:
        super().__init__(
            f"the facts on {gpu.key} give no {precision.compute} and no bf16 arithmetic peak, so its speed "
            f"with {precision.name} weights cannot be modelled",
            fix="State the measured tokens per second of a replica, or choose another GPU.",
        )


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


def peak_flops_per_second(gpu: Gpu, precision: Precision) -> float:
    """The arithmetic peak for these weights [FLOP/s]: the format's own unit, else 16 bit. Dense."""
    peak = gpu.flops_per_second.get(precision.compute) or gpu.flops_per_second.get("bf16")
    if not peak:
        raise NoArithmetic(gpu, precision)
    return peak


def runs_at_16_bit(gpu: Gpu, precision: Precision) -> bool:
    """Whether the GPU has no unit for this format, so that only memory is saved, not arithmetic."""
    return precision.compute != "bf16" and not gpu.flops_per_second.get(precision.compute)
